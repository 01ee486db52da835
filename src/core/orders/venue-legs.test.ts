import { describe, expect, test } from "vitest";
import { type VenueCommand, isVenueCommand } from "#core/desk/command.ts";
import { type ClientOrderId, venueOrderId } from "#core/domain/ids.ts";
import { type Order, venueLegId } from "#core/domain/order.ts";
import { type DurationMs, epochMs, lots } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import { ACCOUNT, aBracket, anAccountConfig, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const AUTO_OCO =
  "Brackets cannot be used with Position Brackets. You must enable Auto OCO Brackets.";
const RECONCILE = { idle: 60_000 as DurationMs, exposed: 10_000 as DurationMs };

describe("legs that the venue makes", () => {
  test("are asked for with the entry and placed by nobody else", () => {
    const desk = deskWithVenueLegs();

    const entry = desk.place({ bracket: aBracket(20, 40) });

    expect(sent(desk)).toEqual([
      expect.objectContaining({ kind: "submitOrder", bracket: aBracket(20, 40) }),
    ]);
    expect(legs(desk, entry)).toMatchObject([
      { status: { kind: "working" }, terms: { stopPrice: 26_481 }, qty: 1, purpose: "stopLoss" },
      { status: { kind: "working" }, terms: { limitPrice: 26_541 }, qty: 1, purpose: "takeProfit" },
    ]);
    expect(desk.state.accounts.get(ACCOUNT)?.ready).toBe(true);
    expect(desk.desk.state.unprotected.size).toBe(0);
  });

  test("stop the position out, and the other one goes", () => {
    const desk = deskWithVenueLegs();
    const entry = desk.place({ bracket: aBracket(20, 40) });

    desk.quote(26_480, 26_481);
    desk.trade(26_480);
    desk.advance(10_000);

    expect(desk.position()?.qty).toBe(0);
    expect(legs(desk, entry).map(({ status }) => status.kind)).toEqual(["filled", "canceled"]);
    expect([desk.state.brackets.size, desk.state.openOrders.size]).toEqual([0, 0]);
  });

  test("grow with the entry, and nobody resizes them meanwhile", () => {
    const desk = deskWithVenueLegs({ marketDepth: "touch", participation: 1 });
    const entry = desk.place({ terms: limitAt(26_490), qty: lots(3), bracket: aBracket(20, 40) });
    desk.trade(26_489);
    desk.trade(26_488);
    desk.trade(26_487);

    desk.advance(10_000);

    expect(desk.position()?.qty).toBe(3);
    expect(legs(desk, entry).map(({ qty }) => qty)).toEqual([3, 3]);
    expect(sent(desk).filter(({ kind }) => kind === "modifyOrder")).toEqual([]);
  });

  test("are as old at the venue as the entry that has waited, and ours all the same", () => {
    const desk = deskWithVenueLegs();
    const entry = desk.place({ terms: limitAt(26_490), bracket: aBracket(20, 40) });
    const { approvedAt: placedAt } = desk.order(entry);
    desk.advance(3_600_000);
    desk.answers = ({ kind }) => (kind === "accountReported" ? "hold" : "lose");
    desk.trade(26_489);
    const { orders, ...lists } = desk.venue.snapshot(ACCOUNT, epochMs(0), desk.now);

    // The first list brings the fill, and with it the legs; the second one shows them.
    for (const wait of [0, 1_000]) {
      desk.advance(wait);
      desk.list({
        ...lists,
        asOf: desk.now,
        orders: orders.map((order) => ({ ...order, placedAt })),
      });
    }

    expect(legs(desk, entry).map(({ status }) => status.kind)).toEqual(["working", "working"]);
    expect([...desk.state.openOrders.keys()].filter((id) => id.startsWith("ext-"))).toEqual([]);
  });

  test("that the venue never tells of are replaced by our own", () => {
    const desk = deskWithVenueLegs();
    desk.orders = (command) => {
      if (command.kind === "submitOrder" && command.bracket !== null) {
        desk.venue.handle({ ...command, bracket: null }, desk.now);
        return "lose";
      }
      return "send";
    };
    const entry = desk.place({ bracket: aBracket(20, 40) });

    desk.orders = () => "send";
    desk.advance(6_000);

    expect(legs(desk, entry).map(({ status }) => status.kind)).toEqual(["canceled", "canceled"]);
    const group = desk.state.brackets.get(entry);
    expect(group).toMatchObject({ isVenueHeld: false, stopFailures: 1 });
    expect(desk.order(group?.stopLossId as ClientOrderId).status.kind).toBe("working");
  });

  test("that closed the position before anybody heard of its entry are no orders of others", () => {
    const desk = deskWithVenueLegs();
    desk.answers = () => "lose";
    const entry = desk.place({ bracket: aBracket(20, 40) });
    desk.quote(26_480, 26_481);
    desk.trade(26_480);
    desk.answers = () => "tell";

    desk.restart();
    desk.advance(10_000);

    expect(legs(desk, entry).map(({ status, source }) => [status.kind, source.kind])).toEqual([
      ["filled", "person"],
      ["canceled", "person"],
    ]);
    expect(desk.position()?.qty).toBe(0);
    expect([desk.state.brackets.size, desk.state.openOrders.size]).toEqual([0, 0]);
  });

  test("that are listed before anybody heard of the fill of their entry were placed by nobody else", () => {
    const desk = deskWithVenueLegs();
    desk.answers = () => "lose";
    const entry = desk.place({ bracket: aBracket(20, 40) });
    desk.answers = () => "tell";

    desk.restart();
    desk.advance(10_000);

    expect(desk.facts.filter(({ kind }) => kind === "findingRaised")).toEqual([]);
    expect(legs(desk, entry).map(({ status }) => status.kind)).toEqual(["working", "working"]);
    expect(desk.state.unprotected.size).toBe(0);
  });

  test("are moved by whoever asks", () => {
    const desk = deskWithVenueLegs();
    const entry = desk.place({ bracket: aBracket(20, 40) });
    const stop = venueLegId(entry, "stopLoss");

    desk.advance(5_000);
    desk.request({
      kind: "modify",
      clientOrderId: stop,
      qty: lots(1),
      terms: { type: "stop", stopPrice: 26_490 as never },
    });

    expect(desk.order(stop)).toMatchObject({ terms: { stopPrice: 26_490 }, change: null });
  });

  test("are not asked after while they wait for their entry", () => {
    const desk = deskWithVenueLegs();
    const entry = desk.place({ terms: limitAt(26_400), bracket: aBracket(20, 40) });

    const step = desk.report({
      kind: "accepted",
      clientOrderId: venueLegId(entry, "stopLoss"),
      venueOrderId: venueOrderId("W8"),
    });
    const later = desk.commandsOf(() => desk.advance(5_000));

    expect(step.facts).toEqual([]);
    expect(later.filter(isVenueCommand)).toEqual([]);
  });

  test("are placed by the desk once the venue refused to keep them", () => {
    const desk = deskWithVenueLegs();
    desk.orders = ({ kind }) => (kind === "submitOrder" ? "lose" : "send");
    const refused = desk.place({ bracket: aBracket(20, 40) });
    desk.report({ kind: "rejected", clientOrderId: refused, reason: AUTO_OCO });

    desk.orders = () => "send";
    const entry = desk.place({ qty: lots(2), bracket: aBracket(20, 40) });

    expect(desk.order(refused).status.kind).toBe("rejected");
    expect(sent(desk).at(1)).toMatchObject({ clientOrderId: entry, bracket: null });
    const group = desk.state.brackets.get(entry);
    expect(group).toMatchObject({ isVenueHeld: false, stopLossId: "k1-3", takeProfitId: "k1-4" });
    desk.restart();
    expect(desk.state.accounts.get(ACCOUNT)?.brackets).toBe("desk");
  });

  test("are there after a restart", () => {
    const desk = deskWithVenueLegs();
    const entry = desk.place({ bracket: aBracket(20, 40) });

    desk.restart();
    desk.advance(10_000);

    expect(legs(desk, entry).map(({ status }) => status.kind)).toEqual(["working", "working"]);
    expect(sent(desk).filter(({ kind }) => kind === "submitOrder")).toHaveLength(1);
  });
});

describe("accounts are compared with the venue", () => {
  test("now and then, more often while there is something to lose", () => {
    const desk = new TestDesk({ session: { reconcileEvery: RECONCILE } });

    const idle = lists(desk, 120_000);
    desk.quote(26_500, 26_501);
    desk.place({ bracket: aBracket() });
    const exposed = lists(desk, 60_000);

    expect([idle, exposed]).toEqual([2, 6]);
  });

  test("so that a fill nobody told of is found", () => {
    const desk = new TestDesk({ session: { reconcileEvery: RECONCILE } });
    desk.place({ terms: limitAt(26_490), bracket: aBracket() });
    desk.answers = (event: VenueEvent) => (event.kind === "orderReported" ? "lose" : "tell");
    desk.trade(26_489);
    const before = desk.position()?.qty ?? 0;

    desk.advance(10_000);

    expect([before, desk.position()?.qty]).toEqual([0, 1]);
  });

  test("only on suspicion where nothing can get lost", () => {
    expect(lists(new TestDesk(), 600_000)).toBe(0);
  });
});

function deskWithVenueLegs(fillModel: Partial<typeof DEFAULT_FILL_MODEL> = {}): TestDesk {
  const accounts = [anAccountConfig({ brackets: "venue" })];
  return new TestDesk({
    session: { accounts },
    venue: { fillModel: { ...DEFAULT_FILL_MODEL, ...fillModel } },
  });
}

function legs(desk: TestDesk, entry: ClientOrderId): readonly Order[] {
  return [desk.order(venueLegId(entry, "stopLoss")), desk.order(venueLegId(entry, "takeProfit"))];
}

function sent(desk: TestDesk): readonly VenueCommand[] {
  return desk.commands.filter(isVenueCommand).filter(({ kind }) => kind !== "requestSnapshot");
}

function lists(desk: TestDesk, ms: number): number {
  const commands = desk.commandsOf(() => desk.advance(ms));
  return commands.filter(({ kind }) => kind === "requestSnapshot").length;
}

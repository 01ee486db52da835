import { describe, expect, test } from "vitest";
import { accountId, clientOrderId, fillId, venueOrderId } from "#core/domain/ids.ts";
import type { VenueOrder } from "#core/domain/report.ts";
import { epochMs, lots, signedLots, ticks } from "#core/domain/units.ts";
import {
  ACCOUNT,
  GOLD,
  OPENING,
  aFill,
  anAccountConfig,
  anEntry,
  limitAt,
} from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const BID = { terms: limitAt(26_400), qty: lots(2) } as const;
/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;

test("the result of a day does not depend on the order in which a list tells its fills", () => {
  const told = [
    { id: "7", side: "buy", price: 26_500, agoMs: 30_000 },
    { id: "8", side: "sell", price: 26_400, agoMs: 20_000 },
    { id: "9", side: "buy", price: 26_300, agoMs: 10_000 },
  ] as const;
  const fills = told.map(({ id, side, price, agoMs }) =>
    aFill({
      fillId: fillId(id),
      clientOrderId: clientOrderId(`web-${id}`),
      side,
      price: ticks(price),
      at: epochMs(OPENING - agoMs),
    }),
  );
  const positions = [{ instrument: GOLD.id, qty: signedLots(1), avgEntryTicks: 26_300 }];

  const results = [fills, fills.toReversed()].map((list) => {
    const desk = new TestDesk();
    desk.list({ fills: list, positions });
    return desk.state.accounts.get(ACCOUNT)?.days.at(-1)?.grossPnl;
  });

  expect(results).toEqual([-100_000_000n, -100_000_000n]);
});

test("an order of one account is not settled by the list of another", () => {
  const other = accountId("OTHER");
  const accounts = [anAccountConfig(), anAccountConfig({ accountId: other })];
  const desk = new TestDesk({ session: { accounts } });
  const id = desk.place(BID);

  desk.list({
    accountId: other,
    orders: [elsewhere({ clientOrderId: id, side: "buy", state: "canceled" })],
  });

  expect(desk.order(id).status.kind).toBe("working");
});

describe("an order placed elsewhere", () => {
  test("is adopted, counted and told to a person", () => {
    const desk = new TestDesk();

    const facts = desk.list({ orders: [elsewhere({ filledQty: lots(1) })] }).facts;

    expect(facts.slice(0, 2)).toEqual([
      {
        kind: "orderAdopted",
        order: {
          ...seenTerms(),
          accountId: ACCOUNT,
          clientOrderId: clientOrderId("ext-W7"),
          source: { kind: "external" },
          purpose: "entry",
          timeInForce: "gtc",
          bracket: null,
          parent: null,
          requestId: null,
          approvedAt: desk.now,
          queueUntil: desk.now,
          status: { kind: "working" },
          change: null,
          filledQty: 0,
          venueFilledQty: 1,
        },
      },
      {
        kind: "findingRaised",
        accountId: ACCOUNT,
        code: "externalOrder",
        text: "order W7 was placed elsewhere",
      },
    ]);
    expect(desk.list({ orders: [elsewhere()] }).facts).toEqual([]);
  });

  test("that rests before a start is counted before the first entry may go", () => {
    const limits = { maxOpenOrders: 1 };
    const desk = new TestDesk({ session: { accounts: [anAccountConfig({ limits })] } });
    desk.answers = ({ kind }) => (kind === "accountReported" ? "hold" : "lose");
    desk.venue.handle({ ...submitElsewhere(), ...BID, kind: "submitOrder" }, desk.now);
    desk.advance(0);
    desk.restart();

    const before = desk.request(anEntry());
    desk.advance(TIMEOUT - 1);
    const waiting = desk.request(anEntry());
    desk.tellHeld();
    desk.quote(26_500, 26_501);
    const after = desk.request(anEntry());

    const denied = (code: string) => ({ kind: "denied", denial: { code } });
    expect(before).toMatchObject(denied("accountNotReady"));
    expect(waiting).toMatchObject(denied("accountNotReady"));
    expect(after).toMatchObject(denied("openOrderLimitExceeded"));
    const known = desk.steps.find(({ facts }) => facts.some(({ kind }) => kind === "orderAdopted"));
    expect(known?.facts.map(({ kind }) => kind)).toEqual([
      "orderAdopted",
      "findingRaised",
      "accountReadyChanged",
    ]);
  });

  test("is another one when the id is ours and the order is not", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);
    desk.report({ kind: "rejected", clientOrderId: id, reason: "client order id already in use" });
    desk.advance(2 * TIMEOUT);
    const seen = elsewhere({
      clientOrderId: id,
      side: "sell",
      filledQty: lots(1),
      state: "filled",
    });

    const { facts } = desk.list({ orders: [seen] });

    expect(facts.map(({ kind }) => kind)).toContain("orderCanceled");
    expect(desk.order(id).status).toMatchObject({ reason: "never arrived at the venue" });
    expect(desk.state.openOrders.size).toBe(0);
  });

  test.each([
    { name: "was placed long before ours", before: 60_001, isOurs: false },
    { name: "was placed as ours was, by clocks that differ", before: 60_000, isOurs: true },
  ])("under our id in use, that $name, is ours: $isOurs", ({ before, isOurs }) => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);
    const { approvedAt } = desk.order(id);
    desk.report({ kind: "rejected", clientOrderId: id, reason: "client order id already in use" });
    desk.advance(2 * TIMEOUT);
    const placedAt = epochMs(approvedAt - before);
    const seen = elsewhere({ clientOrderId: id, side: "buy", placedAt });

    desk.list({ orders: [seen] });

    const { status, venueOrderId: number } = desk.order(id);
    expect([status.kind, number]).toEqual(isOurs ? ["working", "W7"] : ["canceled", null]);
    expect([...desk.state.openOrders.keys()]).toEqual([isOurs ? id : "ext-W7"]);
  });

  test("goes by the id it was given there", () => {
    const desk = new TestDesk();

    desk.list({ orders: [elsewhere({ clientOrderId: clientOrderId("web-1") })] });

    expect([...desk.state.openOrders.keys()]).toEqual(["web-1"]);
  });

  test("that was known by a fill alone is as large as the list says, and nobody cancels it", () => {
    const desk = new TestDesk();
    const id = clientOrderId("web-1");
    desk.report({ kind: "filled", clientOrderId: id, fill: aFill({ clientOrderId: id }) });
    desk.advance(1);
    const seen = elsewhere({ clientOrderId: id, side: "buy", qty: lots(3), filledQty: lots(1) });

    const { facts } = desk.list({
      orders: [seen],
      positions: [{ instrument: GOLD.id, qty: signedLots(1), avgEntryTicks: 26_501 }],
    });

    expect(facts.map(({ kind }) => kind)).toEqual(["orderAdopted", "accountReadyChanged"]);
    expect(desk.order(id)).toMatchObject({ status: { kind: "working" }, qty: 3, filledQty: 1 });
  });

  test("is none of ours any more when it has ended", () => {
    const desk = new TestDesk();

    desk.list({ orders: [elsewhere({ state: "canceled" })] });
    const unknown = desk.state.openOrders.size;
    desk.list({ orders: [elsewhere()] });
    desk.advance(1);
    desk.list({ orders: [elsewhere({ state: "canceled" })] });

    expect(unknown).toBe(0);
    expect(desk.state.openOrders.size).toBe(0);
  });

  test("and its fills belong to nobody here", () => {
    const desk = new TestDesk();
    desk.answers = () => "lose";
    desk.venue.handle({ ...submitElsewhere(), kind: "submitOrder" }, desk.now);
    desk.advance(0);

    desk.reconcile();

    expect(desk.position()).toMatchObject({ qty: 1, trip: { owner: { kind: "external" } } });
  });
});

function submitElsewhere() {
  return { ...anEntry(), clientOrderId: clientOrderId("web-1") };
}

function seenTerms() {
  const id = venueOrderId("W7");
  const terms = limitAt(26_450);
  const qty = lots(3);
  return {
    venueOrderId: id,
    instrument: GOLD.id,
    side: "sell",
    qty,
    terms,
    reduceOnly: true,
  } as const;
}

function elsewhere(overrides: Partial<VenueOrder> = {}): VenueOrder {
  return {
    ...seenTerms(),
    clientOrderId: null,
    filledQty: lots(0),
    state: "working",
    ...overrides,
  };
}

function deskWithLostAnswers(): TestDesk {
  const desk = new TestDesk();
  desk.answers = () => "lose";
  return desk;
}

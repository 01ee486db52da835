import { describe, expect, test } from "vitest";
import { isVenueCommand } from "#core/desk/command.ts";
import type { Fact } from "#core/desk/fact.ts";
import { Turn } from "#core/desk/turn.ts";
import { type ClientOrderId, venueOrderId } from "#core/domain/ids.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { lots } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import { ACCOUNT, GOLD, aBracket, limitAt } from "#test/kit/builders.ts";
import { deskWithoutStops, groupOf, legOf, losing, protectedLot } from "#test/kit/stopless-desk.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { maintainBrackets } from "./brackets.ts";
import { OrderQueue } from "./queue.ts";

const LOST_STOP: readonly ((id: ClientOrderId) => OrderReport)[] = [
  (clientOrderId) => ({ kind: "rejected", clientOrderId, reason: "invalid stop price" }),
  (clientOrderId) => ({ kind: "canceled", clientOrderId, venueFilledQty: lots(0), reason: "no" }),
  (clientOrderId) => ({ kind: "expired", clientOrderId, venueFilledQty: lots(0), reason: "no" }),
];

describe("a stop that the venue", () => {
  test.each(LOST_STOP)("ends unasked is replaced, case %#", (reportOf) => {
    const desk = deskWithoutStops();
    const group = protectedLot(desk);
    const stop = legOf(desk, "stopLoss");

    const { facts } = desk.report(reportOf(stop.clientOrderId));

    const replacement = legOf(desk, "stopLoss");
    expect(facts.slice(1, 4).map(({ kind }) => kind)).toEqual([
      "bracketChanged",
      "orderApproved",
      "bracketChanged",
    ]);
    expect(replacement).toMatchObject({ qty: 1, terms: stop.terms, status: { kind: "inFlight" } });
    expect(groupOf(desk)).toEqual({
      ...group,
      stopLossId: replacement.clientOrderId,
      stopFailures: 1,
    });
  });

  test("refuses three times is not tried again: the position is closed", () => {
    const desk = deskWithoutStops();
    protectedLot(desk);

    const refused: Fact[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { clientOrderId } = legOf(desk, "stopLoss");
      refused.push(
        ...desk.factsOf(() => desk.report({ kind: "rejected", clientOrderId, reason: "no" })),
      );
    }

    expect(desk.position()?.qty).toBe(0);
    expect(refused).toContainEqual(
      expect.objectContaining({
        enforcement: expect.objectContaining({ cause: "unprotected", instrument: GOLD.id }),
      }),
    );
    expect([desk.state.openOrders.size, desk.state.brackets.size]).toEqual([0, 0]);
    expect(submittedAs(desk, "stop")).toBe(3);
  });

  test("cannot resize counts as lost, until the position is closed", () => {
    const desk = deskByLots();
    desk.place({ terms: limitAt(26_490), qty: lots(2), bracket: aBracket(20, null) });
    desk.trade(26_489);
    desk.orders = ({ kind }) => (kind === "modifyOrder" ? "lose" : "send");
    desk.trade(26_488);
    desk.quote(26_487, 26_488);

    const failures: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { clientOrderId } = legOf(desk, "stopLoss");
      desk.report({ kind: "modifyRejected", clientOrderId, reason: "busy" });
      failures.push(groupOf(desk)?.stopFailures ?? 0);
    }

    expect(failures.slice(0, 2)).toEqual([1, 2]);
    expect(desk.commands.filter(({ kind }) => kind === "modifyOrder")).toHaveLength(3);
    expect(desk.position()?.qty).toBe(0);
  });
});

describe("a leg that was not sent at the last moment", () => {
  test("is no failure of the stop, and is asked for again in a second, not before", () => {
    const desk = deskWithoutStops();
    protectedLot(desk);
    const { clientOrderId } = legOf(desk, "stopLoss");

    desk.apply({ kind: "sendWithheld", at: desk.now, clientOrderId, reason: "lease" });
    expect(desk.order(clientOrderId).status).toMatchObject({ reason: "not sent: lease" });
    expect(desk.commandsOf(() => desk.advance(999)).filter(isVenueCommand)).toEqual([]);
    desk.advance(1);

    expect(groupOf(desk)?.stopFailures).toBe(0);
    expect(legOf(desk, "stopLoss").clientOrderId).not.toBe(clientOrderId);
  });

  test("is not given up when it is the target", () => {
    const desk = new TestDesk();
    desk.orders = losing("limit");
    desk.place({ bracket: aBracket(20, 40) });
    const { clientOrderId } = legOf(desk, "takeProfit");

    desk.apply({ kind: "sendWithheld", at: desk.now, clientOrderId, reason: "lease" });
    desk.advance(1_000);

    expect(legOf(desk, "takeProfit").clientOrderId).not.toBe(clientOrderId);
  });

  test("is changed a second later where it was the change that was not sent", () => {
    const desk = deskByLots();
    desk.place({ terms: limitAt(26_490), qty: lots(2), bracket: aBracket(20, null) });
    desk.trade(26_489);
    desk.orders = ({ kind }) => (kind === "modifyOrder" ? "lose" : "send");
    desk.trade(26_488);
    const { clientOrderId } = legOf(desk, "stopLoss");

    desk.apply({ kind: "sendWithheld", at: desk.now, clientOrderId, reason: "lease" });
    const atOnce = desk.order(clientOrderId).change;
    desk.advance(1_000);

    expect(atOnce).toBeNull();
    expect(desk.order(clientOrderId).change).toMatchObject({ kind: "modify", qty: 2 });
  });
});

describe("a target that the venue", () => {
  test("refuses is given up, and the stop stays", () => {
    const desk = new TestDesk();
    desk.orders = losing("limit");
    desk.place({ bracket: aBracket(20, 40) });
    const { clientOrderId } = legOf(desk, "takeProfit");

    desk.report({ kind: "rejected", clientOrderId, reason: "no" });

    expect(groupOf(desk)).toMatchObject({ targetPrice: null, stopFailures: 0, openQty: 1 });
    expect(submittedAs(desk, "limit")).toBe(1);
    expect(legOf(desk, "stopLoss").status.kind).toBe("working");
  });

  test("cannot resize is given up before it closes more than is held", () => {
    const desk = deskByLots();
    desk.place({ terms: limitAt(26_490), qty: lots(2), bracket: aBracket(20, 40) });
    desk.trade(26_489, { qty: 2 });
    desk.quote(26_488, 26_489);
    desk.orders = ({ kind }) => (kind === "modifyOrder" ? "lose" : "send");
    desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: lots(1) });
    const { clientOrderId } = legOf(desk, "takeProfit");

    desk.report({ kind: "modifyRejected", clientOrderId, reason: "busy" });

    expect(groupOf(desk)).toMatchObject({ targetPrice: null, openQty: 1 });
    expect(desk.order(clientOrderId).status.kind).toBe("canceled");
  });
});

test("legs that ended with fills untold leave their lots to those fills", () => {
  const desk = deskByLots();
  desk.place({ terms: limitAt(26_490), qty: lots(3), bracket: aBracket(20, null) });
  desk.trade(26_489, { qty: 3 });
  const stop = legOf(desk, "stopLoss");
  desk.answers = () => "lose";

  desk.report({
    kind: "canceled",
    clientOrderId: stop.clientOrderId,
    venueFilledQty: lots(1),
    reason: "by the venue",
  });
  const replacement = legOf(desk, "stopLoss");
  desk.report({
    kind: "canceled",
    clientOrderId: replacement.clientOrderId,
    venueFilledQty: lots(2),
    reason: "by the venue",
  });

  expect(replacement.qty).toBe(2);
  expect(groupOf(desk)).toMatchObject({ openQty: 3, stopFailures: 2 });
  expect(submittedAs(desk, "stop")).toBe(2);
});

test("what becomes of a leg that has been replaced changes nothing", () => {
  const desk = deskWithoutStops();
  protectedLot(desk);
  const { clientOrderId } = legOf(desk, "stopLoss");
  desk.report({ kind: "rejected", clientOrderId, reason: "no" });
  const group = groupOf(desk);

  desk.report({ kind: "accepted", clientOrderId, venueOrderId: venueOrderId("O9") });
  desk.report({ kind: "canceled", clientOrderId, venueFilledQty: lots(0), reason: "asked" });

  expect(groupOf(desk)).toEqual(group);
});

test("legs that the gate denies count as lost or are given up", () => {
  const desk = new TestDesk();
  desk.place({ bracket: aBracket(20, 40) });
  // A turn that knows no gate denies everything.
  const turn = new Turn(desk.folded(), desk.desk.market, new OrderQueue());
  turn.begin(desk.now);
  const group = groupOf(desk);
  if (group === undefined) throw new Error("a group");
  turn.emit({ kind: "bracketChanged", group: { ...group, stopLossId: null, takeProfitId: null } });

  maintainBrackets(turn, ACCOUNT);

  expect(turn.facts.slice(1).map(({ kind }) => kind)).toEqual([
    "orderDenied",
    "bracketChanged",
    "orderDenied",
    "bracketChanged",
  ]);
  expect([...turn.state.brackets.values()]).toEqual([
    { ...group, stopLossId: null, takeProfitId: null, targetPrice: null, stopFailures: 1 },
  ]);
});

/** Orders fill by the lots of each trade. */
function deskByLots(): TestDesk {
  return new TestDesk({ venue: { fillModel: { ...DEFAULT_FILL_MODEL, marketDepth: "touch" } } });
}

function submittedAs(desk: TestDesk, type: "stop" | "limit"): number {
  return desk.commands.filter((one) => one.kind === "submitOrder" && one.terms.type === type)
    .length;
}

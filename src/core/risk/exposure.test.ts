import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccountId } from "#core/domain/ids.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import type { Order, OrderTerms, Side } from "#core/domain/order.ts";
import { lots } from "#core/domain/units.ts";
import {
  ACCOUNT,
  GOLD,
  MARKET,
  NASDAQ,
  OPENING,
  anOrder,
  limitAt,
  stopAt,
} from "#test/kit/builders.ts";
import { RiskScenario } from "#test/kit/risk-scenario.ts";
import { isLeg, isOpenEntry, isProtective, mayFill, unclaimedLots, worstCase } from "./exposure.ts";

const OTHER = "OTHER" as AccountId;
const at = (kind: "inFlight" | "unconfirmed"): Order["status"] => ({ kind, since: OPENING });
const ended = (kind: "canceled" | "rejected" | "expired"): Order["status"] => ({
  kind,
  at: OPENING,
  reason: "",
});
const filled: Order["status"] = { kind: "filled", at: OPENING };
const modify = (qty: number): Order["change"] => ({
  kind: "modify",
  since: OPENING,
  qty: lots(qty),
  terms: MARKET,
});

const sizeOf = (scenario: RiskScenario, extra?: { side: Side; qty: ReturnType<typeof lots> }) =>
  worstCase(scenario.state, ACCOUNT, GOLD.id, extra);

describe("the worst case", () => {
  test("of nothing is nothing", () => {
    expect(sizeOf(new RiskScenario())).toEqual({ long: 0, short: 0, size: 0 });
  });

  test.each<[string, Order["status"]]>([
    ["queued", { kind: "queued" }],
    ["in flight", at("inFlight")],
    ["unconfirmed", at("unconfirmed")],
    ["working", { kind: "working" }],
  ])("counts an order that is %s", (_what, status) => {
    const scenario = new RiskScenario().holds(1);
    scenario.works({ status, qty: lots(3), filledQty: lots(1), venueFilledQty: lots(1) });

    expect(sizeOf(scenario)).toEqual({ long: 3, short: 1, size: 3 });
  });

  test("counts fills that the venue has counted and not told, of an order that has ended", () => {
    const scenario = new RiskScenario();
    scenario.works({
      status: ended("canceled"),
      qty: lots(5),
      filledQty: lots(1),
      venueFilledQty: lots(3),
    });

    expect(sizeOf(scenario)).toEqual({ long: 2, short: 0, size: 2 });
  });

  test("looks at each side by itself and takes the larger", () => {
    const scenario = new RiskScenario().holds(2);
    scenario.works({ side: "buy", qty: lots(1) });
    scenario.works({ side: "sell", qty: lots(6) });

    expect(sizeOf(scenario)).toEqual({ long: 3, short: -4, size: 4 });
    expect(sizeOf(scenario, { side: "buy", qty: lots(2) })).toEqual({
      long: 5,
      short: -4,
      size: 5,
    });
    expect(sizeOf(scenario, { side: "sell", qty: lots(2) })).toEqual({
      long: 3,
      short: -6,
      size: 6,
    });
  });

  test("counts stops as they may trigger", () => {
    const scenario = new RiskScenario().holds(-2);
    scenario.works({ side: "buy", qty: lots(5), terms: stopAt(26_600) });

    expect(sizeOf(scenario)).toEqual({ long: 3, short: -2, size: 3 });
  });

  test("counts the larger quantity of a change on its way", () => {
    const growing = new RiskScenario();
    growing.works({ qty: lots(2), filledQty: lots(1), change: modify(5) });
    const shrinking = new RiskScenario();
    shrinking.works({ qty: lots(5), filledQty: lots(1), change: modify(2) });

    expect(sizeOf(growing).long).toBe(4);
    expect(sizeOf(shrinking).long).toBe(4);
  });

  test("a cancel does not undo the larger quantity asked for before", () => {
    const scenario = new RiskScenario();
    const change = { kind: "cancel", since: OPENING, mayBeQty: lots(5) } as const;
    scenario.works({ qty: lots(1), change });

    expect(sizeOf(scenario).long).toBe(5);
  });

  test("an order whose cancel has not been answered may still fill", () => {
    const scenario = new RiskScenario();
    scenario.works({ qty: lots(2), change: { kind: "cancel", since: OPENING, mayBeQty: lots(2) } });

    expect(sizeOf(scenario).long).toBe(2);
  });

  test.each<[Side, object]>([
    ["sell", { long: 3, short: 0, size: 3 }],
    ["buy", { long: 0, short: -3, size: 3 }],
  ])("of two legs that cancel each other only the larger counts, here to %s", (side, expected) => {
    const parent = clientOrderId("k1-1");
    const scenario = new RiskScenario().holds(side === "sell" ? 3 : -3);
    scenario.works({ side, parent, purpose: "stopLoss", qty: lots(3), terms: stopAt(1) });
    scenario.works({ side, parent, purpose: "takeProfit", qty: lots(2), terms: limitAt(9) });

    expect(sizeOf(scenario)).toEqual(expected);
  });

  test("legs of different entries, and legs of none, count each", () => {
    const leg = { side: "sell", purpose: "stopLoss", qty: lots(1), terms: stopAt(1) } as const;
    const scenario = new RiskScenario();
    scenario.works({ ...leg, parent: clientOrderId("k1-1") });
    scenario.works({ ...leg, parent: clientOrderId("k1-2") });
    scenario.works({ ...leg, parent: null });
    scenario.works({ ...leg, purpose: "exit", parent: clientOrderId("k1-1") });

    expect(sizeOf(scenario)).toEqual({ long: 0, short: -4, size: 4 });
  });

  test("is of one instrument of one account", () => {
    const scenario = new RiskScenario().holds(1, NASDAQ.id);
    scenario.works({ instrument: NASDAQ.id, qty: lots(7) });
    scenario.works({ accountId: OTHER, qty: lots(7) });

    expect(sizeOf(scenario)).toEqual({ long: 0, short: 0, size: 0 });
    expect(worstCase(scenario.state, OTHER, GOLD.id).long).toBe(7);
  });

  test("is the farthest that any part of what works could take the position", () => {
    const working = fc.record({
      side: fc.constantFrom("buy" as const, "sell" as const),
      qty: fc.integer({ min: 1, max: 4 }),
      filled: fc.nat(3),
      grownBy: fc.nat(2),
      group: fc.constantFrom(null, null, "a", "b"),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: -5, max: 5 }),
        fc.array(working, { maxLength: 6 }),
        (qty, all) => {
          const scenario = new RiskScenario().holds(qty);
          const orders = all.map(({ side, qty: size, filled, grownBy, group }) => {
            const filledQty = lots(Math.min(filled, size - 1));
            return scenario.works({
              side: group === null ? side : "sell",
              qty: lots(size),
              filledQty,
              venueFilledQty: filledQty,
              change: grownBy === 0 ? null : modify(size + grownBy),
              ...(group === null ? {} : { purpose: "stopLoss", parent: clientOrderId(group) }),
            });
          });

          const reachable = reach(qty, orders);

          expect(sizeOf(scenario)).toEqual({
            long: Math.max(...reachable),
            short: Math.min(...reachable),
            size: Math.max(...reachable.map(Math.abs)),
          });
        },
      ),
    );
  });
});

/** Every position that any subset of the orders, each whole or not at all, one leg of each group, could lead to. */
function reach(qty: number, orders: readonly Order[]): number[] {
  let reachable = [{ qty, used: new Set<string>() }];
  for (const order of orders) {
    const { change, filledQty, parent, side } = order;
    const most = Math.max(order.qty, change?.kind === "modify" ? change.qty : 0) - filledQty;
    const signed = side === "buy" ? most : -most;
    reachable = reachable.flatMap((one) => {
      if (parent !== null && one.used.has(parent)) return [one];
      const used = new Set([...one.used, ...(parent === null ? [] : [parent])]);
      return [one, { qty: one.qty + signed, used }];
    });
  }
  return reachable.map((one) => one.qty);
}

describe("words about one order", () => {
  test("what may fill is what is open, or owed", () => {
    expect(mayFill(anOrder({ qty: lots(3), filledQty: lots(1) }))).toBe(2);
    expect(mayFill(anOrder({ qty: lots(3), filledQty: lots(3), status: filled }))).toBe(0);
    expect(mayFill(anOrder({ qty: lots(3), filledQty: lots(1), status: ended("expired") }))).toBe(
      0,
    );
  });

  test("legs are the two that protect", () => {
    const purposes = ["entry", "exit", "stopLoss", "takeProfit", "riskClose"] as const;

    expect(purposes.filter((purpose) => isLeg({ purpose }))).toEqual(["stopLoss", "takeProfit"]);
  });

  test("an open entry is not reduce-only and has not ended", () => {
    expect(isOpenEntry(anOrder())).toBe(true);
    expect(isOpenEntry(anOrder({ status: { kind: "queued" } }))).toBe(true);
    expect(isOpenEntry(anOrder({ reduceOnly: true }))).toBe(false);
    expect(isOpenEntry(anOrder({ status: filled }))).toBe(false);
    expect(isOpenEntry(anOrder({ status: ended("rejected") }))).toBe(false);
  });

  test.each<[string, Partial<Order>, number, boolean]>([
    ["a sell stop under a long position", {}, 2, true],
    ["one larger than the position", { qty: lots(3) }, 2, false],
    ["one of which so much has filled", { qty: lots(3), filledQty: lots(1) }, 2, true],
    ["a sell stop beside a short position", {}, -2, false],
    ["a buy stop over a short position", { side: "buy" }, -2, true],
    ["a stop beside nothing", {}, 0, false],
    ["a limit", { terms: limitAt(26_600) }, 2, false],
    ["a market order", { terms: MARKET }, 2, false],
  ])("%s guards the position: %#", (_what, overrides, qty, expected) => {
    const scenario = new RiskScenario().holds(qty);
    const order = anOrder({ side: "sell", qty: lots(2), terms: stopAt(26_400), ...overrides });

    expect(isProtective(order, scenario.view.position(ACCOUNT, GOLD.id))).toBe(expected);
  });

  test("every kind of stop guards, and nothing guards what was never held", () => {
    const { view } = new RiskScenario().holds(2);
    const position = view.position(ACCOUNT, GOLD.id);
    const kinds: OrderTerms[] = [
      stopAt(1),
      { ...stopAt(1), ...limitAt(1), type: "stopLimit" } as OrderTerms,
      { ...stopAt(1), trailTicks: 5, type: "trailingStop" } as OrderTerms,
    ];

    const guards = kinds.map((terms) => isProtective(anOrder({ side: "sell", terms }), position));

    expect(guards).toEqual([true, true, true]);
    expect(isProtective(anOrder({ side: "sell", terms: stopAt(1) }), undefined)).toBe(false);
  });
});

describe("lots that no exit has claimed", () => {
  const left = (scenario: RiskScenario, terms: OrderTerms = MARKET) =>
    unclaimedLots(scenario.state, { accountId: ACCOUNT, instrument: GOLD.id, terms });
  const exit = { side: "sell", reduceOnly: true, purpose: "exit" } as const;

  test("are all of a position without exits, and none of no position", () => {
    expect(left(new RiskScenario().holds(3))).toBe(3);
    expect(left(new RiskScenario().holds(-3))).toBe(3);
    expect(left(new RiskScenario().holds(0))).toBe(0);
    expect(left(new RiskScenario())).toBe(0);
  });

  test.each<[string, Partial<Order>, number]>([
    ["a market exit", {}, 2],
    ["one not yet sent", { status: { kind: "queued" } }, 2],
    ["one whose fate is not known", { status: at("unconfirmed") }, 2],
    ["one that has filled in part", { qty: lots(2), filledQty: lots(1) }, 2],
    ["a risk close", { purpose: "riskClose" }, 2],
    ["a limit exit", { terms: limitAt(26_600) }, 3],
    ["a stop exit", { terms: stopAt(26_400) }, 3],
    ["a leg", { purpose: "stopLoss", terms: stopAt(26_400) }, 3],
    ["a market leg", { purpose: "stopLoss" }, 3],
    ["an entry on the other side", { reduceOnly: false, purpose: "entry" }, 3],
    ["an exit of another side", { side: "buy" }, 3],
    ["another account's", { accountId: OTHER }, 3],
    ["another instrument's", { instrument: NASDAQ.id }, 3],
    ["an exit that has ended", { status: ended("canceled") }, 3],
    [
      "one that has ended and owes a fill",
      { status: ended("canceled"), venueFilledQty: lots(1) },
      2,
    ],
    [
      "a leg that has ended and owes a fill",
      { purpose: "stopLoss", status: filled, venueFilledQty: lots(1), qty: lots(1) },
      2,
    ],
  ])("%s leaves a market exit its share", (_what, overrides, expected) => {
    const scenario = new RiskScenario().holds(3);
    scenario.works({ ...exit, ...overrides });

    expect(left(scenario)).toBe(expected);
  });

  test("a resting exit is counted only against one of its kind", () => {
    const scenario = new RiskScenario().holds(5);
    scenario.works({ ...exit, qty: lots(1) });
    scenario.works({ ...exit, qty: lots(2), terms: limitAt(26_600) });
    scenario.works({ ...exit, qty: lots(3), terms: stopAt(26_400) });

    expect(left(scenario, MARKET)).toBe(4);
    expect(left(scenario, limitAt(26_700))).toBe(2);
    expect(left(scenario, stopAt(26_300))).toBe(1);
  });

  test("are never fewer than none", () => {
    const scenario = new RiskScenario().holds(1);
    scenario.works({ ...exit, qty: lots(3) });

    expect(left(scenario)).toBe(0);
  });
});

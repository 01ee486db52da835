import { describe, expect, test } from "vitest";
import type { AccountConfig } from "#core/desk/config.ts";
import { type AccountId, clientOrderId } from "#core/domain/ids.ts";
import type { Order, OrderIntent, OrderTerms } from "#core/domain/order.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { MARKET, NASDAQ, OPENING, anIntent, limitAt, stopAt } from "#test/kit/builders.ts";
import { ES, RiskScenario } from "#test/kit/risk-scenario.ts";
import { entryDenial } from "./entry-checks.ts";

const OTHER = "OTHER" as AccountId;

function denialOf(scenario: RiskScenario, overrides: Partial<OrderIntent> = {}) {
  return entryDenial(anIntent(overrides), scenario.gate, scenario.view);
}

const withLimits = (limits: AccountConfig["limits"]) => new RiskScenario({ limits });
const gateDenial = (code: string, limit: unknown = null, value: unknown = null) => ({
  rule: "GATE",
  code,
  limit,
  value,
});

describe("how much may be open at once", () => {
  test("positions in so many instruments, those about to be included", () => {
    const scenario = withLimits({ maxOpenPositions: 2 }).holds(1, NASDAQ.id);

    expect(denialOf(scenario)).toBe(undefined);

    scenario.works({ instrument: ES.id });

    expect(denialOf(scenario)).toEqual(gateDenial("positionLimitExceeded", 2, 3));
    expect(denialOf(scenario, { instrument: ES.id })).toBe(undefined);
    expect(denialOf(scenario.holds(0, NASDAQ.id))).toBe(undefined);
  });

  test("so many orders, whatever they are for", () => {
    const scenario = withLimits({ maxOpenOrders: 2 });
    scenario.works({ side: "sell", purpose: "stopLoss", reduceOnly: true, terms: stopAt(1) });
    scenario.works({
      status: { kind: "canceled", at: OPENING, reason: "" },
      venueFilledQty: lots(1),
    });
    scenario.works({ accountId: OTHER });

    expect(denialOf(scenario)).toBe(undefined);

    scenario.works({ terms: limitAt(26_400) });

    expect(denialOf(scenario)).toEqual(gateDenial("openOrderLimitExceeded", 2, 3));
  });
});

describe("orders sent twice", () => {
  const twice = (id: string) => gateDenial("duplicateOrder", 500, id);
  const approved = (overrides: Partial<Order> = {}) => {
    const scenario = withLimits({ duplicateWindow: "500ms" });
    const order = { ...anIntent(), clientOrderId: clientOrderId("k1-1"), ...overrides };
    const rest = { venueOrderId: null, queueUntil: OPENING, change: null } as const;
    const none = { filledQty: lots(0), venueFilledQty: lots(0) };
    const status = { kind: "queued" } as const;
    scenario.note({
      kind: "orderApproved",
      order: { approvedAt: OPENING, ...rest, ...none, status, ...order },
    });
    return scenario;
  };

  test("an equal order within the window is one sent twice", () => {
    const scenario = approved();

    expect(denialOf(scenario)).toEqual(twice("k1-1"));

    scenario.view.now = epochMs(OPENING + 500);
    expect(denialOf(scenario)).toEqual(twice("k1-1"));

    scenario.view.now = epochMs(OPENING + 501);
    expect(denialOf(scenario)).toBe(undefined);
  });

  test.each<[string, Partial<OrderIntent>]>([
    ["another side", { side: "sell" }],
    ["another quantity", { qty: lots(2) }],
    ["another type", { terms: limitAt(26_500) }],
    ["another instrument", { instrument: NASDAQ.id }],
  ])("%s makes another order", (_what, overrides) => {
    const scenario = approved({ terms: stopAt(26_600) });

    expect(denialOf(scenario, { terms: stopAt(26_600) })).toEqual(twice("k1-1"));
    expect(denialOf(scenario, { terms: stopAt(26_600), ...overrides })).toBe(undefined);
  });

  test("other prices make another order", () => {
    const stopLimit = (stop: number, limit: number): OrderTerms => ({
      type: "stopLimit",
      stopPrice: ticks(stop),
      limitPrice: ticks(limit),
    });
    const scenario = approved({ terms: stopLimit(26_600, 26_610) });

    expect(denialOf(scenario, { terms: stopLimit(26_600, 26_610) })).toEqual(twice("k1-1"));
    expect(denialOf(scenario, { terms: stopLimit(26_601, 26_610) })).toBe(undefined);
    expect(denialOf(scenario, { terms: stopLimit(26_600, 26_611) })).toBe(undefined);
  });

  test("an exit is no entry that could be repeated", () => {
    expect(denialOf(approved({ reduceOnly: true }))).toBe(undefined);
  });
});

describe("orders that would meet their own account's", () => {
  const resting = (overrides: Partial<Order> = {}) => {
    const scenario = new RiskScenario();
    scenario.works({ side: "sell", terms: limitAt(26_510), ...overrides });
    return scenario;
  };

  test.each<[OrderTerms, boolean]>([
    [MARKET, true],
    [limitAt(26_511), true],
    [limitAt(26_510), true],
    [limitAt(26_509), false],
    [stopAt(26_520), false],
  ])("a buy with %j against a resting sell at 26,510 meets it: %s", (terms, meets) => {
    expect(denialOf(resting(), { terms })).toEqual(
      meets ? gateDenial("selfMatch", null, "w1") : undefined,
    );
  });

  test.each<[OrderTerms, boolean]>([
    [MARKET, true],
    [limitAt(26_489), true],
    [limitAt(26_490), true],
    [limitAt(26_491), false],
  ])("a sell with %j against a resting buy at 26,490 meets it: %s", (terms, meets) => {
    const scenario = resting({ side: "buy", terms: limitAt(26_490) });

    expect(denialOf(scenario, { side: "sell", terms })).toEqual(
      meets ? gateDenial("selfMatch", null, "w1") : undefined,
    );
  });

  test.each<[string, Partial<Order>]>([
    ["of the same side", { side: "buy" }],
    ["of another instrument", { instrument: NASDAQ.id }],
    ["of another account", { accountId: OTHER }],
    ["that only reduces", { reduceOnly: true }],
    ["that has ended", { status: { kind: "rejected", at: OPENING, reason: "" } }],
    ["that does not rest", { terms: MARKET }],
    ["that waits for its stop", { terms: stopAt(26_510) }],
  ])("an order %s is not met", (_what, overrides) => {
    expect(denialOf(resting(overrides), { terms: limitAt(26_511) })).toBe(undefined);
  });
});

describe("the budget of messages", () => {
  const budget = { limit: 5, window: "10s", reserve: 2 };
  const exhausted = (value: number) => gateDenial("messageBudgetExhausted", 3, value);
  /** So many messages to the venue, one each second, the last of them now. */
  const sent = (count: number) => {
    const scenario = withLimits({ messageBudget: budget });
    for (let index = 0; index < count; index += 1) {
      const { clientOrderId: id } = scenario.works({ reduceOnly: true, side: "sell" });
      scenario.view.now = epochMs(OPENING + index * 1_000);
      scenario.note({ kind: "orderSubmitted", clientOrderId: id, at: scenario.view.now });
    }
    return scenario;
  };

  test("entries leave the reserve to cancels and closes", () => {
    expect(denialOf(sent(2))).toBe(undefined);
    expect(denialOf(sent(3))).toEqual(exhausted(4));
  });

  test("a message counts until the window has passed", () => {
    const scenario = sent(3);

    scenario.view.now = epochMs(OPENING + 9_999);
    expect(denialOf(scenario)).toEqual(exhausted(4));

    scenario.view.now = epochMs(OPENING + 10_000);
    expect(denialOf(scenario)).toBe(undefined);
  });

  test("cancels and changes are messages as well", () => {
    const scenario = sent(1);
    const { clientOrderId: id } = scenario.works({ side: "sell", reduceOnly: true });
    const change = { clientOrderId: id, at: OPENING, qty: lots(1), terms: MARKET };
    scenario.note({ kind: "modifyRequested", ...change });

    expect(denialOf(scenario)).toBe(undefined);

    scenario.note({ kind: "cancelRequested", clientOrderId: id, at: OPENING });

    expect(denialOf(scenario)).toEqual(exhausted(4));
  });

  test("orders that wait to be sent are counted as sent", () => {
    const scenario = sent(2);
    scenario.works({ status: { kind: "queued" }, terms: limitAt(26_400) });

    expect(denialOf(scenario)).toEqual(exhausted(4));
  });
});

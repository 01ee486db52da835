import { describe, expect, test } from "vitest";
import type { AccountConfig } from "#core/desk/config.ts";
import type { OrderIntent, OrderTerms } from "#core/domain/order.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { GOLD, MARKET, OPENING, anIntent, limitAt, stopAt } from "#test/kit/builders.ts";
import { ES, RiskScenario } from "#test/kit/risk-scenario.ts";
import { entryDenial } from "./entry-checks.ts";

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

describe("what an account may trade", () => {
  test("only listed products, each by its root", () => {
    const scenario = withLimits({ instruments: ["MGC", "MES"] });

    expect(denialOf(scenario)).toBe(undefined);
    expect(denialOf(scenario, { instrument: ES.id })).toEqual(
      gateDenial("instrumentNotAllowed", "MGC MES", "ES"),
    );
    expect(denialOf(withLimits({ instruments: [] }))).toEqual(
      gateDenial("instrumentNotAllowed", "", "MGC"),
    );
  });

  test("an order up to the largest size", () => {
    const scenario = withLimits({ maxOrderSize: 3 });

    expect(denialOf(scenario, { qty: lots(3) })).toBe(undefined);
    expect(denialOf(scenario, { qty: lots(4) })).toEqual(gateDenial("orderSizeExceeded", 3, 4));
  });

  test("while its market is open", () => {
    const scenario = new RiskScenario();
    const close = Date.UTC(2026, 2, 11, 21);
    scenario.view.now = epochMs(close - 1);
    scenario.quote(26_500, 26_501);

    expect(denialOf(scenario)).toBe(undefined);

    scenario.view.now = epochMs(close);

    expect(denialOf(scenario)).toEqual(gateDenial("outsideTradingHours", null, GOLD.id));
  });

  test("on prices that are fresh", () => {
    const scenario = withLimits({ staleAfter: "60s" });
    scenario.view.now = epochMs(OPENING + 60_000);

    expect(denialOf(scenario)).toBe(undefined);

    scenario.view.now = epochMs(OPENING + 60_001);

    expect(denialOf(scenario)).toEqual(gateDenial("staleMarketData", 60_000, 60_001));

    scenario.quote(26_500, 26_501);

    expect(denialOf(scenario)).toBe(undefined);
  });
});

describe("what an order may be worth", () => {
  /** 26,501 ticks of 1.00 each. */
  const WORTH = 26_501;
  const notional = (value: number) => gateDenial("notionalExceeded", WORTH, value);

  test("its quantity times its price, at the price it would pay", () => {
    const scenario = withLimits({ maxNotional: WORTH });

    expect(denialOf(scenario)).toBe(undefined);
    expect(denialOf(scenario, { qty: lots(2) })).toEqual(notional(53_002));
    expect(denialOf(scenario, { side: "sell" })).toBe(undefined);
    expect(denialOf(scenario, { terms: limitAt(26_501) })).toBe(undefined);
    expect(denialOf(scenario, { terms: limitAt(26_502) })).toEqual(notional(26_502));
  });

  test("a short sale is worth the bid", () => {
    const scenario = withLimits({ maxNotional: 26_500.5 });

    expect(denialOf(scenario, { side: "sell" })).toBe(undefined);
    expect(denialOf(scenario, { side: "buy" })).toEqual(
      gateDenial("notionalExceeded", 26_500.5, 26_501),
    );
  });

  test("a price below zero is worth as much as one above", () => {
    const scenario = withLimits({ maxNotional: 10, priceCollarTicks: 100_000 });

    expect(denialOf(scenario, { terms: limitAt(-10) })).toBe(undefined);
    expect(denialOf(scenario, { terms: limitAt(-11) })).toEqual(
      gateDenial("notionalExceeded", 10, 11),
    );
  });

  test("nothing without a limit", () => {
    expect(denialOf(new RiskScenario(), { qty: lots(100) })).toBe(undefined);
  });
});

describe("how far a price may be from the market", () => {
  const collared = () => withLimits({ priceCollarTicks: 10 });
  const stopLimit = (stop: number, limit: number): OrderTerms => ({
    type: "stopLimit",
    stopPrice: ticks(stop),
    limitPrice: ticks(limit),
  });

  test.each<[OrderIntent["side"], OrderTerms, number | undefined]>([
    ["buy", MARKET, undefined],
    ["buy", limitAt(26_511), undefined],
    ["buy", limitAt(26_512), 11],
    ["buy", limitAt(26_491), undefined],
    ["buy", limitAt(26_490), 11],
    ["sell", limitAt(26_490), undefined],
    ["sell", limitAt(26_489), 11],
    ["sell", limitAt(26_511), 11],
    ["buy", stopAt(26_511), undefined],
    ["buy", stopAt(26_512), 11],
    ["buy", stopLimit(26_505, 26_511), undefined],
    ["buy", stopLimit(26_505, 26_512), 11],
    ["buy", stopLimit(26_512, 26_505), 11],
  ])("a %s with %j is %s ticks too far", (side, terms, distance) => {
    expect(denialOf(collared(), { side, terms })).toEqual(
      distance === undefined ? undefined : gateDenial("priceOutsideCollar", 10, distance),
    );
  });
});

describe("without a price to compare with", () => {
  /** A market in which nothing has happened yet. */
  const silent = (limits: AccountConfig["limits"] = {}) => {
    const scenario = withLimits(limits);
    scenario.market.open([GOLD]);
    return scenario;
  };

  test("there is no entry", () => {
    expect(denialOf(silent())).toEqual(gateDenial("noReferencePrice", null, GOLD.id));
  });

  test("the last trade stands for a touch that is not known", () => {
    const scenario = silent({ priceCollarTicks: 10, maxNotional: 26_600 });
    const tick = { kind: "tradeTick", at: OPENING, instrument: GOLD.id } as const;
    const market = scenario.market.of(GOLD.id);
    market.onTrade(
      { ...tick, price: ticks(26_600), qty: lots(1), aggressor: "unknown" },
      () => undefined,
    );

    expect(denialOf(scenario)).toBe(undefined);
    expect(denialOf(scenario, { terms: limitAt(26_600) })).toBe(undefined);
    expect(denialOf(scenario, { terms: limitAt(26_589) })).toEqual(
      gateDenial("priceOutsideCollar", 10, 11),
    );
    expect(denialOf(scenario, { qty: lots(2) })).toEqual(
      gateDenial("notionalExceeded", 26_600, 53_200),
    );
  });
});

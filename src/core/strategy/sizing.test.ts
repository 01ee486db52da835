import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ticksToPrice } from "#core/domain/instrument.ts";
import { type Money, lots, moneyFrom, ticks } from "#core/domain/units.ts";
import { legPrices } from "#core/orders/brackets.ts";
import { GOLD, NASDAQ } from "#test/kit/builders.ts";
import { exceedsPoints, lotsForRisk, stopTicksForRisk, targetTicks } from "./sizing.ts";

/** Money at risk, cost of a round turn, ticks of slippage. */
type Terms = [risk: number, cost: number, slippage: number];

const sizing = (dollarRiskPerTrade: number, roundTurnCost = 0, slippageTicks = 0) => ({
  dollarRiskPerTrade: moneyFrom(dollarRiskPerTrade),
  roundTurnCost: moneyFrom(roundTurnCost),
  slippageTicks,
});
const risking = (risk: number, roundTurnCost = 0, slippageTicks = 0) => ({
  risk: moneyFrom(risk),
  roundTurnCost: moneyFrom(roundTurnCost),
  slippageTicks,
});

describe("the stop that money at risk allows", () => {
  test("three MNQ at 20,000.25 with 200 at risk stop at 19,967.75", () => {
    const entry = ticks(80_001);
    const distance = stopTicksForRisk(NASDAQ, lots(3), risking(200, 1.22));
    const { stopPrice } = legPrices(
      "buy",
      { ticks: 3 * entry, qty: 3 },
      { stopLossTicks: distance, takeProfitTicks: null },
    );

    expect(distance).toBe(130);
    expect(ticksToPrice(NASDAQ, stopPrice)).toBe(19_967.75);
    expect(BigInt(3 * distance) * NASDAQ.tickValue).toBe(moneyFrom(195));
  });

  test("two MGC at 2,650.3 with 100 at risk stop at 2,645.5, and twice as far ahead is 2,659.9", () => {
    const entry = ticks(26_503);
    const distance = stopTicksForRisk(GOLD, lots(2), risking(100, 1.92));
    const { stopPrice, targetPrice } = legPrices(
      "buy",
      { ticks: 2 * entry, qty: 2 },
      { stopLossTicks: distance, takeProfitTicks: targetTicks(distance, 2) },
    );

    expect(distance).toBe(48);
    expect(ticksToPrice(GOLD, stopPrice)).toBe(2_645.5);
    expect(targetPrice === null ? null : ticksToPrice(GOLD, targetPrice)).toBe(2_659.9);
  });

  test.each<[string, number, Terms, number]>([
    ["the whole risk", 2, [100, 0, 0], 50],
    ["less what a stop slips", 2, [100, 0, 3], 47],
    ["less what it costs, rounded down", 2, [100, 0.01, 0], 49],
    ["nothing where costs take it all", 2, [3, 1.5, 0], 0],
    ["less than nothing where they take more", 2, [1, 2, 0], -1],
    ["nothing for no lots", 0, [100, 0, 0], 0],
  ])("is %s", (_what, qty, terms, expected) => {
    expect(stopTicksForRisk(GOLD, lots(qty), risking(...terms))).toBe(expected);
  });
});

describe("the size that money at risk allows", () => {
  test.each<[number, Terms, number]>([
    [20, [100, 0, 0], 5],
    [20, [99.99, 0, 0], 4],
    [20, [19.99, 0, 0], 0],
    [20, [100, 5, 0], 4],
    [20, [100, 0, 5], 4],
    [20, [100, 1.92, 1], 4],
    [0, [100, 0, 0], 0],
  ])(
    "with a stop %i ticks away, %j at risk, cost and slippage is %i lots",
    (stop, terms, expected) => {
      expect(lotsForRisk(GOLD, ticks(stop), sizing(...terms))).toBe(expected);
    },
  );

  test("the loss at the stop never exceeds the money at risk, and one lot more would", () => {
    const cents = fc.integer({ min: 0, max: 50_000 }).map((value) => value / 100);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        cents,
        cents,
        fc.nat(5),
        (stop, risk, cost, slip) => {
          const terms = sizing(risk, cost, slip);
          const size = BigInt(lotsForRisk(GOLD, ticks(stop), terms));
          const perLot = BigInt(stop + slip) * GOLD.tickValue + terms.roundTurnCost;

          expect(size * perLot <= terms.dollarRiskPerTrade).toBe(true);
          expect((size + 1n) * perLot > terms.dollarRiskPerTrade).toBe(true);
        },
      ),
    );
  });

  test("a stop for a size and a size for that stop agree", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5_000 }),
        (qty, dollars) => {
          const stop = stopTicksForRisk(GOLD, lots(qty), risking(dollars, 1.92, 1));
          fc.pre(stop >= 1);

          expect(lotsForRisk(GOLD, stop, sizing(dollars, 1.92, 1))).toBeGreaterThanOrEqual(qty);
        },
      ),
    );
  });
});

test.each([
  [48, 2, 96],
  [10, 1.5, 15],
  [10, 0.1, 1],
  [3, 0.1, 0],
  [7, 1.1, 7],
  [100, 1.1, 110],
])("a target for a stop of %i ticks at %f to 1 is %i ticks away", (stop, ratio, expected) => {
  expect(targetTicks(ticks(stop), ratio)).toBe(expected);
});

test.each([
  [GOLD, 50, 5, false],
  [GOLD, 51, 5, true],
  [GOLD, 9_999, null, false],
  [NASDAQ, 40, 10, false],
  [NASDAQ, 41, 10, true],
  [GOLD, 3, 0.3, false],
])(
  "of %# the stop is beyond what may be risked in points",
  (instrument, stop, points, expected) => {
    expect(exceedsPoints(instrument, ticks(stop), points)).toBe(expected);
  },
);

test("money that nothing costs buys nothing", () => {
  const free = { ...GOLD, tickValue: 0n as Money };

  expect(lotsForRisk(free, ticks(20), sizing(100))).toBe(0);
});

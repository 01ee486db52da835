import fc from "fast-check";
import { expect, test } from "vitest";
import { instrumentId } from "./ids.ts";
import { INSTRUMENTS, instrumentByRoot } from "./instrument-catalogue.ts";
import {
  defineInstrument,
  formatPrice,
  miniEquivalents,
  pointValue,
  priceToTicks,
  roundToTicks,
  ticksToPrice,
} from "./instrument.ts";
import type { InstrumentSpec } from "./instrument.ts";
import { InvariantError } from "./invariant.ts";
import { lots, money, moneyFrom, ticks } from "./units.ts";

const anInstrument = (spec: Partial<InstrumentSpec> = {}) =>
  defineInstrument({
    id: instrumentId("MGC"),
    root: "MGC",
    projectXCode: "MGC",
    exchange: "COMEX",
    group: "metals",
    tickSize: 0.1,
    tickValue: moneyFrom(1),
    currency: "USD",
    hours: "cme-gold",
    months: "GJMQVZ",
    weightTenths: 1,
    ...spec,
  });

const anyInstrument = fc.constantFrom(...INSTRUMENTS);
const anyTicks = fc.integer({ min: -10_000_000, max: 10_000_000 }).map(ticks);

test("a price becomes the tick that it names, where dividing and flooring loses one", () => {
  const gold = anInstrument();

  expect(Math.floor(2600.1 / 0.1)).toBe(26_000);
  expect(priceToTicks(gold, 2600.1)).toBe(26_001);
});

test("every tick of every product survives the way to a price, to text and back", () => {
  fc.assert(
    fc.property(anyInstrument, anyTicks, (instrument, price) => {
      expect(priceToTicks(instrument, ticksToPrice(instrument, price))).toBe(price);
      expect(priceToTicks(instrument, Number(formatPrice(instrument, price)))).toBe(price);
    }),
    { numRuns: 2_000 },
  );
});

test("a price between two ticks is no tick of any product", () => {
  fc.assert(
    fc.property(
      anyInstrument,
      anyTicks,
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (instrument, price, part) => {
        const between = ticksToPrice(instrument, price) + part * instrument.tickSize;

        expect(priceToTicks(instrument, between)).toBeUndefined();
      },
    ),
    { numRuns: 2_000 },
  );
});

test.for([
  ["ZT", 103.503_906_25, 26_497],
  ["ZN", 110.015_625, 7_041],
  ["6J", 0.006_712_5, 13_425],
  ["6E", 1.104_05, 22_081],
  ["ES", 6_021.75, 24_087],
  ["CL", -37.63, -3_763],
  ["NKD", 38_505, 7_701],
] as const)("%s trades at %d, its tick number %i", ([root, price, expected]) => {
  const instrument = instrumentByRoot(root) ?? anInstrument();

  expect(priceToTicks(instrument, price)).toBe(expected);
  expect(ticksToPrice(instrument, ticks(expected))).toBe(price);
});

test.for([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 0.1 + 0.2])(
  "%d is no price",
  (price) => {
    expect(priceToTicks(anInstrument(), price)).toBeUndefined();
  },
);

test("minus zero is tick zero", () => {
  const zeros = [
    priceToTicks(anInstrument(), -0),
    roundToTicks(anInstrument(), -0.04, "nearest"),
    roundToTicks(anInstrument(), -0.04, "up"),
    roundToTicks(anInstrument(), -0, "down"),
  ];

  expect(zeros.map((zero) => Object.is(zero, 0))).toEqual([true, true, true, true]);
});

test.for([
  ["nearest", 10.26, 103],
  ["nearest", 10.24, 102],
  ["down", 10.29, 102],
  ["down", -10.21, -103],
  ["up", 10.21, 103],
  ["up", -10.29, -102],
  // Noise of floating point is no distance.
  ["up", 0.1 + 0.2, 3],
  ["down", 0.299_999_999_999_999_93, 3],
] as const)("rounding %s takes %d to tick %i of 0.1", ([toward, price, expected]) => {
  expect(roundToTicks(anInstrument(), price, toward)).toBe(expected);
});

test.for([Number.NaN, Number.POSITIVE_INFINITY, 1e300])("%d cannot be rounded", (price) => {
  expect(roundToTicks(anInstrument(), price, "nearest")).toBeUndefined();
});

test("rounding down and up enclose the price by at most one tick", () => {
  fc.assert(
    fc.property(
      anyInstrument,
      fc.double({ min: -100_000, max: 100_000, noNaN: true }),
      (instrument, price) => {
        const down = roundToTicks(instrument, price, "down") ?? Number.NaN;
        const up = roundToTicks(instrument, price, "up") ?? Number.NaN;

        expect(up - down === 0 || up - down === 1).toBe(true);
        expect(down).toBeLessThanOrEqual(price / instrument.tickSize + 1e-5);
        expect(up).toBeGreaterThanOrEqual(price / instrument.tickSize - 1e-5);
      },
    ),
  );
});

test.for([
  ["MGC", 26_500, "2650.0"],
  ["ZT", 26_497, "103.50390625"],
  ["6J", 13_425, "0.0067125"],
  ["YM", 42_000, "42000"],
  ["CL", -3_763, "-37.63"],
] as const)("%s shows tick %i as %s", ([root, price, expected]) => {
  expect(formatPrice(instrumentByRoot(root) ?? anInstrument(), ticks(price))).toBe(expected);
});

test("a tick number beyond what a double holds exactly ends the process", () => {
  const far = ticks(Number.MAX_SAFE_INTEGER);

  expect(() => ticksToPrice(anInstrument({ tickSize: 0.25 }), far)).toThrow(InvariantError);
});

test("a point is worth its ticks", () => {
  expect(pointValue(anInstrument())).toBe(moneyFrom(10));
});

test("a point that is not worth whole millionths ends the process", () => {
  const odd = anInstrument({ tickSize: 0.3, tickValue: money(1n) });

  expect(() => pointValue(odd)).toThrow(InvariantError);
});

test("ten micros count as one mini, five SIL as one", () => {
  expect(miniEquivalents(anInstrument(), lots(10))).toBe(1);
  expect(miniEquivalents(anInstrument(), lots(3))).toBe(0.3);
  expect(miniEquivalents(anInstrument({ weightTenths: 2 }), lots(5))).toBe(1);
  expect(miniEquivalents(anInstrument({ weightTenths: 10 }), lots(5))).toBe(5);
});

test.for([0, -0.1, Number.NaN, Number.POSITIVE_INFINITY, 1 / 3, 1e-20])(
  "an instrument with a tick size of %d is refused",
  (tickSize) => {
    expect(() => anInstrument({ tickSize })).toThrow(RangeError);
  },
);

test("an instrument whose tick is worth nothing is refused", () => {
  expect(() => anInstrument({ tickValue: money(0n) })).toThrow(RangeError);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { InvariantError } from "#core/domain/invariant.ts";
import { Atr } from "./atr.ts";

test("the first true range is high minus low, later ones reach back to the previous close", () => {
  const atr = new Atr(1);

  const ranges = [
    atr.update({ high: 12, low: 9, close: 10 }),
    atr.update({ high: 15, low: 13, close: 14 }),
    atr.update({ high: 11, low: 8, close: 9 }),
    atr.update({ high: 10, low: 7, close: 8 }),
  ];

  expect(ranges).toEqual([3, 5, 6, 3]);
});

test("the mean of the true ranges until ready, Wilder's average after", () => {
  const atr = new Atr(2);
  const bar = (range: number) => ({ high: range, low: 0, close: 0 });

  const values = [2, 4, 9].map((range) => [atr.update(bar(range)), atr.ready]);

  expect(values).toEqual([
    [2, false],
    [3, true],
    [6, true],
  ]);
});

test("bar by bar equals from scratch", () => {
  const price = fc.integer({ min: -1e6, max: 1e6 });
  const bars = fc.array(
    fc.tuple(price, price, price).map((prices) => {
      const [low, close, high] = prices.sort((a, b) => a - b);
      return { high, low, close };
    }),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), bars, (period, rows) => {
      const atr = new Atr(period);

      for (const row of rows) atr.update(row);

      const ranges = rows.map(({ high, low }, row) => {
        const prevClose = rows[row - 1]?.close ?? low;
        return Math.max(high - low, Math.abs(high - prevClose), Math.abs(low - prevClose));
      });
      const first = ranges.slice(0, period);
      const seed = first.reduce((sum, range) => sum + range, 0) / first.length;
      const fromScratch = ranges
        .slice(period)
        .reduce((value, range) => (value * (period - 1) + range) / period, seed);
      expect(atr.value / (fromScratch || 1)).toBeCloseTo(fromScratch === 0 ? 0 : 1, 9);
    }),
  );
});

test.each([0, -1, 1.5, Number.NaN])("a period of %d is refused", (period) => {
  expect(() => new Atr(period)).toThrow(InvariantError);
});

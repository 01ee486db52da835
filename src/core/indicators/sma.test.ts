import fc from "fast-check";
import { expect, test } from "vitest";
import { InvariantError } from "#core/domain/invariant.ts";
import { Sma } from "./sma.ts";

test("until the window is full the mean is of the values so far", () => {
  const sma = new Sma(3);

  const values = [3, 5, 7, 9].map((x) => [sma.update(x), sma.ready]);

  expect(values).toEqual([
    [3, false],
    [4, false],
    [5, true],
    [7, true],
  ]);
});

test("of whole numbers the mean is exactly that of the last values, however many came before", () => {
  const values = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), values, (period, xs) => {
      const sma = new Sma(period);

      const means = xs.map((x) => sma.update(x));

      const windows = xs.map((_, row) => xs.slice(Math.max(0, row + 1 - period), row + 1));
      const sum = (window: number[]) => window.reduce((total, x) => total + x, 0);
      expect(means).toEqual(windows.map((window) => sum(window) / window.length));
    }),
  );
});

test("a million fractions and a huge value that left the window leave no trace", () => {
  const sma = new Sma(7);
  sma.update(1e300);

  for (let row = 0; row < 1_000_000; row += 1) sma.update(0.1 + (row % 7));

  expect(Math.abs(sma.value - 3.1)).toBeLessThan(1e-15);
});

test.each([0, -1, 1.5, Number.NaN])("a period of %d is refused", (period) => {
  expect(() => new Sma(period)).toThrow(InvariantError);
});

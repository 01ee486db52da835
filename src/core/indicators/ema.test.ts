import fc from "fast-check";
import { expect, test } from "vitest";
import { InvariantError } from "#core/domain/invariant.ts";
import { Ema } from "./ema.ts";

test("the first value is the seed, and each later value counts 2 / (period + 1)", () => {
  const ema = new Ema(3);

  const values = [10, 20, 20].map((x) => ema.update(x));

  expect(values).toEqual([10, 15, 17.5]);
});

test("it is ready after as many values as its period", () => {
  const ema = new Ema(2);

  const ready = [1, 2, 3].map((x) => [ema.ready, ema.update(x), ema.ready]);

  expect(ready.map(([before, , after]) => [before, after])).toEqual([
    [false, false],
    [false, true],
    [true, true],
  ]);
});

test("the running average is the weighted sum of all values", () => {
  const values = fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), values, (period, xs) => {
      const ema = new Ema(period);
      const alpha = 2 / (period + 1);
      const weight = (age: number) => (1 - alpha) ** age * (age === xs.length - 1 ? 1 : alpha);

      for (const x of xs) ema.update(x);

      const fromScratch = xs.reduce((sum, x, row) => sum + weight(xs.length - 1 - row) * x, 0);
      expect(ema.value).toBeCloseTo(fromScratch, 6);
    }),
  );
});

test.each([0, -1, 1.5, Number.NaN])("a period of %d is refused", (period) => {
  expect(() => new Ema(period)).toThrow(InvariantError);
});

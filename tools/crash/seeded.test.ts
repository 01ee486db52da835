import { expect, test } from "vitest";
import { Seeded } from "./seeded.ts";

test("choices are the same for the same seed and others for another", () => {
  const drawn = ([1, 1, 2] as const).map((seed) => {
    const seeded = new Seeded(seed);
    return Array.from({ length: 5 }, () => seeded.next());
  });

  expect(drawn[1]).toEqual(drawn[0]);
  expect(drawn[2]).not.toEqual(drawn[0]);
});

test("whole numbers reach both ends and nothing beyond", () => {
  const seeded = new Seeded(1);

  const drawn = Array.from({ length: 1_000 }, () => seeded.between(-1, 2));

  expect([...new Set(drawn)].toSorted((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});

test("of nothing, nothing is picked", () => {
  expect(new Seeded(1).pick([])).toBeUndefined();
});

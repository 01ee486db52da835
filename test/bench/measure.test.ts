import { expect, test } from "vitest";
import { atMost, interleaved, median, quantile, quietest, sum, whenQuiet } from "#bench/measure.ts";

const FOUND = { name: "gate", value: 6, unit: "us", floor: 2, note: "of ten" };

test("a quantile is the value below which that share of the sample lies", () => {
  const sample = [5, 1, 4, 2, 3];

  expect([0, 0.5, 0.8, 0.99, 1].map((share) => quantile(sample, share))).toEqual([1, 3, 5, 5, 5]);
  expect(median(sample)).toBe(3);
  expect(quantile([], 0.5)).toBeNaN();
  expect(sum(sample)).toBe(15);
});

test.each([
  [3, true],
  [2.9, false],
])("a ratio of 3 to its floor meets a goal of %d: %s", (goal, ok) => {
  expect(atMost(goal, FOUND)).toEqual({ ...FOUND, ratio: 3, goal, ok });
});

test.each([
  { missed: false, found: 2, ok: true, verdict: "was quiet" },
  { missed: true, found: 2, ok: false, verdict: "was quiet" },
  { missed: true, found: 2.1, ok: true, verdict: "was busy" },
])("a goal that counts on a quiet machine: %o", ({ missed, found, ok, verdict }) => {
  const finding = atMost(missed ? 1 : 3, FOUND);

  const told = whenQuiet({ found, bound: 2, what: "waiting" }, finding);

  expect(told.ok).toBe(ok);
  expect(told.note).toContain(verdict);
});

test("floor and subject run in turn, each with its own times", () => {
  const order: string[] = [];
  let nowMs = 0;
  const work = (name: string, ms: number) => () => {
    order.push(name);
    nowMs += ms;
  };

  const times = interleaved(2, () => nowMs, { floor: work("floor", 1), subject: work("us", 3) });

  expect(order).toEqual(["floor", "us", "floor", "us"]);
  expect(times).toEqual({ floorMs: [1, 1], subjectMs: [3, 3] });
});

test("the quietest quarter is chosen by the floor alone, for both sides", () => {
  const floor = [5, 5, 4, 9, 3, 3, 6, 6];
  const subject = [1, 2, 3, 4, 50, 60, 7, 8];

  expect(quietest({ floor, subject }, 2)).toEqual({ floor: [3, 3], subject: [50, 60] });
});

test("a quarter of a few parts is at least one", () => {
  const sides = { floor: [2, 1, 3], subject: [20, 10, 30] };

  expect(quietest(sides, 2)).toEqual({ floor: [2, 1], subject: [20, 10] });
  expect(quietest(sides, 9)).toEqual(sides);
});

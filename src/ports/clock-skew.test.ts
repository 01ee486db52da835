import { expect, test } from "vitest";
import { skewProblem } from "./clock-skew.ts";

const DO = "where 1000 ms are the most; set it right, and entries are taken again";

test.each([
  [0, null],
  [1_000, null],
  [-1_000, null],
  [1_500, `our clock is 1500 ms ahead of the venue's, ${DO}`],
  [-1_001, `our clock is 1001 ms behind the venue's, ${DO}`],
])("a clock that is %i ms ahead is told as %j", (ms, text) => {
  expect(skewProblem(ms)).toBe(text);
});

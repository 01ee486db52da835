import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test.each([
  [1, 50, 100],
  [2, 100, 200],
  [5, 800, 1_600],
  [50, 2_500, 5_000],
  [5_000, 2_500, 5_000],
])("after %i failures the wait is from %i to %i ms", (failures, least, most) => {
  expect([backoffMs(failures, 0), backoffMs(failures, 1)]).toEqual([least, most]);
});

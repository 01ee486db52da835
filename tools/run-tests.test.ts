import { expect, test } from "vitest";
import { summary } from "./run-tests.ts";

test("a run without skipped tests ends with one line", () => {
  expect(summary({ passed: 3, failed: 1, skipped: [] })).toBe("3 passed, 1 failed");
});

test("skipped tests are named before the line that counts", () => {
  const skipped = ["src/a.test.ts: one", "src/b.test.ts: two > three"];

  expect(summary({ passed: 3, failed: 0, skipped })).toBe(
    "Skipped:\n  src/a.test.ts: one\n  src/b.test.ts: two > three\n3 passed, 0 failed, 2 skipped",
  );
});

test("of a run that skips most tests the first are named", () => {
  const skipped = Array.from({ length: 25 }, (_, index) => `test ${index}`);

  const lines = summary({ passed: 1, failed: 0, skipped }).split("\n");

  expect(lines.slice(19)).toEqual([
    "  test 18",
    "  test 19",
    "  and 5 more",
    "1 passed, 0 failed, 25 skipped",
  ]);
});

import { expect, test } from "vitest";
import { isTooDeep } from "./too-deep.ts";

test.each([
  ["[".repeat(32) + "]".repeat(32), false],
  ["[".repeat(33) + "]".repeat(33), true],
  ['{"a":'.repeat(33), true],
  ["[]".repeat(1_000), false],
  [JSON.stringify({ by: "[".repeat(100) }), false],
  [JSON.stringify({ by: `"${"{".repeat(100)}` }), false],
])("%.40s is deeper than any message: %s", (line, expected) => {
  expect(isTooDeep(line)).toBe(expected);
});

import { expect, test } from "vitest";
import { readHttpDate } from "./http-date.ts";

test.each([
  ["Wed, 19 Aug 2026 20:51:31 GMT", Date.UTC(2026, 7, 19, 20, 51, 31)],
  ["Tue, 31 Feb 2026 10:00:00 GMT", null],
  ["Tue, 03 Feb 2026 25:00:00 GMT", null],
  ["Tue, 03 Foo 2026 10:00:00 GMT", null],
  ["soon", null],
  [undefined, null],
])("the date %s is %s", (text, at) => {
  expect(readHttpDate(text)).toBe(at);
});

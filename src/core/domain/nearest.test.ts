import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const KEYS = ["limit", "unit", "count", "onBreach"];

test.each([
  ["limt", "limit"],
  ["limits", "limit"],
  ["Limit", "limit"],
  ["onbreach", "onBreach"],
  ["on_breach", "onBreach"],
  ["uint", "unit"],
  ["coun", "count"],
])("%s is a typing error of %s", (word, key) => {
  expect(nearest(word, KEYS)).toBe(key);
});

test.each(["grace", "", "unlimited", "xy"])("%s is near no key", (word) => {
  expect(nearest(word, KEYS)).toBe(undefined);
});

test("of two words the nearer is meant, of two as near the first", () => {
  expect(nearest("bars", ["bard", "bar", "bars"])).toBe("bars");
  expect(nearest("bax", ["bar", "bat"])).toBe("bar");
});

test("a third of the letters may be wrong, rounded up", () => {
  expect(nearest("abcdef", ["abcdXY"])).toBe("abcdXY");
  expect(nearest("abcdef", ["abcXYZ"])).toBe(undefined);
  expect(nearest("ab", ["aX"])).toBe("aX");
});

test("one letter lost or changed is always found", () => {
  const word = fc.stringMatching(/^[a-z]{3,12}$/u);
  const place = fc.nat({ max: 11 });
  fc.assert(
    fc.property(word, place, fc.constantFrom("", "q"), (known, at, put) => {
      const index = at % known.length;
      const typed = known.slice(0, index) + put + known.slice(index + 1);

      expect(nearest(typed, [known])).toBe(known);
    }),
  );
});

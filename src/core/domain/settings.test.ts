import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type SettingValue,
  amount,
  choice,
  duration,
  integer,
  list,
  mapOf,
  nullable,
  object,
  optional,
  readSetting,
  text,
} from "./settings.ts";
import type { DurationMs } from "./units.ts";

const MINUTE = 60_000 as DurationMs;

const good = (value: unknown) => ({ ok: true, value });

/** The one problem of a value, with a path and without a hint unless the test says otherwise. */
function bad(expected: string, found: string, more: { hint?: string; path?: unknown[] } = {}) {
  const { hint = null, path = [] } = more;
  return { ok: false, problems: [{ path, expected, found, hint }] };
}

describe("what may be left out", () => {
  test("a missing value is a problem unless it has a fallback", () => {
    expect(readSetting(integer({ min: 1 }), undefined)).toEqual(
      bad("a whole number of at least 1", "nothing"),
    );
    expect(readSetting(optional(integer(), 3), undefined)).toEqual(good(3));
    expect(readSetting(optional(integer(), 3), 4)).toEqual(good(4));
  });

  test("null is not the same as left out, unless the setting says so", () => {
    expect(readSetting(optional(integer(), 3), null)).toEqual(bad("a whole number", "null"));
    expect(readSetting(nullable(integer()), null)).toEqual(good(null));
    expect(readSetting(nullable(integer()), undefined)).toEqual(good(null));
    expect(readSetting(nullable(integer()), 5)).toEqual(good(5));
    expect(readSetting(nullable(integer()), "5")).toEqual(bad("a whole number", '"5"'));
    expect(nullable(integer()).expected).toBe("a whole number, or null");
  });

  test("what may be null may still have another fallback", () => {
    const setting = optional(nullable(integer()), 2);

    expect(readSetting(setting, undefined)).toEqual(good(2));
    expect(readSetting(setting, null)).toEqual(good(null));
  });
});

describe("lists", () => {
  test("every wrong element is told with its place", () => {
    const read = readSetting(list(integer({ min: 0 })), [1, -2, "x", 3]);

    expect(read).toEqual({
      ok: false,
      problems: [
        { path: [1], expected: "a whole number of at least 0", found: "-2", hint: null },
        { path: [2], expected: "a whole number of at least 0", found: '"x"', hint: null },
      ],
    });
  });

  test("a list may be empty, and one value is no list", () => {
    expect(readSetting(list(integer()), [])).toEqual(good([]));
    expect(readSetting(list(integer()), [1, 2])).toEqual(good([1, 2]));
    expect(readSetting(list(integer()), 1)).toEqual(bad("a list, each a whole number", "1"));
  });
});

describe("maps", () => {
  const limits = mapOf(integer({ min: 0 }));

  test("keys are free and values of one kind", () => {
    expect(readSetting(limits, { MNQ: 2, MGC: 1 })).toEqual(good({ MNQ: 2, MGC: 1 }));
    expect(readSetting(limits, {})).toEqual(good({}));
    expect(readSetting(limits, { MNQ: -1 })).toEqual(
      bad("a whole number of at least 0", "-1", { path: ["MNQ"] }),
    );
    expect(readSetting(limits, [1])).toEqual(
      bad("a map, each value a whole number of at least 0", "a list of 1"),
    );
    expect(readSetting(limits, null)).toEqual(
      bad("a map, each value a whole number of at least 0", "null"),
    );
  });

  test("keys that name parts of every object are keys like others", () => {
    const raw: unknown = JSON.parse('{"__proto__": 3, "constructor": 4}');

    const read = readSetting(limits, raw);

    const value = read.ok ? read.value : {};
    expect(Object.entries(value)).toEqual([
      ["__proto__", 3],
      ["constructor", 4],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test("a value that may be null is null where a key stands alone", () => {
    expect(readSetting(mapOf(nullable(integer())), { MNQ: undefined })).toEqual(
      good({ MNQ: null }),
    );
  });
});

describe("objects", () => {
  const rule = object({
    limit: integer({ min: 0 }),
    unit: optional(choice("contracts", "miniEquivalents"), "contracts"),
  });

  test("fields that are left out have their fallbacks", () => {
    expect(readSetting(rule, { limit: 3 })).toEqual(good({ limit: 3, unit: "contracts" }));
    expectTypeOf<SettingValue<typeof rule>>().toEqualTypeOf<{
      readonly limit: number;
      readonly unit: "contracts" | "miniEquivalents";
    }>();
  });

  test("an unknown key is refused with the nearest known one", () => {
    expect(readSetting(rule, { limit: 3, units: "contracts" })).toEqual(
      bad("a known key", '"units"', { path: ["units"], hint: "did you mean unit?" }),
    );
    expect(readSetting(rule, { limit: 3, grace: "10s" })).toEqual(
      bad("a known key", '"grace"', { path: ["grace"], hint: "known keys: limit, unit" }),
    );
  });

  test("everything that is wrong is told at once, with its path", () => {
    const account = object({ rules: object({ max: rule }) });

    const read = readSetting(account, { rules: { max: { limt: 3, unit: "lots" } }, rule: 1 });

    expect(read).toEqual({
      ok: false,
      problems: [
        { path: ["rule"], expected: "a known key", found: '"rule"', hint: "did you mean rules?" },
        {
          path: ["rules", "max", "limt"],
          expected: "a known key",
          found: '"limt"',
          hint: "did you mean limit?",
        },
        {
          path: ["rules", "max", "limit"],
          expected: "a whole number of at least 0",
          found: "nothing",
          hint: null,
        },
        {
          path: ["rules", "max", "unit"],
          expected: "one of contracts, miniEquivalents",
          found: '"lots"',
          hint: null,
        },
      ],
    });
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "%s is an unknown key like any other",
    (key) => {
      const raw: unknown = JSON.parse(`{"limit": 3, "${key}": {"limit": 9}}`);

      expect(readSetting(rule, raw)).toEqual(
        bad("a known key", `"${key}"`, { path: [key], hint: "known keys: limit, unit" }),
      );
    },
  );

  test("a field is never read from what every object inherits", () => {
    const setting = object({ constructor: optional(text(), "none") });

    expect(readSetting(setting, {})).toEqual(good({ constructor: "none" }));
  });

  test("an object whose fields may all be left out may be left out or stand empty", () => {
    const budget = object({
      limit: optional(integer(), 180),
      window: optional(duration(), MINUTE),
    });
    const setting = object({ budget });

    expect(readSetting(setting, {})).toEqual(good({ budget: { limit: 180, window: 60_000 } }));
    expect(readSetting(setting, { budget: null })).toEqual(
      good({ budget: { limit: 180, window: 60_000 } }),
    );
    expect(readSetting(setting, undefined)).toEqual(
      good({ budget: { limit: 180, window: 60_000 } }),
    );
  });

  test("an object with a field that must be given is asked for by that field", () => {
    expect(readSetting(object({ rule }), {})).toEqual(
      bad("keys limit, unit", "nothing", { path: ["rule"] }),
    );
    expect(readSetting(object({ rule }), { rule: null })).toEqual(
      bad("a whole number of at least 0", "nothing", { path: ["rule", "limit"] }),
    );
    expect(readSetting(rule, 7)).toEqual(bad("keys limit, unit", "7"));
    expect(readSetting(rule, [])).toEqual(bad("keys limit, unit", "an empty list"));
  });
});

test("whatever a file holds, reading it ends in a value or in problems", () => {
  const setting = object({
    limit: amount(),
    grace: optional(duration(), MINUTE),
    map: mapOf(list(integer())),
    kind: choice("a", "b"),
  });
  fc.assert(
    fc.property(fc.anything(), (raw) => {
      const read = readSetting(setting, raw);

      expect(read.ok || read.problems.length > 0).toBe(true);
    }),
  );
});

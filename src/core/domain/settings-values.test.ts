import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type SettingValue,
  amount,
  choice,
  decimal,
  duration,
  flag,
  integer,
  readSetting,
  text,
} from "./settings.ts";

const good = (value: unknown) => ({ ok: true, value });

/** The one problem of a value, with a path and without a hint unless the test says otherwise. */
function bad(expected: string, found: string, more: { hint?: string; path?: unknown[] } = {}) {
  const { hint = null, path = [] } = more;
  return { ok: false, problems: [{ path, expected, found, hint }] };
}

describe("whole numbers", () => {
  test.each([0, 1, -7, Number.MAX_SAFE_INTEGER])("%s is one", (raw) => {
    expect(readSetting(integer(), raw)).toEqual(good(raw));
  });

  test.each([
    [1.5, "1.5"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [2 ** 53, "9007199254740992"],
    ["3", '"3"'],
    [true, "true"],
    [null, "null"],
    [undefined, "nothing"],
    [[], "an empty list"],
    [[1, 2], "a list of 2"],
    [{}, "an empty map"],
    [{ a: 1, b: 2 }, "a map of a, b"],
    [9n, "a bigint"],
    [() => 1, "a function"],
  ])("%s is none, and the message shows %s", (raw, found) => {
    expect(readSetting(integer(), raw)).toEqual(bad("a whole number", found));
  });

  test.each([
    [{ min: 2 }, 2, 1, "a whole number of at least 2"],
    [{ max: 5 }, 5, 6, "a whole number of at most 5"],
    [{ min: 2, max: 5 }, 5, 1, "a whole number from 2 to 5"],
    [{ min: 2, max: 5 }, 2, 6, "a whole number from 2 to 5"],
    [{ min: 0, max: 0 }, 0, 1, "a whole number from 0 to 0"],
  ])("the range %j holds %i and not %i", (range, inside, outside, expected) => {
    expect(readSetting(integer(range), inside)).toEqual(good(inside));
    expect(readSetting(integer(range), outside)).toEqual(bad(expected, `${outside}`));
  });
});

describe("numbers", () => {
  test("fractions are numbers, what is not finite is none", () => {
    const setting = decimal({ min: 0.1, max: 100 });
    const expected = "a number from 0.1 to 100";

    expect(readSetting(setting, 0.1)).toEqual(good(0.1));
    expect(readSetting(setting, 0.0999)).toEqual(bad(expected, "0.0999"));
    expect(readSetting(setting, 100.01)).toEqual(bad(expected, "100.01"));
    expect(readSetting(decimal(), Number.NaN)).toEqual(bad("a number", "NaN"));
    expect(readSetting(decimal(), -Infinity)).toEqual(bad("a number", "-Infinity"));
  });
});

describe("texts, flags and choices", () => {
  test("a text is not empty", () => {
    expect(readSetting(text(), "MGC")).toEqual(good("MGC"));
    expect(readSetting(text(), "")).toEqual(bad("a text", '""'));
    expect(readSetting(text("a root"), 5)).toEqual(bad("a root", "5"));
  });

  test("a flag is true or false and nothing like it", () => {
    expect(readSetting(flag(), true)).toEqual(good(true));
    expect(readSetting(flag(), false)).toEqual(good(false));
    expect(readSetting(flag(), "yes")).toEqual(bad("true or false", '"yes"'));
    expect(readSetting(flag(), 0)).toEqual(bad("true or false", "0"));
  });

  test("a choice names what there is, and the nearest when a word is mistyped", () => {
    const setting = choice("reduce", "close_all");
    const expected = "one of reduce, close_all";

    expect(readSetting(setting, "close_all")).toEqual(good("close_all"));
    expect(readSetting(setting, "closeAll")).toEqual(
      bad(expected, '"closeAll"', { hint: "did you mean close_all?" }),
    );
    expect(readSetting(setting, "panic")).toEqual(bad(expected, '"panic"'));
    expect(readSetting(setting, ["reduce"])).toEqual(bad(expected, "a list of 1"));
    expectTypeOf<SettingValue<typeof setting>>().toEqualTypeOf<"reduce" | "close_all">();
  });

  test("a long value is cut in the message", () => {
    const read = readSetting(integer(), "x".repeat(100));

    expect(read).toEqual(bad("a whole number", `"${"x".repeat(56)}...`));
  });
});

describe("amounts of money", () => {
  const expected = "an amount of money from 0.01 to 1000000000";

  test.each([
    [400, 400_000_000n],
    [12.5, 12_500_000n],
    [0.01, 10_000n],
    [0.1 + 0.2, 300_000n],
    [1_000_000_000, 1_000_000_000_000_000n],
  ])("%s is kept in whole millionths", (raw, millionths) => {
    expect(readSetting(amount(), raw)).toEqual(good(millionths));
  });

  test("an amount finer than a millionth is not cut off", () => {
    expect(readSetting(amount(), 50_000.123456789)).toEqual(
      bad(expected, "50000.123456789", { hint: "write at most six decimals" }),
    );
    expect(readSetting(amount(), 50_000.123456)).toEqual(good(50_000_123_456n));
  });

  test("a negative amount is told how to write a limit", () => {
    expect(readSetting(amount(), -400)).toEqual(
      bad(expected, "-400", { hint: "write limits as positive amounts: 400" }),
    );
  });

  test.each([
    [0, "0"],
    [0.009, "0.009"],
    [1_000_000_000.01, "1000000000.01"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    ["400", '"400"'],
    [null, "null"],
  ])("%s is none", (raw, found) => {
    expect(readSetting(amount(), raw)).toEqual(bad(expected, found));
  });
});

describe("durations", () => {
  const expected = "a duration such as 500ms, 10s, 5m, 2h or 1d, up to 366d";

  test.each([
    ["0s", 0],
    ["500ms", 500],
    ["10s", 10_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    ["366d", 31_622_400_000],
    ["31622400000ms", 31_622_400_000],
  ])("%s is %i milliseconds", (raw, ms) => {
    expect(readSetting(duration(), raw)).toEqual(good(ms));
  });

  test.each(["367d", "31622400001ms", "10 s", "s", "1.5h", "-5s", "10sec", "10s ", "x10s", "1w"])(
    "%s is none",
    (raw) => {
      expect(readSetting(duration(), raw)).toEqual(bad(expected, JSON.stringify(raw)));
    },
  );

  test("a duration may have a least length", () => {
    const atLeast = "a duration of at least 1s, such as 500ms, 10s, 5m, 2h or 1d, up to 366d";

    expect(readSetting(duration("1s"), "1000ms")).toEqual(good(1000));
    expect(readSetting(duration("1s"), "999ms")).toEqual(bad(atLeast, '"999ms"'));
  });

  test.each([
    [10, "10"],
    ["10", '"10"'],
  ])("%s lacks its unit", (raw, found) => {
    expect(readSetting(duration(), raw)).toEqual(
      bad(expected, found, { hint: "write the unit: 10s" }),
    );
  });

  test.each([
    [null, "null"],
    [true, "true"],
    [{}, "an empty map"],
  ])("%s is none", (raw, found) => {
    expect(readSetting(duration(), raw)).toEqual(bad(expected, found));
  });
});

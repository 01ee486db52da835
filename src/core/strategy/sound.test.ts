import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "#core/desk/codec.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import { ticks } from "#core/domain/units.ts";
import { soundEntry, soundQty, soundSignal, soundValue } from "./sound.ts";
import type { Entry } from "./strategy.ts";

/** What strategies without type checks may hand over. */
const entry = (overrides: object = {}) =>
  ({ side: "buy", stopLossTicks: 20, ...overrides }) as unknown as Entry;

describe("an entry", () => {
  test.each<[string, object]>([
    ["at the market", {}],
    ["with a quantity", { qty: 2 }],
    ["without a target", { takeProfitTicks: null }],
    ["with a target", { takeProfitTicks: 40 }],
    ["at the market, said so", { terms: { type: "market" } }],
    ["with a limit", { terms: { type: "limit", limitPrice: -5 } }],
    ["with a stop", { terms: { type: "stop", stopPrice: 5 } }],
    ["with both", { terms: { type: "stopLimit", stopPrice: 5, limitPrice: 6 } }],
    ["that trails", { terms: { type: "trailingStop", stopPrice: 5, trailTicks: 6 } }],
  ])("%s is taken as it is, as a copy", (_what, overrides) => {
    const asked = entry(overrides);

    const sound = soundEntry(asked);

    expect(sound).toEqual(asked);
    expect(sound).not.toBe(asked);
    if (asked.terms !== undefined) expect(sound.terms).not.toBe(asked.terms);
  });

  test("loses what does not belong to it", () => {
    const asked = entry({ note: "mine", terms: { type: "limit", limitPrice: 5, extra: 1 } });

    expect(soundEntry(asked)).toEqual(entry({ terms: { type: "limit", limitPrice: 5 } }));
  });

  test.each<[object, string]>([
    [{ side: "long" }, "an entry's side must be buy or sell, found long"],
    [{ stopLossTicks: 1.5 }, "an entry's stopLossTicks must be whole ticks, found 1.5"],
    [{ stopLossTicks: Number.NaN }, "an entry's stopLossTicks must be whole ticks, found NaN"],
    [
      { stopLossTicks: undefined },
      "an entry's stopLossTicks must be whole ticks, found a value of type undefined",
    ],
    [{ takeProfitTicks: 0.5 }, "an entry's takeProfitTicks must be whole ticks, found 0.5"],
    [{ qty: 0 }, "an entry's qty must be whole lots, one or more, found 0"],
    [{ qty: 1.5 }, "an entry's qty must be whole lots, one or more, found 1.5"],
    [{ qty: Number.NaN }, "an entry's qty must be whole lots, one or more, found NaN"],
    [
      { terms: { type: "limit", limitPrice: 2650.1 } },
      "a limitPrice must be whole ticks, found 2650.1",
    ],
    [
      { terms: { type: "stop", stopPrice: Number.POSITIVE_INFINITY } },
      "a stopPrice must be whole ticks, found Infinity",
    ],
    [
      { terms: { type: "stopLimit", stopPrice: 5 } },
      "a limitPrice must be whole ticks, found a value of type undefined",
    ],
    [
      { terms: { type: "stopLimit", limitPrice: 5 } },
      "a stopPrice must be whole ticks, found a value of type undefined",
    ],
    [
      { terms: { type: "trailingStop", stopPrice: 5, trailTicks: 0 } },
      "trailTicks must be one or more, found 0",
    ],
    [
      { terms: { type: "trailingStop", trailTicks: 1 } },
      "a stopPrice must be whole ticks, found a value of type undefined",
    ],
    [
      { terms: { type: "oco" } },
      "an entry's type must be market, limit, stop, stopLimit or trailingStop, found oco",
    ],
  ])("%j is refused", (overrides, message) => {
    expect(() => soundEntry(entry(overrides))).toThrow(new RangeError(message));
  });
});

test("a quantity is whole lots", () => {
  expect(soundQty("an exit's qty", 3)).toBe(3);
  expect(() => soundQty("an exit's qty", 0)).toThrow("an exit's qty must be whole lots");
});

describe("a signal", () => {
  const signal = { section: "entry", side: "buy", numbers: { fast: 1.5, slow: -2 } } as const;

  test("is a copy", () => {
    const numbers = { fast: 1.5 };
    const sound = soundSignal({ section: "entry", side: "buy", numbers });

    numbers.fast = 9;

    expect(sound).toEqual({ section: "entry", side: "buy", numbers: { fast: 1.5 } });
    expect(soundSignal({ ...signal, note: "mine" })).toEqual(signal);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, "1" as unknown as number])(
    "with %s as a number is refused",
    (value) => {
      expect(() => soundSignal({ ...signal, numbers: { atr: value } })).toThrow(
        `atr of a signal must be a finite number, found ${value}`,
      );
    },
  );
});

describe("a stored value", () => {
  test("may be any plain value, and every one of them can be journaled", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const sound = soundValue(value as PlainData);

        expect(encode(sound)).toBe(encode(value));
      }),
    );
  });

  test("is a copy that nobody can change", () => {
    const list = [1, { deep: [2] }];
    const sound = soundValue(list);

    list.push(3);

    expect(sound).toEqual([1, { deep: [2] }]);
    expect(() => (sound as number[]).push(4)).toThrow(TypeError);
    expect(() => Object.assign((sound as object[])[1] ?? {}, { deep: [] })).toThrow(TypeError);
  });

  test.each<[string, unknown, string]>([
    ["NaN", Number.NaN, "NaN"],
    ["infinity", Number.NEGATIVE_INFINITY, "-Infinity"],
    ["nothing", undefined, "a value of type undefined"],
    ["a big integer", 1n, "a value of type bigint"],
    ["a function", () => 1, "a value of type function"],
    ["a map", new Map(), "a value of type object"],
    ["a hidden part", { a: [{ b: undefined }] }, "a value of type undefined"],
  ])("may not be or hold %s", (_what, value, found) => {
    expect(() => soundValue(value as PlainData)).toThrow(
      new RangeError(`a stored value must be plain data, found ${found}`),
    );
  });

  test("has a limit, which ends a circle as well", () => {
    const circle: unknown[] = [];
    circle.push(circle);

    expect(soundValue(Array.from({ length: 999 }, () => 0))).toHaveLength(999);
    expect(() => soundValue(Array.from({ length: 1_000 }, () => 0))).toThrow(
      "a stored value must be at most 1000 values, found more of them",
    );
    expect(() => soundValue(circle as PlainData)).toThrow("at most 1000 values");
  });

  test("a plain object without a prototype is plain", () => {
    const bare = Object.assign(Object.create(null) as Record<string, PlainData>, { a: ticks(1) });

    expect(soundValue(bare)).toEqual({ a: 1 });
  });
});

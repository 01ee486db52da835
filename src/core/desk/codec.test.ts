import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvariantError } from "#core/domain/invariant.ts";
import { decode, encode } from "./codec.ts";

describe("the canonical text", () => {
  test.each([
    { value: null, text: "null" },
    { value: true, text: "true" },
    { value: false, text: "false" },
    { value: 0, text: "0" },
    { value: -0, text: "0" },
    { value: 1.5e-7, text: "1.5e-7" },
    { value: 'a "b"\n', text: String.raw`"a \"b\"\n"` },
    { value: 12n, text: '"$12"' },
    { value: -12n, text: '"$-12"' },
    { value: "$12", text: '"$$12"' },
    { value: "$", text: '"$$"' },
    { value: "$$", text: '"$$$"' },
    { value: "1$", text: '"1$"' },
    { value: [], text: "[]" },
    { value: {}, text: "{}" },
    { value: [1, [2n], { b: "$", a: null }], text: '[1,["$2"],{"a":null,"b":"$$"}]' },
    { value: { b: 1, a: { d: 2, c: 3 } }, text: '{"a":{"c":3,"d":2},"b":1}' },
    { value: { 10: "x", 9: "y" }, text: '{"10":"x","9":"y"}' },
    {
      value: new Map<string, unknown>([
        ["b", 1n],
        ["a", { y: 2, x: 3 }],
      ]),
      text: '[["b","$1"],["a",{"x":3,"y":2}]]',
    },
    { value: new Set(["b", "a"]), text: '["b","a"]' },
  ])("of $value is $text", ({ value, text }) => {
    expect(encode(value)).toBe(text);
  });

  test.each([
    { value: Number.NaN, problem: "encoded numbers are finite, found NaN" },
    { value: [Number.POSITIVE_INFINITY], problem: "encoded numbers are finite, found Infinity" },
    { value: { a: undefined }, problem: "only plain values are encoded, found undefined" },
    { value: [() => 1], problem: "only plain values are encoded, found function" },
    { value: new Map([[1, Symbol("s")]]), problem: "only plain values are encoded, found symbol" },
  ])("is refused to what is not plain: $problem", ({ value, problem }) => {
    expect(() => encode(value)).toThrow(new InvariantError(`Broken invariant: ${problem}`));
  });
});

test("a decoded text is the value that was encoded, with maps and sets as lists", () => {
  const value = {
    map: new Map([["$k", [1n, "$v", "v"]]]),
    set: new Set([2n]),
    nested: { $: ["$", { deep: -5n }], none: null, yes: true },
  };

  expect(decode(encode(value))).toEqual({
    map: [["$k", [1n, "$v", "v"]]],
    set: [2n],
    nested: { $: ["$", { deep: -5n }], none: null, yes: true },
  });
});

describe("any plain value", () => {
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.bigInt(),
      fc.string(),
      fc.string().map((text) => `$${text}`),
      fc.array(tie("value")),
      fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
    ),
  })).value;

  test("comes back as it was", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });

  test("has its keys in order, whether they are few or many", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.boolean(), { maxKeys: 60, size: "max" }),
        (value) => {
          const inOrder = Object.keys(value)
            .sort()
            .map((key) => `${JSON.stringify(key)}:${value[key]}`);
          expect(encode(value)).toBe(`{${inOrder.join(",")}}`);
        },
      ),
    );
  });

  test("has one text, however its keys are ordered", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), plain), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());

        expect(encode(turned)).toBe(encode(value));
      }),
    );
  });
});

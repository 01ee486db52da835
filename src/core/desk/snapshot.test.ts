import { describe, expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { aBotConfig, aBracket, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { adoptState, decodeState, encodeState } from "./snapshot.ts";
import { emptyState } from "./state.ts";

describe("a snapshot", () => {
  test("of nothing is nothing", () => {
    expect(decodeState(encodeState(emptyState()))).toEqual(emptyState());
  });

  test("is the whole state, with its maps in their order", () => {
    const { state } = busyDesk();

    const restored = decodeState(encodeState(state));

    expect(restored).toEqual(state);
    expect([...restored.openOrders.keys()]).toEqual([...state.openOrders.keys()]);
    expect(encodeState(restored)).toBe(encodeState(state));
  });

  test.each([
    { text: "null", problem: "Expected a desk state" },
    { text: "3", problem: "Expected a desk state" },
    { text: "{}", problem: "Expected a desk state with session" },
    {
      text: encodeState(emptyState()).replace('"bots":[]', '"bots":{}'),
      problem: "Expected a list in bots",
    },
    {
      text: encodeState(emptyState()).replace('"bots":[]', '"bots":[1]'),
      problem: "Expected pairs in bots",
    },
    {
      text: encodeState(emptyState()).replace('"bots":[]', '"bots":[["a"]]'),
      problem: "Expected pairs in bots",
    },
    {
      text: encodeState(emptyState()).replace('"bots":[]', '"bots":0'),
      problem: "Expected a list in bots",
    },
  ])("is not read from $text", ({ text, problem }) => {
    expect(() => decodeState(text)).toThrow(new TypeError(problem));
  });
});

test("a state that adopts another is equal to it, and whoever holds it still holds it", () => {
  const { state: adopted } = busyDesk();
  const own = busyDesk().state;
  const { openOrders } = own;
  own.lockouts.set("stale", undefined as never);

  adoptState(own, adopted);

  expect(own).toEqual(adopted);
  expect(own.openOrders).toBe(openOrders);
  expect(own.openOrders).not.toBe(adopted.openOrders);
});

/** Holds a position, legs, orders, fills, requests and a bot. */
function busyDesk(): TestDesk {
  const desk = new TestDesk({
    session: { bots: [aBotConfig()] },
    parts: { strategies: STRATEGIES },
  });
  desk.place({ qty: lots(2), bracket: aBracket() });
  desk.place({ terms: limitAt(26_400) });
  desk.request({ kind: "cancel", clientOrderId: desk.place({ terms: limitAt(26_300) }) });
  return desk;
}

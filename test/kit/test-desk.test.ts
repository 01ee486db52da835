import { expect, test } from "vitest";
import { aBracket } from "./builders.ts";
import { TestDesk } from "./test-desk.ts";

test("a lot bought at the market is filled, protected and counted", () => {
  const desk = new TestDesk();

  const id = desk.place({ bracket: aBracket(20, 40) });

  expect(desk.order(id).status).toEqual({ kind: "filled", at: desk.now });
  expect(desk.position()?.qty).toBe(1);
  expect(
    [...desk.state.openOrders.values()].map(({ status, terms }) => [status.kind, terms]),
  ).toEqual([
    ["working", { type: "stop", stopPrice: 26_481 }],
    ["working", { type: "limit", limitPrice: 26_541 }],
  ]);
});

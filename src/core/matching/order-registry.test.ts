import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { OrderRegistry } from "./order-registry.ts";
import { GOLD, submitOf } from "./venue-scenario.ts";

test("an order that ends leaves its book and the working orders of its account", () => {
  const registry = new OrderRegistry([GOLD], "");
  const order = registry.take(submitOf("A"), epochMs(1));
  registry.work(order);

  registry.end(order, "canceled", epochMs(2));

  const account = registry.account(order.accountId);
  expect(registry.bookOf(order).orders).toEqual([]);
  expect([...account.working]).toEqual([]);
  expect(account.ended).toEqual([order]);
});

test("an order cannot work in an instrument that is not there", () => {
  const registry = new OrderRegistry([], "");
  const order = registry.take(submitOf("A"), epochMs(1));

  expect(() => registry.work(order)).toThrow("an order works in a known instrument, found MGC");
});

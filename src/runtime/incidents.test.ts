import { expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import { emptyState } from "#core/desk/state.ts";
import { Incidents } from "./incidents.ts";

const AT = 1_000 as never;
const K1 = "K1-1";

/** What is told of facts about one order, which the state knows. */
function told(...facts: readonly object[]) {
  const incidents = new Incidents();
  const state = emptyState();
  const order = { clientOrderId: K1, qty: 2 };
  state.closedOrders.set(K1 as never, order as never);
  for (const fact of facts)
    incidents.add({ clientOrderId: K1, ...fact } as unknown as Fact, AT, state);
  return incidents.all;
}

const order = { clientOrderId: K1, qty: 2 };

test("an order and a change that the venue does not take are told with the order", () => {
  expect(
    told(
      { kind: "orderRejected", reason: "market closed" },
      { kind: "modifyRejected", reason: "unknown order" },
    ),
  ).toEqual([
    { kind: "refused", what: "order", at: AT, order, reason: "market closed" },
    { kind: "refused", what: "change", at: AT, order, reason: "unknown order" },
  ]);
});

test("an end that nobody asked for is told, one that was asked for is not", () => {
  const ended = { kind: "orderExpired", reason: "the trading day ended" };

  expect(told(ended)).toEqual([
    { kind: "withdrawn", what: "order", at: AT, order, reason: "the trading day ended" },
  ]);
  expect(told({ kind: "cancelRequested" }, { kind: "orderCanceled", reason: "x" })).toEqual([]);
});

test("an order that the venue's list has as filled was not withdrawn", () => {
  const reason = "the venue lists it as filled";

  expect(told({ kind: "orderCanceled", venueFilledQty: 2, reason })).toEqual([]);
  expect(told({ kind: "orderCanceled", venueFilledQty: 1, reason })).toHaveLength(1);
});

test("a breach is told with what was done about it", () => {
  const breach = { rule: "RULE-008" };

  expect(told({ kind: "breachFound", breach })).toEqual([{ kind: "breach", at: AT, breach }]);
});

test("only the last twenty are kept", () => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    kind: "orderRejected",
    reason: String(index),
  }));

  expect(told(...many).map((one) => (one.kind === "breach" ? "" : one.reason))).toEqual(
    Array.from({ length: 20 }, (_, index) => String(index + 10)),
  );
});

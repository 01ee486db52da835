import { describe, expect, test } from "vitest";
import { clientOrderId, venueOrderId } from "#core/domain/ids.ts";
import { type Side, sideSign } from "#core/domain/order.ts";
import { epochMs, type Lots, ticks } from "#core/domain/units.ts";
import { type BookOrder, bookOrder } from "./book-order.ts";
import { legNamed, legTerms } from "./brackets.ts";
import { bracketOf, submitOf } from "./venue-scenario.ts";

describe("the legs of an entry", () => {
  test.each([
    // Average 100 exactly.
    { side: "buy", fills: [100], stop: 90, target: 120 },
    { side: "sell", fills: [100], stop: 110, target: 80 },
    // Average 100.5: both legs one half closer.
    { side: "buy", fills: [100, 101], stop: 91, target: 120 },
    { side: "sell", fills: [100, 101], stop: 110, target: 81 },
    // Average -99.67: floor -100, ceiling -99.
    { side: "buy", fills: [-100, -100, -99], stop: -109, target: -80 },
    { side: "sell", fills: [-100, -100, -99], stop: -90, target: -119 },
  ] as const)("to $side filled at $fills are at $stop and $target", (row) => {
    const entry = filledEntry(row.side, row.fills);
    const bracket = bracketOf(10, 20);

    expect(legTerms(entry, bracket, "stopLoss")).toEqual({ type: "stop", stopPrice: row.stop });
    expect(legTerms(entry, bracket, "takeProfit")).toEqual({
      type: "limit",
      limitPrice: row.target,
    });
  });

  test("never risk more than the distance, and never ask for more than it", () => {
    for (const side of ["buy", "sell"] as const) {
      const entry = filledEntry(side, [100, 101, 101]);
      const average = 302 / 3;

      const stop = legTerms(entry, bracketOf(10, 20), "stopLoss");
      const target = legTerms(entry, bracketOf(10, 20), "takeProfit");

      if (stop.type !== "stop" || target.type !== "limit") throw new Error("other types of legs");
      expect(sideSign(side) * (average - stop.stopPrice)).toBeLessThanOrEqual(10);
      expect(sideSign(side) * (target.limitPrice - average)).toBeLessThanOrEqual(20);
    }
  });
});

test.each([
  { id: "A-SL", leg: { entryId: "A", kind: "stopLoss" } },
  { id: "A-B-TP", leg: { entryId: "A-B", kind: "takeProfit" } },
  { id: "A-XX", leg: undefined },
  { id: "SL", leg: undefined },
])("$id names the leg $leg", ({ id, leg }) => {
  expect(legNamed(clientOrderId(id))).toEqual(leg);
});

/** One lot per fill. */
function filledEntry(side: Side, fills: readonly number[]): BookOrder {
  const qty = fills.length as Lots;
  const command = submitOf("A", { side, qty, bracket: bracketOf(10, 20) });
  const taken = { number: 1, venueOrderId: venueOrderId("O1"), takenAt: epochMs(0), leg: null };
  const filledValue = fills.reduce((sum, price) => sum + ticks(price), 0);
  return { ...bookOrder(command, taken), filledQty: qty, filledValue };
}

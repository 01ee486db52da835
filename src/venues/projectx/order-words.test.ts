import { expect, test } from "vitest";
import type { OrderTerms } from "#core/domain/order.ts";
import { lots, ticks } from "#core/domain/units.ts";
import { GOLD, MARKET, aBracket, limitAt, stopAt } from "#test/kit/builders.ts";
import { aSubmit } from "#test/kit/projectx-link.ts";
import { listed, placement, termsOf } from "./order-words.ts";
import { ORDER_ROW } from "./rows.ts";

const CONTRACT = { instrument: GOLD, contractId: "CON.F.US.MGC.Z26" };

test("an order names account, contract, kind, side, prices and our tag", () => {
  const command = aSubmit("k1-1", { terms: limitAt(26_500), qty: lots(2) });

  expect(placement(command, CONTRACT, "26282486")).toEqual({
    body: {
      accountId: 26_282_486,
      contractId: "CON.F.US.MGC.Z26",
      type: 1,
      side: 0,
      size: 2,
      limitPrice: 2_650,
      stopPrice: null,
      trailPrice: null,
      customTag: "k1-1",
      stopLossBracket: null,
      takeProfitBracket: null,
    },
  });
});

test.each([
  ["buy", -20, 40],
  ["sell", 20, -40],
] as const)(
  "the legs of a %s have their distances with the sign of the move",
  (side, stop, target) => {
    const placed = placement(aSubmit("k1-1", { side, bracket: aBracket(20, 40) }), CONTRACT, "1");

    expect(placed).toMatchObject({
      body: {
        stopLossBracket: { ticks: stop, type: 4 },
        takeProfitBracket: { ticks: target, type: 1 },
      },
    });
  },
);

test("a bracket without a target has none", () => {
  const placed = placement(aSubmit("k1-1", { bracket: aBracket(20, null) }), CONTRACT, "1");

  expect(placed).toMatchObject({ body: { takeProfitBracket: null } });
});

test.each([
  ["a market order", { type: 2 }, MARKET],
  ["a limit", { type: 1, limitPrice: 2_650 }, limitAt(26_500)],
  ["a stop", { type: 4, stopPrice: 2_650.1 }, stopAt(26_501)],
  [
    "a stop with a limit",
    { type: 3, stopPrice: 2_650, limitPrice: 2_651 },
    { type: "stopLimit", stopPrice: 26_500, limitPrice: 26_510 },
  ],
  [
    "a trailing stop",
    { type: 5, stopPrice: 2_650, trailPrice: -2.5 },
    { type: "trailingStop", stopPrice: 26_500, trailTicks: ticks(25) },
  ],
  ["one that joins the bid", { type: 6, limitPrice: 2_650 }, limitAt(26_500)],
  ["a price between two ticks", { type: 1, limitPrice: 2_650.04 }, limitAt(26_500)],
  ["a leg without a price yet", { type: 4 }, null],
] as const)("%s is read with its prices", (_what, changed, terms) => {
  expect(termsOf(row(changed), GOLD)).toEqual(terms as OrderTerms | null);
});

test("what works without a known price counts as taking any", () => {
  expect(listed(row({ type: 7, status: 6 }), GOLD)).toMatchObject({
    state: "working",
    terms: MARKET,
  });
});

function row(changed: object) {
  const order = {
    id: 7,
    accountId: 1,
    contractId: CONTRACT.contractId,
    status: 1,
    type: 2,
    side: 0,
  };
  return ORDER_ROW.parse({ ...order, size: 1, fillVolume: 0, ...changed });
}

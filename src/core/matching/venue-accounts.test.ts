import { describe, expect, test } from "vitest";
import { clientOrderId, fillId, venueOrderId } from "#core/domain/ids.ts";
import type { Fill, Side } from "#core/domain/order.ts";
import { epochMs, lots, NO_MONEY, ticks } from "#core/domain/units.ts";
import { type BookOrder, bookOrder } from "./book-order.ts";
import { VenueAccount } from "./venue-accounts.ts";
import { ACCOUNT, GOLD, submitOf } from "./venue-scenario.ts";

describe("a position", () => {
  test.each([
    { does: "opens", fills: ["buy 2 @ 100"], qty: 2, average: 100 },
    { does: "averages as it grows", fills: ["buy 1 @ 100", "buy 2 @ 103"], qty: 3, average: 102 },
    { does: "averages short", fills: ["sell 1 @ 100", "sell 1 @ 101"], qty: -2, average: 100.5 },
    {
      does: "keeps its price as it shrinks",
      fills: ["buy 3 @ 100", "sell 1 @ 90"],
      qty: 2,
      average: 100,
    },
    {
      does: "takes a new price as it flips",
      fills: ["buy 1 @ 100", "sell 3 @ 90"],
      qty: -2,
      average: 90,
    },
    { does: "flips back", fills: ["sell 1 @ 100", "buy 3 @ 90"], qty: 2, average: 90 },
  ])("$does", ({ fills, qty, average }) => {
    const account = accountAfter(fills);

    expect(account.netLots(GOLD)).toBe(qty);
    expect([...account.positions.values()]).toEqual([
      { instrument: GOLD, qty, avgEntryTicks: average },
    ]);
  });

  test("that is closed is gone", () => {
    const account = accountAfter(["sell 2 @ 100", "buy 1 @ 99", "buy 1 @ 98"]);

    expect(account.netLots(GOLD)).toBe(0);
    expect([...account.positions.values()]).toEqual([]);
  });
});

describe("a snapshot", () => {
  test("has every fill at or after an instant", () => {
    const account = accountAfter(["buy 1 @ 100", "buy 1 @ 101", "buy 1 @ 102"]);

    const { fills } = account.snapshot(epochMs(1), epochMs(9));

    expect(fills.map(({ price }) => price)).toEqual([101, 102]);
  });

  test("has the orders that work and those that ended at or after an instant, as they were taken", () => {
    const account = new VenueAccount(ACCOUNT);
    account.working.add(orderOf("D", 4, null));
    account.working.add(orderOf("A", 1, null));
    account.ended.push(orderOf("B", 2, 10), orderOf("C", 3, 11));

    const { orders } = account.snapshot(epochMs(11), epochMs(20));

    expect(orders.map((order) => order.clientOrderId)).toEqual(["A", "C", "D"]);
  });

  test("lists an order with what it has filled", () => {
    const account = new VenueAccount(ACCOUNT);
    account.working.add(orderOf("A", 1, null));

    expect(account.snapshot(epochMs(3), epochMs(5))).toEqual({
      accountId: ACCOUNT,
      since: 3,
      asOf: 5,
      orders: [
        {
          clientOrderId: "A",
          venueOrderId: "O1",
          instrument: GOLD,
          side: "buy",
          qty: 1,
          filledQty: 0,
          terms: { type: "market" },
          reduceOnly: false,
          state: "working",
        },
      ],
      fills: [],
      positions: [],
    });
  });
});

test("an account forgets what ended before an instant, and nothing else", () => {
  const account = accountAfter(["buy 1 @ 100", "buy 1 @ 101", "buy 1 @ 102"]);
  account.working.add(orderOf("A", 1, null));
  account.ended.push(orderOf("B", 2, 1), orderOf("C", 3, 2));

  const dropped = account.forget(epochMs(2));

  expect(dropped.map((order) => order.clientOrderId)).toEqual(["B"]);
  const { orders, fills } = account.snapshot(epochMs(0), epochMs(9));
  expect(orders.map((order) => order.clientOrderId)).toEqual(["A", "C"]);
  expect(fills.map(({ price }) => price)).toEqual([102]);
  expect(account.netLots(GOLD)).toBe(3);
});

/** The first fill happens at 0, the second at 1 and so on. */
function accountAfter(fills: readonly string[]): VenueAccount {
  const account = new VenueAccount(ACCOUNT);
  for (const [at, text] of fills.entries()) account.book(fillOf(text, at));
  return account;
}

function fillOf(text: string, at: number): Fill {
  const [side, qty, , price] = text.split(" ");
  return {
    fillId: fillId(`F${at}`),
    clientOrderId: clientOrderId("A"),
    accountId: ACCOUNT,
    instrument: GOLD,
    side: side as Side,
    qty: lots(Number(qty)),
    price: ticks(Number(price)),
    fee: NO_MONEY,
    at: epochMs(at),
  };
}

function orderOf(id: string, number: number, endedAt: number | null): BookOrder {
  const taken = {
    number,
    venueOrderId: venueOrderId(`O${number}`),
    takenAt: epochMs(0),
    leg: null,
  };
  const order = bookOrder(submitOf(id), taken);
  if (endedAt === null) return order;
  return { ...order, status: "canceled", endedAt: epochMs(endedAt) };
}

import { expect, test } from "vitest";
import { type GatewayHoldings, heldAt, holdingsOf, ordersOf } from "./gateway-eye.ts";

const ORDER = {
  id: 7,
  accountId: 1,
  contractId: "CON.F.US.MGC.Z13",
  creationTimestamp: "2013-10-08T12:00:00+00:00",
  status: 1,
  type: 4,
  side: 1,
  size: 3,
  fillVolume: 1,
  customTag: "k1-2",
} as const;
const SUSPENDED = { ...ORDER, id: 8, status: 8, customTag: "k1-3" } as const;
const LEG = { ...ORDER, id: 9, customTag: "k1-1-SL", parentOrderId: 6 } as const;
const HOLDINGS: GatewayHoldings = {
  now: "2013-10-08T12:00:01.000Z",
  accounts: [{ id: 1, name: "HAND-1" }],
  positions: [{ accountId: 1, contractId: "CON.F.US.MGC.Z13", type: 2, size: 2 }],
  working: [ORDER, SUSPENDED],
  orders: [
    { ...ORDER, received: 1 },
    { ...LEG, received: 0 },
  ],
  fills: 4,
};

test("what a gateway holds is told in the words of the desk, without legs that wait", () => {
  expect(holdingsOf(HOLDINGS)).toEqual({
    kind: "holdings",
    now: Date.UTC(2013, 9, 8, 12, 0, 1),
    positions: [{ accountId: "HAND-1", instrument: "MGC", qty: -2 }],
    working: [
      {
        accountId: "HAND-1",
        clientOrderId: "k1-2",
        venueOrderId: "7",
        side: "sell",
        qty: 3,
        filledQty: 1,
      },
    ],
  });
});

test("orders that a desk sent are told, legs that the venue made are not", () => {
  expect(ordersOf(HOLDINGS)).toEqual({
    kind: "orders",
    orders: [
      {
        accountId: "HAND-1",
        clientOrderId: "k1-2",
        received: 1,
        receivedAt: Date.UTC(2013, 9, 8, 12),
        taken: true,
      },
    ],
    fills: 4,
  });
});

test("stops that work count for a position with what is left of them", () => {
  const stops = [ORDER, SUSPENDED, { ...ORDER, type: 1 }, { ...LEG, side: 0, fillVolume: 0 }];

  const held = heldAt({ ...HOLDINGS, working: stops as GatewayHoldings["working"] });

  expect([...held]).toEqual([["HAND-1 MGC", { qty: -2, stopsSell: 2, stopsBuy: 3 }]]);
});

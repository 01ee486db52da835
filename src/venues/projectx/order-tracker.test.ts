import { expect, test } from "vitest";
import { clientOrderId } from "#core/domain/ids.ts";
import { GOLD, limitAt, stopAt } from "#test/kit/builders.ts";
import { ContractBook } from "./contract-book.ts";
import { OrderTracker } from "./order-tracker.ts";
import { type OrderRow, ORDER_ROW } from "./rows.ts";

const CONTRACT = "CON.F.US.MGC.J26";
const KEY = clientOrderId("k1-1");
const ACCEPTED = { kind: "accepted", clientOrderId: KEY, venueOrderId: "7" };
const CONFIRMED = { kind: "confirmed", value: "7" } as const;

test("an order is accepted once, whether the answer or the hub comes first", () => {
  const answered = tracker();
  const heard = tracker();

  answered.placing(KEY);
  heard.placing(KEY);

  expect([answered.placed(KEY, CONTRACT, CONFIRMED), answered.seen(row())]).toEqual([
    [ACCEPTED],
    [],
  ]);
  expect([heard.seen(row()), heard.placed(KEY, CONTRACT, CONFIRMED)]).toEqual([[ACCEPTED], []]);
});

test("a refusal on the hub waits for the answer, which has the reason", () => {
  const orders = tracker();
  orders.placing(KEY);
  const refused = {
    kind: "refused",
    endpoint: "",
    code: 2,
    text: "Outside of trading hours.",
  } as const;

  expect(orders.seen(row({ status: 5 }))).toEqual([]);
  expect(orders.placed(KEY, CONTRACT, refused)).toEqual([
    { kind: "rejected", clientOrderId: KEY, reason: "Outside of trading hours." },
  ]);
});

test("an order that the hub showed before it was refused has ended, with the reason of the answer", () => {
  const orders = tracker();
  orders.placing(KEY);
  const reason = "Invalid price. Price is outside allowed range.";
  const refused = { kind: "refused", endpoint: "", code: 2, text: reason } as const;

  expect([orders.seen(row()), orders.seen(row({ status: 5 }))]).toEqual([[ACCEPTED], []]);
  expect(orders.placed(KEY, CONTRACT, refused)).toEqual([
    { kind: "canceled", clientOrderId: KEY, venueFilledQty: 0, reason },
  ]);
});

test("a refusal on the hub stands where the answer was lost", () => {
  const orders = tracker();
  orders.placing(KEY);

  orders.seen(row({ status: 5 }));

  expect(orders.placed(KEY, CONTRACT, { kind: "unknown", reason: "cut" })).toMatchObject([
    { kind: "rejected", clientOrderId: KEY },
  ]);
});

test("an accepted order that the exchange rejects has ended", () => {
  const orders = tracker();
  orders.placing(KEY);
  orders.placed(KEY, CONTRACT, CONFIRMED);

  expect(orders.seen(row({ status: 5 }))).toMatchObject([{ kind: "canceled", venueFilledQty: 0 }]);
});

test.each([
  [3, "canceled"],
  [4, "expired"],
])("status %i after a part was filled tells how much", (status, kind) => {
  const orders = tracker();
  orders.seen(row({ size: 3 }));

  expect(orders.seen(row({ size: 3, status, fillVolume: 2 }))).toMatchObject([
    { kind, clientOrderId: KEY, venueFilledQty: 2 },
  ]);
});

test("an order that has ended does not work again, and does not end twice", () => {
  const orders = tracker();
  orders.seen(row());
  orders.seen(row({ status: 3 }));

  expect([orders.seen(row()), orders.seen(row({ status: 3 }))]).toEqual([[], []]);
  expect(orders.seen(row({ status: 3, fillVolume: 1 }))).toMatchObject([{ venueFilledQty: 1 }]);
});

test("a change made elsewhere is told, one of ours is answered by its request", () => {
  const orders = tracker();
  orders.seen(row());

  expect(orders.seen(row({ limitPrice: 2_641 }))).toEqual([
    { kind: "modified", clientOrderId: KEY, qty: 1, terms: limitAt(26_410) },
  ]);
  orders.changing(KEY);
  expect(orders.seen(row({ limitPrice: 2_642 }))).toEqual([]);
  orders.changed(KEY, { qty: 1 as never, terms: limitAt(26_420) });
  expect(orders.seen(row({ limitPrice: 2_642 }))).toEqual([]);
});

test("a leg is accepted when it begins to work, with its size and its price", () => {
  const orders = tracker();
  const leg = { customTag: "k1-1-SL", type: 4, side: 1, limitPrice: null };
  const clientOrderId = "k1-1-SL";

  expect(orders.seen(row({ ...leg, status: 8 }))).toEqual([]);
  expect(orders.seen(row({ ...leg, status: 1, stopPrice: 2_648.1 }))).toEqual([
    { kind: "accepted", clientOrderId, venueOrderId: "7" },
    { kind: "modified", clientOrderId, qty: 1, terms: stopAt(26_481) },
  ]);
  expect(orders.seen(row({ ...leg, status: 8 }))).toEqual([]);
  expect(orders.seen(row({ ...leg, status: 1, stopPrice: 2_648 }))).toMatchObject([
    { kind: "modified", terms: stopAt(26_480) },
  ]);
});

test("a leg whose waiting only a list has shown is accepted when it begins to work", () => {
  const orders = tracker();
  const leg = { customTag: "k1-1-SL", type: 4, side: 1, limitPrice: null };

  orders.learn(row({ ...leg, status: 8 }));

  expect(orders.seen(row({ ...leg, status: 1, stopPrice: 2_648 }))).toMatchObject([
    { kind: "accepted" },
    { kind: "modified", terms: stopAt(26_480) },
  ]);
});

test("a leg that is gone before it works has ended", () => {
  const orders = tracker();
  orders.seen(row({ status: 8 }));

  expect(orders.seen(row({ status: 3 }))).toMatchObject([{ kind: "canceled" }]);
});

test.each([
  ["no tag", null],
  ["a tag with blanks", "my order"],
  ["a tag that is too long", "x".repeat(65)],
])("an order with %s gets a key made of its number", (_what, customTag) => {
  expect(tracker().seen(row({ customTag }))).toMatchObject([{ clientOrderId: "ext-7" }]);
});

test("an order learned from a list is known by both its names", () => {
  const orders = tracker();

  orders.learn(row());

  expect([orders.keyOfId("7"), orders.idOfKey(KEY), orders.instrumentOfId("7")]).toEqual([
    KEY,
    "7",
    GOLD,
  ]);
});

function tracker(): OrderTracker {
  return new OrderTracker(new ContractBook([{ instrument: GOLD, contractId: CONTRACT }]));
}

function row(changed: object = {}): OrderRow {
  return ORDER_ROW.parse({
    id: 7,
    accountId: 1,
    contractId: CONTRACT,
    status: 1,
    type: 1,
    side: 0,
    size: 1,
    limitPrice: 2_640,
    fillVolume: 0,
    customTag: "k1-1",
    ...changed,
  });
}

import { expect, test } from "vitest";
import { OPENING } from "#test/kit/builders.ts";
import type { JsonObject } from "#test/kit/gateway-client.ts";
import {
  ALL_ORDERS,
  MARKET,
  ORDER,
  QUOTE,
  TRADE,
  gatewayTrader,
  later,
  untilTold,
} from "#test/kit/gateway-trader.ts";
import { PRACTICE_ACCOUNT } from "#test/kit/practice-gateway.ts";

test("one order through zero closes one position and opens another", async () => {
  const { client, hub, place } = await gatewayTrader();
  await place({ ...MARKET, side: 0, size: 2 });

  await place({ ...MARKET, side: 1, size: 5 });

  const events = await untilTold(hub, 11);
  expect(events.slice(5)).toEqual([
    "order 2: status 6 size 5",
    "order 2: status 2 size 5 filled 5",
    "trade of 2: 5 @ 2650, profit -2",
    "position 2: type 0 size 0 @ 2650.1",
    "position 1: type 2 size 3 @ 2650",
    "account 49991.28",
  ]);
  const { body } = await client.post("Position/searchOpen", { accountId: PRACTICE_ACCOUNT });
  expect(body["positions"]).toMatchObject([{ id: 825_000_002, type: 2, size: 3 }]);
});

test("a part of a position is closed, and never more than there is", async () => {
  const { client, hub, place } = await gatewayTrader();
  await place({ ...MARKET, side: 0, size: 3 });
  const close = (size: number) => client.post("Position/partialCloseContract", { ...ORDER, size });

  const part = await close(2);
  const tooMuch = await close(2);
  const rest = await close(1);
  const nothing = await close(1);

  expect([part, tooMuch, rest, nothing].map(({ body }) => body["errorCode"])).toEqual([0, 5, 0, 2]);
  const events = await untilTold(hub, 15);
  expect(events.filter((line) => line.startsWith("position"))).toEqual([
    "position 1: type 1 size 3 @ 2650.1",
    "position 1: type 1 size 1 @ 2650.1",
    "position 2: type 0 size 0 @ 2650.1",
  ]);
});

test("a tag is burnt by the first order that brings it, rejected or not", async () => {
  const { client, place } = await gatewayTrader();
  const rejected = await place({ type: 4, side: 0, size: 1, stopPrice: 2640, customTag: "t" });

  const again = await place({ ...MARKET, side: 0, customTag: "t" });
  const { body } = await client.post("Order/search", ALL_ORDERS);

  expect(rejected).toEqual({
    orderId: null,
    success: false,
    errorCode: 2,
    errorMessage: "Invalid price. Price is outside allowed range.",
  });
  expect(again).toMatchObject({
    errorCode: 2,
    errorMessage: "Specified custom tag is already in use",
  });
  expect(body["orders"]).toMatchObject([{ status: 5, customTag: "t", fillVolume: 0 }]);
});

test("a stop moves, keeps its id, and is not moved beyond the market", async () => {
  const { client, hub, place } = await gatewayTrader();
  const { orderId } = await place({ type: 4, side: 1, size: 1, stopPrice: 2640 });
  const modify = (to: object) =>
    client.post("Order/modify", { accountId: PRACTICE_ACCOUNT, orderId, ...to });

  const moved = await modify({ stopPrice: 2641, size: 2 });
  const beyond = await modify({ stopPrice: 2655 });

  expect(moved.body).toEqual({ success: true, errorCode: 0, errorMessage: null });
  expect(beyond.body).toMatchObject({ errorCode: 3, errorMessage: "Invalid stop price" });
  expect((await untilTold(hub, 3)).slice(1)).toEqual([
    "order 1: status 1 size 1 @ 2640",
    "order 1: status 1 size 2 @ 2641",
  ]);
});

test("joining the bid is a limit at the bid", async () => {
  const { hub, place } = await gatewayTrader();

  await place({ type: 6, side: 0, size: 1 });

  expect((await untilTold(hub, 2))[1]).toBe("order 1: status 1 size 1 @ 2650");
});

test("a trailing stop follows the market at the distance it was placed with", async () => {
  const rows = [QUOTE, TRADE, later(3_000, 26_521), later(4_000, 26_505)];
  const { client, place, steps } = await gatewayTrader(rows);

  const { orderId } = await place({ type: 5, side: 1, size: 1, trailPrice: 2649.1 });
  await steps.playTo(OPENING + 4_000);
  const { body } = await client.post("Order/searchById", { accountId: PRACTICE_ACCOUNT, orderId });

  expect(body["order"]).toMatchObject({ type: 5, status: 2, filledPrice: 2650.5 });
});

test("a fill leaves the update time as it was, a cancel does not", async () => {
  const { client, place, steps } = await gatewayTrader();
  await place({ ...MARKET, side: 0 });
  const { orderId } = await place({ type: 1, side: 0, size: 1, limitPrice: 2640 });
  await steps.playTo(OPENING + 2_000);
  await client.post("Order/cancel", { accountId: PRACTICE_ACCOUNT, orderId });

  const { body } = await client.post("Order/search", ALL_ORDERS);

  const [filled, canceled] = body["orders"] as readonly JsonObject[];
  expect(filled?.["updateTimestamp"]).toBe(filled?.["creationTimestamp"]);
  expect(canceled?.["updateTimestamp"]).toContain("15:00:02");
});

test("an empty tag is none", async () => {
  const { place } = await gatewayTrader();

  await place({ ...MARKET, side: 0, customTag: "" });

  expect(await place({ ...MARKET, side: 0, customTag: "" })).toMatchObject({ success: true });
});

test("an order whose cancel takes its time can fill until then", async () => {
  const rows = [QUOTE, TRADE, later(1_000, 26_490, 2), later(9_000, 26_490, 2)];
  const { client, hub, place, steps } = await gatewayTrader(rows);
  const cancel = (orderId: unknown) =>
    client.post("Order/cancel", { accountId: PRACTICE_ACCOUNT, orderId });
  const limit = { type: 1, side: 0, size: 3 };
  const near = await place({ ...limit, limitPrice: 2649 });
  const far = await place({ ...limit, limitPrice: 2640 });
  await client.fault("slowCancel", { ms: 2_000 });

  await cancel(near["orderId"]);
  const answer = await cancel(far["orderId"]);
  await steps.playTo(OPENING + 9_000);

  expect(answer.body).toMatchObject({ success: true });
  const events = await untilTold(hub, 12);
  expect(events.slice(4).filter((line) => line.startsWith("order"))).toEqual([
    "order 1: status 7 size 3 @ 2649",
    "order 2: status 7 size 3 @ 2640",
    "order 1: status 7 size 3 @ 2649 filled 2",
    "order 1: status 3 size 3 @ 2649 filled 2",
    "order 2: status 3 size 3 @ 2640",
  ]);
});

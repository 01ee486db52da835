import { expect, test } from "vitest";
import { OPENING } from "#test/kit/builders.ts";
import type { JsonObject } from "#test/kit/gateway-client.ts";
import {
  ALL_ORDERS,
  BRACKETS,
  MARKET,
  ORDER,
  QUOTE,
  TRADE,
  gatewayTrader,
  later,
  untilTold,
} from "#test/kit/gateway-trader.ts";
import { PRACTICE_ACCOUNT } from "#test/kit/practice-gateway.ts";

test("a bracketed market order is told as it was recorded: stop, entry, target, fill, target, stop", async () => {
  const { hub, place } = await gatewayTrader();

  const placed = await place({ ...MARKET, side: 0, customTag: "bot-1", ...BRACKETS });

  expect(placed).toEqual({
    orderId: 3_400_000_001,
    success: true,
    errorCode: 0,
    errorMessage: null,
  });
  expect(await untilTold(hub, 9)).toEqual([
    "order 2: status 8 size 1",
    "order 1: status 6 size 1",
    "order 3: status 8 size 1",
    "order 1: status 2 size 1 filled 1",
    "trade of 1: 1 @ 2650.1, profit undefined",
    "position 1: type 1 size 1 @ 2650.1",
    "account 49999.04",
    "order 3: status 1 size 1 @ 2656.1",
    "order 2: status 1 size 1 @ 2646.1",
  ]);
});

test("legs of a working entry are told and queried, but listed nowhere; they end with it", async () => {
  const { client, hub, place } = await gatewayTrader();
  await place({
    type: 1,
    side: 1,
    size: 2,
    limitPrice: 2660,
    customTag: "s",
    stopLossBracket: { ticks: 20, type: 4 },
    takeProfitBracket: { ticks: -30, type: 1 },
  });

  const open = await client.post("Order/searchOpen", { accountId: PRACTICE_ACCOUNT });
  const searched = await client.post("Order/search", ALL_ORDERS);
  const query = { filter: { accountId: PRACTICE_ACCOUNT, statuses: [8] }, includeTotalCount: true };
  const queried = await client.post("Order/v2/query", query);
  await client.post("Order/cancel", { accountId: PRACTICE_ACCOUNT, orderId: 3_400_000_001 });
  const after = await client.post("Order/search", ALL_ORDERS);

  const statuses = ({ body }: { readonly body: JsonObject }) =>
    (body["orders"] as readonly JsonObject[]).map(({ id, status }) => [
      (id as number) - 3_400_000_000,
      status,
    ]);
  expect(statuses(open)).toEqual([[1, 1]]);
  expect(statuses(searched)).toEqual([[1, 1]]);
  expect(statuses(queried)).toEqual([
    [2, 8],
    [3, 8],
  ]);
  expect(queried.body).toMatchObject({ totalCount: 2 });
  expect(statuses(after)).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(await untilTold(hub, 7)).toEqual([
    "order 2: status 8 size 2",
    "order 1: status 6 size 2 @ 2660",
    "order 3: status 8 size 2",
    "order 1: status 1 size 2 @ 2660",
    "order 1: status 3 size 2 @ 2660",
    "order 2: status 3 size 2",
    "order 3: status 3 size 2",
  ]);
});

test("a leg that fills takes the other along", async () => {
  const { hub, place, steps } = await gatewayTrader([QUOTE, TRADE, later(3_000, 26_460)]);

  await place({ ...MARKET, side: 0, ...BRACKETS });
  await steps.playTo(OPENING + 3_000);

  const events = await untilTold(hub, 14);
  expect(events.slice(9)).toEqual([
    "order 2: status 2 size 1 @ 2646.1 filled 1",
    "trade of 2: 1 @ 2646, profit -41",
    "position 2: type 0 size 0 @ 2650.1",
    "account 49957.08",
    "order 3: status 3 size 1 @ 2656.1",
  ]);
});

test("legs stay when the contract is closed, and can open a position", async () => {
  const { client, hub, place, steps } = await gatewayTrader([QUOTE, TRADE, later(3_000, 26_460)]);
  await place({ ...MARKET, side: 0, ...BRACKETS });

  const closed = await client.post("Position/closeContract", ORDER);
  await steps.playTo(OPENING + 3_000);

  expect(closed.body).toEqual({ success: true, errorCode: 0, errorMessage: null });
  const events = await untilTold(hub, 19);
  expect(events.slice(9)).toEqual([
    "order 4: status 6 size 1",
    "order 4: status 2 size 1 filled 1",
    "trade of 4: 1 @ 2650, profit -1",
    "position 2: type 0 size 0 @ 2650.1",
    "account 49997.08",
    "order 2: status 2 size 1 @ 2646.1 filled 1",
    "trade of 2: 1 @ 2646, profit undefined",
    "position 1: type 2 size 1 @ 2646",
    "account 49996.12",
    "order 3: status 3 size 1 @ 2656.1",
  ]);
});

test("a take profit alone is placed when its entry fills", async () => {
  const { hub, place } = await gatewayTrader();

  await place({ ...MARKET, side: 1, takeProfitBracket: { ticks: -30, type: 1 } });

  expect(await untilTold(hub, 7)).toEqual([
    "order 1: status 6 size 1",
    "order 2: status 8 size 1",
    "order 1: status 2 size 1 filled 1",
    "trade of 1: 1 @ 2650, profit undefined",
    "position 1: type 2 size 1 @ 2650",
    "account 49999.04",
    "order 2: status 1 size 1 @ 2647",
  ]);
});

test("legs grow with their entry, and a leg that fills in part shrinks the other", async () => {
  const rows = [
    QUOTE,
    TRADE,
    later(1_000, 26_490, 2),
    later(2_000, 26_490, 3),
    later(3_000, 26_550, 4),
  ];
  const { client, hub, place, steps } = await gatewayTrader(rows);

  await place({ type: 1, side: 0, size: 5, limitPrice: 2649, ...BRACKETS });
  await steps.playTo(OPENING + 3_000);

  const events = await untilTold(hub, 21);
  expect(events.slice(4)).toEqual([
    "order 1: status 1 size 5 @ 2649 filled 2",
    "trade of 1: 2 @ 2649, profit undefined",
    "position 1: type 1 size 2 @ 2649",
    "account 49998.08",
    "order 3: status 1 size 2 @ 2655",
    "order 2: status 1 size 2 @ 2645",
    "order 1: status 2 size 5 @ 2649 filled 5",
    "trade of 1: 3 @ 2649, profit undefined",
    "position 1: type 1 size 5 @ 2649",
    "account 49995.2",
    "order 2: status 1 size 5 @ 2645",
    "order 3: status 1 size 5 @ 2655",
    "order 3: status 1 size 5 @ 2655 filled 4",
    "trade of 3: 4 @ 2655, profit 240",
    "position 1: type 1 size 1 @ 2649",
    "account 50231.36",
    "order 2: status 1 size 1 @ 2645",
  ]);
  const { body } = await client.post("Order/searchOpen", { accountId: PRACTICE_ACCOUNT });
  expect(body["orders"]).toMatchObject([
    { type: 4, size: 1, fillVolume: 0 },
    { type: 1, size: 5, fillVolume: 4, filledPrice: 2655 },
  ]);
});

test("a take profit alone grows with its entry", async () => {
  const rows = [QUOTE, TRADE, later(1_000, 26_490, 2), later(2_000, 26_490, 3)];
  const { client, place, steps } = await gatewayTrader(rows);

  await place({
    type: 1,
    side: 0,
    size: 5,
    limitPrice: 2649,
    takeProfitBracket: { ticks: 60, type: 1 },
  });
  await steps.playTo(OPENING + 2_000);

  const { body } = await client.post("Order/searchOpen", { accountId: PRACTICE_ACCOUNT });
  expect(body["orders"]).toMatchObject([
    { parentOrderId: 3_400_000_001, size: 5, limitPrice: 2655 },
  ]);
  expect((body["orders"] as readonly JsonObject[])[0]).not.toHaveProperty("linkedOrderId");
});

test("the legs of a refused entry go with it, and so do those of one that is canceled", async () => {
  const { client, hub, place } = await gatewayTrader();

  await place({ type: 4, side: 0, size: 1, stopPrice: 2640, ...BRACKETS });
  const { orderId } = await place({
    type: 1,
    side: 0,
    size: 1,
    limitPrice: 2640,
    takeProfitBracket: { ticks: 60, type: 1 },
  });
  await client.post("Order/cancel", { accountId: PRACTICE_ACCOUNT, orderId });
  const again = await client.post("Order/cancel", { accountId: PRACTICE_ACCOUNT, orderId });

  expect(again.body).toMatchObject({ errorCode: 5, errorMessage: null });
  expect((await untilTold(hub, 11)).slice(3)).toEqual([
    "order 1: status 5 size 1 @ 2640",
    "order 2: status 3 size 1",
    "order 3: status 3 size 1",
    "order 4: status 6 size 1 @ 2640",
    "order 5: status 8 size 1",
    "order 4: status 1 size 1 @ 2640",
    "order 4: status 3 size 1 @ 2640",
    "order 5: status 3 size 1",
  ]);
});

test("a suspended leg is neither changed nor canceled", async () => {
  const { client, place } = await gatewayTrader();
  await place({ type: 1, side: 0, size: 1, limitPrice: 2640, ...BRACKETS });
  const leg = { accountId: PRACTICE_ACCOUNT, orderId: 3_400_000_002 };

  const answers = [
    await client.post("Order/modify", { ...leg, stopPrice: 2630 }),
    await client.post("Order/cancel", leg),
  ];

  expect(answers.map(({ body }) => body["errorCode"])).toEqual([3, 3]);
});

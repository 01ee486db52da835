import { expect, test } from "vitest";
import type { FillModel } from "#core/matching/fill-model.ts";
import { OPENING } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { GatewaySteps } from "#test/kit/gateway-steps.ts";
import type { Row } from "#test/kit/memory-source.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";
import { type RawHub, subscribedUserHub } from "#test/kit/raw-hub.ts";

const ORDER = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT };
const MARKET = { ...ORDER, type: 2, size: 1 };
const BRACKETS = {
  stopLossBracket: { ticks: -40, type: 4 },
  takeProfitBracket: { ticks: 60, type: 1 },
};
const ALL = { accountId: PRACTICE_ACCOUNT, startTimestamp: "2026-01-01T00:00:00Z" };

/** A gateway whose time stands still, somebody who trades there, and what the user hub tells. */
async function desk(rows: readonly Row[] = [QUOTE, TRADE], fillModel: Partial<FillModel> = {}) {
  const { url } = await practiceGateway({ rows, lockstep: true, fillModel });
  const client = await GatewayClient.loggedIn(url);
  const hub = await subscribedUserHub(url, client.token, PRACTICE_ACCOUNT);
  const steps = await GatewaySteps.open(url, client.token);
  await steps.next();
  const place = async (order: object): Promise<JsonObject> => {
    const { body } = await client.post("Order/place", { ...ORDER, ...order });
    return body;
  };
  return { client, hub, place, steps };
}

/** Events a line each: `order 2 of 1: status 1 @ 2646.1`, ids counted from the first order. */
function told(hub: RawHub): readonly string[] {
  return hub.records.flatMap((record) => {
    if (record.type !== 1) return [];
    const [{ action, data }] = record["arguments"] as [{ action: number; data: JsonObject }];
    const value = (name: string) => data[name] as number;
    const id = (name: string) => value(name) - 3_400_000_000;
    switch (record["target"]) {
      case "GatewayUserOrder": {
        const price = data["stopPrice"] ?? data["limitPrice"];
        const at = price === undefined ? "" : ` @ ${price as number}`;
        const filled = value("fillVolume") > 0 ? ` filled ${value("fillVolume")}` : "";
        return [`order ${id("id")}: status ${value("status")} size ${value("size")}${at}${filled}`];
      }
      case "GatewayUserTrade":
        return [
          `trade of ${id("orderId")}: ${value("size")} @ ${value("price")}, profit ${String(data["profitAndLoss"])}`,
        ];
      case "GatewayUserPosition":
        return [
          `position ${action}: type ${value("type")} size ${value("size")} @ ${value("averagePrice")}`,
        ];
      default:
        return [`account ${value("balance")}${data["canTrade"] === true ? "" : " locked"}`];
    }
  });
}

async function untilTold(hub: RawHub, count: number): Promise<readonly string[]> {
  return eventually(`${count} events`, () => told(hub).length >= count && told(hub));
}

const later = (ms: number, price: Row["price"], qty = 5): Row => ({ at: OPENING + ms, price, qty });
const QUOTE = later(0, [26_500, 26_501], 10);
const TRADE = later(0, 26_501);

test("a bracketed market order is told as it was recorded: stop, entry, target, fill, target, stop", async () => {
  const { hub, place } = await desk();

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
  const { client, hub, place } = await desk();
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
  const searched = await client.post("Order/search", ALL);
  const query = { filter: { accountId: PRACTICE_ACCOUNT, statuses: [8] }, includeTotalCount: true };
  const queried = await client.post("Order/v2/query", query);
  await client.post("Order/cancel", { accountId: PRACTICE_ACCOUNT, orderId: 3_400_000_001 });
  const after = await client.post("Order/search", ALL);

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
  const { hub, place, steps } = await desk([QUOTE, TRADE, later(3_000, 26_460)]);

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
  const { client, hub, place, steps } = await desk([QUOTE, TRADE, later(3_000, 26_460)]);
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
  const { hub, place } = await desk();

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

test("one order through zero closes one position and opens another", async () => {
  const { client, hub, place } = await desk();
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
  const { client, hub, place } = await desk();
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
  const { client, place } = await desk();
  const rejected = await place({ type: 4, side: 0, size: 1, stopPrice: 2640, customTag: "t" });

  const again = await place({ ...MARKET, side: 0, customTag: "t" });
  const { body } = await client.post("Order/search", ALL);

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
  const { client, hub, place } = await desk();
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
  const { hub, place } = await desk();

  await place({ type: 6, side: 0, size: 1 });

  expect((await untilTold(hub, 2))[1]).toBe("order 1: status 1 size 1 @ 2650");
});

test("a trailing stop follows the market at the distance it was placed with", async () => {
  const rows = [QUOTE, TRADE, later(3_000, 26_521), later(4_000, 26_505)];
  const { client, place, steps } = await desk(rows);

  const { orderId } = await place({ type: 5, side: 1, size: 1, trailPrice: 2649.1 });
  await steps.playTo(OPENING + 4_000);
  const { body } = await client.post("Order/searchById", { accountId: PRACTICE_ACCOUNT, orderId });

  expect(body["order"]).toMatchObject({ type: 5, status: 2, filledPrice: 2650.5 });
});

test("legs grow with their entry, and a leg that fills in part shrinks the other", async () => {
  const rows = [
    QUOTE,
    TRADE,
    later(1_000, 26_490, 2),
    later(2_000, 26_490, 3),
    later(3_000, 26_550, 4),
  ];
  const { client, hub, place, steps } = await desk(rows);

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
  const { client, place, steps } = await desk(rows);

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
  const { client, hub, place } = await desk();

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
  const { client, place } = await desk();
  await place({ type: 1, side: 0, size: 1, limitPrice: 2640, ...BRACKETS });
  const leg = { accountId: PRACTICE_ACCOUNT, orderId: 3_400_000_002 };

  const answers = [
    await client.post("Order/modify", { ...leg, stopPrice: 2630 }),
    await client.post("Order/cancel", leg),
  ];

  expect(answers.map(({ body }) => body["errorCode"])).toEqual([3, 3]);
});

test("a fill leaves the update time as it was, a cancel does not", async () => {
  const { client, place, steps } = await desk();
  await place({ ...MARKET, side: 0 });
  const { orderId } = await place({ type: 1, side: 0, size: 1, limitPrice: 2640 });
  await steps.playTo(OPENING + 2_000);
  await client.post("Order/cancel", { accountId: PRACTICE_ACCOUNT, orderId });

  const { body } = await client.post("Order/search", ALL);

  const [filled, canceled] = body["orders"] as readonly JsonObject[];
  expect(filled?.["updateTimestamp"]).toBe(filled?.["creationTimestamp"]);
  expect(canceled?.["updateTimestamp"]).toContain("15:00:02");
});

test("an empty tag is none", async () => {
  const { place } = await desk();

  await place({ ...MARKET, side: 0, customTag: "" });

  expect(await place({ ...MARKET, side: 0, customTag: "" })).toMatchObject({ success: true });
});

import { expect, test } from "vitest";
import { OPENING } from "#test/kit/builders.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { GatewaySteps } from "#test/kit/gateway-steps.ts";
import {
  GOLD_CONTRACT,
  type GatewayWishes,
  PRACTICE_ACCOUNT,
  practiceGateway,
} from "#test/kit/practice-gateway.ts";
import { subscribedMarketHub, subscribedUserHub } from "#test/kit/raw-hub.ts";
import {
  EARLIER_EVENTS,
  LIVE,
  recordedContract,
  recordedEvent,
} from "#test/kit/recorded-contract.ts";

const ACCOUNT = { accountId: PRACTICE_ACCOUNT };
const ALL = { ...ACCOUNT, startTimestamp: "2026-01-01T00:00:00Z" };
const ENTRY = {
  ...ACCOUNT,
  contractId: GOLD_CONTRACT,
  type: 2,
  side: 0,
  size: 1,
  customTag: "a",
  stopLossBracket: { ticks: -40, type: 4 },
  takeProfitBracket: { ticks: 60, type: 1 },
};
const CLOSE = { ...ACCOUNT, contractId: GOLD_CONTRACT };
const TRADE = { at: OPENING + 10, price: 26_501, qty: 3 };
/** What the market does after a client has had time to subscribe. */
const LATER = [
  { at: OPENING + 60_000, price: [26_500, 26_501], qty: 10 },
  { at: OPENING + 61_000, price: [26_501, 26_502], qty: 9 },
  { at: OPENING + 62_000, price: 26_502, qty: 2 },
] as const;

async function gateway(wishes: GatewayWishes = {}) {
  const { url } = await practiceGateway(wishes);
  return { url, client: await GatewayClient.loggedIn(url) };
}

/** The members of a value in their order, each with its kind: `id number, customTag null`. */
function shapeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${shapeOf(value[0])}]`;
  if (typeof value === "string") return isTime(value) ? "time" : "text";
  if (typeof value !== "object") return typeof value;
  const members = Object.entries(value as JsonObject);
  return `{ ${members.map(([name, member]) => `${name} ${shapeOf(member)}`).join(", ")} }`;
}

const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,6}[1-9])?\+00:00$/u.test(text);

/** The different shapes of the rows of a list. */
function shapesOf(rows: unknown): readonly string[] {
  return [...new Set((rows as readonly unknown[]).map(shapeOf))].toSorted();
}

function memberNames(value: unknown): readonly string[] {
  return Object.keys(value as JsonObject);
}

test.for([
  ["auth_login_key_envelope", "Auth/loginKey", { userName: "practice", apiKey: "practice-key" }],
  ["auth_validate_envelope", "Auth/validate", {}],
] as const)("the answer to %s is as recorded", async ([file, operation, body], context) => {
  const recorded = recordedContract(`${LIVE}/${file}.json`, context) as { envelope: unknown };
  const { client } = await gateway();

  const answer = await client.post(operation, body);

  expect(shapeOf(answer.body)).toBe(shapeOf(recorded.envelope));
});

test("accounts are listed as recorded", async (context) => {
  const recorded = recordedContract(`${LIVE}/accounts_search.json`, context);
  const { client } = await gateway();

  const { body } = await client.post("Account/search", { onlyActiveAccounts: true });

  expect(shapesOf(body["accounts"])).toEqual(shapesOf(recorded));
});

test("contracts are listed as recorded", async (context) => {
  const recorded = recordedContract(`${LIVE}/contracts_available.json`, context);
  const { client } = await gateway();

  const { body } = await client.post("Contract/available", { live: false });

  expect(shapesOf(body["contracts"])).toEqual(shapesOf(recorded));
});

test("entries and legs are listed as recorded", async (context) => {
  const recorded = recordedContract(`${LIVE}/historical_orders_24h.json`, context);
  const { client } = await gateway();
  await client.post("Order/place", ENTRY);
  await client.post("Position/closeContract", CLOSE);

  const { body } = await client.post("Order/search", ALL);

  const shapes = shapesOf(recorded);
  for (const shape of shapesOf(body["orders"])) expect(shapes).toContain(shape);
  expect(shapesOf((body["orders"] as readonly unknown[]).slice(0, 3))).toHaveLength(3);
});

test("half-turns are listed as recorded, the newest first", async (context) => {
  const recorded = recordedContract(`${LIVE}/historical_trades_24h.json`, context);
  const { client } = await gateway();
  await client.post("Order/place", ENTRY);
  await client.post("Position/closeContract", CLOSE);

  const { body } = await client.post("Trade/search", ALL);

  expect(shapesOf(body["trades"])).toEqual(shapesOf(recorded));
  expect(body["trades"]).toMatchObject([{ profitAndLoss: -1 }, { profitAndLoss: null }]);
});

test("bars are told newest first with the members of the contract", async () => {
  const { client } = await gateway({
    rows: [OPENING - 120_000, OPENING - 60_000, OPENING].map((at) => ({ at, price: 26_501 })),
    historyFrom: (OPENING - 180_000) as never,
  });

  const { body } = await client.post("History/retrieveBars", {
    contractId: GOLD_CONTRACT,
    live: false,
    startTime: "2026-03-11T14:00:00Z",
    endTime: "2026-03-11T16:00:00Z",
    unit: 2,
    unitNumber: 1,
    limit: 10,
    includePartialBar: false,
  });

  expect(body["bars"]).toEqual([
    { t: "2026-03-11T14:59:00+00:00", o: 2650.1, h: 2650.1, l: 2650.1, c: 2650.1, v: 1 },
    { t: "2026-03-11T14:58:00+00:00", o: 2650.1, h: 2650.1, l: 2650.1, c: 2650.1, v: 1 },
  ]);
});

test("user events are told as recorded", async (context) => {
  const account = recordedEvent("account", context);
  const rejected = recordedEvent("order", context);
  const closed = recordedEvent("position", context);
  const closing = recordedEvent("trade", context);
  const working = recordedEvent("order", context, EARLIER_EVENTS);
  const opened = recordedEvent("position", context, EARLIER_EVENTS);
  const opening = recordedEvent("trade", context, EARLIER_EVENTS);
  const { url, client } = await gateway();
  const hub = await subscribedUserHub(url, client.token, PRACTICE_ACCOUNT);

  await client.post("Order/place", { ...ENTRY, size: 0 });
  const limit = { type: 1, side: 1, limitPrice: 2660, customTag: "b" };
  await client.post("Order/place", { ...CLOSE, ...limit, size: 1 });
  await client.post("Order/place", { ...CLOSE, type: 2, side: 0, size: 1 });
  await client.post("Position/closeContract", CLOSE);

  const accounts = await hub.untilEvents("GatewayUserAccount", 2);
  const orders = await hub.untilEvents("GatewayUserOrder", 7);
  const positions = await hub.untilEvents("GatewayUserPosition", 2);
  const trades = await hub.untilEvents("GatewayUserTrade", 2);
  expect(shapeOf(accounts[0]?.[0])).toBe(shapeOf(account));
  expect(shapeOf(orders[0]?.[0])).toBe(shapeOf(rejected));
  expect(shapeOf(orders[2]?.[0])).toBe(shapeOf(working));
  expect(positions.map(([event]) => shapeOf(event))).toEqual([opened, closed].map(shapeOf));
  expect(positions.map(([event]) => (event as JsonObject)["action"])).toEqual([1, 2]);
  expect(trades.map(([event]) => shapeOf(event))).toEqual([opening, closing].map(shapeOf));
  expect(trades[0]).toMatchObject([{ action: 0 }]);
});

test("market events are told as recorded", async (context) => {
  const whole = recordedEvent("quote", context, EARLIER_EVENTS) as { payload: JsonObject };
  const trade = recordedEvent("market_trade", context) as { payload: unknown };
  const level = recordedEvent("depth", context) as { payload: unknown };
  const first = recordedEvent("depth", context, EARLIER_EVENTS) as { payload: unknown };
  const sparse = recordedEvent("quote", context) as { payload: unknown };
  const rows = [{ at: OPENING, price: [26_499, 26_501], qty: 5 }, TRADE, ...LATER] as const;
  const { url, client } = await gateway({ rows, lockstep: true });
  const steps = await GatewaySteps.open(url, client.token);
  await steps.playTo(OPENING + 10);

  const hub = await subscribedMarketHub(url, client.token, GOLD_CONTRACT);
  await steps.playTo(OPENING + 62_000);
  const quotes = await hub.untilEvents("GatewayQuote", 4);
  const trades = await hub.untilEvents("GatewayTrade", 1);
  const depth = await hub.untilEvents("GatewayDepth", 4);

  expect([quotes, trades, depth].map(([event]) => event?.[0])).toEqual(
    Array.from({ length: 3 }, () => GOLD_CONTRACT),
  );
  expect(memberNames(quotes[0]?.[1]).filter((name) => name !== "volume")).toEqual(
    memberNames(whole.payload),
  );
  expect(shapeOf(quotes[2]?.[1])).toBe(shapeOf(sparse.payload));
  expect(shapeOf(trades[0]?.[1])).toBe(shapeOf(trade.payload));
  expect(shapeOf(depth[0]?.[1])).toBe(shapeOf(first.payload));
  expect(shapeOf(depth[1]?.[1])).toBe(shapeOf([level.payload]));
});

test("with the documented shape events are bare and come one by one", async () => {
  const { url, client } = await gateway({
    rows: LATER,
    lockstep: true,
    settings: { shape: "doc" },
  });
  const user = await subscribedUserHub(url, client.token, PRACTICE_ACCOUNT);
  const market = await subscribedMarketHub(url, client.token, GOLD_CONTRACT);

  await client.post("Order/place", { ...ENTRY, size: 0 });
  const steps = await GatewaySteps.open(url, client.token);
  await steps.playTo(OPENING + 62_000);

  const [order] = await user.untilEvents("GatewayUserOrder", 1);
  expect(order).toMatchObject([{ status: 5, type: 2 }]);
  const [trade] = await market.untilEvents("GatewayTrade", 1);
  expect(trade?.[1]).toEqual({
    symbolId: "F.US.MGC",
    price: 2650.2,
    timestamp: "2026-03-11T15:01:02+00:00",
    type: 0,
    volume: 2,
  });
});

import { expect, test } from "vitest";
import { OPENING } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { GatewaySteps } from "#test/kit/gateway-steps.ts";
import {
  GOLD_CONTRACT,
  type GatewayWishes,
  PRACTICE_ACCOUNT,
  practiceGateway,
} from "#test/kit/practice-gateway.ts";
import { RawHub } from "#test/kit/raw-hub.ts";

const rows = [
  { at: OPENING, price: [26_500, 26_501], qty: 10 },
  { at: OPENING, price: 26_501 },
  { at: OPENING + 5, price: 26_502 },
  { at: OPENING + 5, price: 26_503 },
  { at: OPENING + 5, price: 26_504 },
  { at: OPENING + 5, price: 26_505 },
  { at: OPENING + 10_000, price: 26_506 },
] as const;

async function gateway(wishes: GatewayWishes = {}) {
  const { url } = await practiceGateway({ rows, lengthMs: 20_000, lockstep: true, ...wishes });
  return { url, client: await GatewayClient.loggedIn(url) };
}

/** Milliseconds since the opening. */
const since = (at: number): number => at - OPENING;

test("in lockstep each instant is one step, and after the data comes the end", async () => {
  const { url, client } = await gateway();
  const steps = await GatewaySteps.open(url, client.token);
  await steps.hub.call("SubscribeContractTrades", GOLD_CONTRACT);

  for (let count = 0; count < 4; count += 1) await steps.next();

  expect(steps.markers().map(({ at, step, ended }) => [since(at), step, ended])).toEqual([
    [0, 0, false],
    [0, 1, false],
    [5, 2, false],
    [10_000, 3, false],
    [20_000, 4, true],
  ]);
  const order = steps.hub.records
    .filter(({ type }) => type === 1)
    .map(({ target }) => target as string);
  expect(order).toEqual([
    "PracticeTime",
    "GatewayTrade",
    "PracticeTime",
    "GatewayTrade",
    "PracticeTime",
    "GatewayTrade",
    "PracticeTime",
    "PracticeTime",
  ]);
  expect(steps.hub.events("GatewayTrade").map(([, trades]) => trades)).toMatchObject([
    [{ price: 2650.1 }],
    [{ price: 2650.2 }, { price: 2650.3 }, { price: 2650.4 }, { price: 2650.5 }],
    [{ price: 2650.6 }],
  ]);
});

test("time does not pass the instant at which the client wants to be woken", async () => {
  const { url, client } = await gateway();
  const steps = await GatewaySteps.open(url, client.token);
  await steps.playTo(OPENING + 5);

  const woken = [
    await steps.next(OPENING + 1_000),
    await steps.next(OPENING + 9_999),
    await steps.next(OPENING + 12_000),
  ];

  expect(woken.map(({ at }) => since(at))).toEqual([1_000, 9_999, 10_000]);
});

test("after the end time passes only to where the client wants to be woken", async () => {
  const { url, client } = await gateway();
  const steps = await GatewaySteps.open(url, client.token);
  await steps.playTo(OPENING + 20_000);

  steps.settle(steps.last.step);
  const { text } = await client.send("/practice/time");
  const woken = await steps.next(OPENING + 60_000);

  expect(JSON.parse(text)).toEqual({
    now: "2026-03-11T15:00:20.000Z",
    speed: 1_000_000,
    lockstep: true,
  });
  expect(since(woken.at)).toBe(60_000);
  expect(woken.ended).toBe(true);
});

test("what a client does within a step is told before time goes on", async () => {
  const { url, client } = await gateway();
  const user = await RawHub.open(url, "user", client.token);
  await user.call("SubscribePracticeTime");
  await user.call("SubscribeOrders", PRACTICE_ACCOUNT);
  const steps = await GatewaySteps.open(url, client.token);
  await steps.next();

  const order = { type: 2, side: 0, size: 1 };
  await client.post("Order/place", {
    accountId: PRACTICE_ACCOUNT,
    contractId: GOLD_CONTRACT,
    ...order,
  });
  const same = await steps.next();
  const later = await steps.next();

  expect([same, later].map(({ at, step }) => [since(at), step])).toEqual([
    [0, 2],
    [5, 3],
  ]);
  await user.untilEvents("PracticeTime", 4);
  const told = user.records.filter(({ type }) => type === 1).map(({ target }) => target as string);
  expect(told).toEqual([
    "PracticeTime",
    "PracticeTime",
    "GatewayUserOrder",
    "GatewayUserOrder",
    "PracticeTime",
    "PracticeTime",
  ]);
});

test("a step that was not told yet, or is over, settles nothing", async () => {
  const { url, client } = await gateway();
  const steps = await GatewaySteps.open(url, client.token);
  await steps.next();

  steps.settle(0);
  steps.settle(7);
  await steps.hub.call("SubscribeContractQuotes", GOLD_CONTRACT);

  expect(steps.last.step).toBe(1);
});

test("along with the wall, markers come again and again and time has a pace", async () => {
  const { url, client } = await gateway({ lockstep: false, speed: 2_000 });
  const steps = await GatewaySteps.open(url, client.token);

  await eventually("the end of the data", () => steps.last.ended);
  await client.send("/practice/time", { method: "POST", body: '{"speed":1}' });
  const { text } = await client.send("/practice/time");

  const times = steps.markers().map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(JSON.parse(text)).toMatchObject({ speed: 1, lockstep: false });
});

test("lockstep can be switched off and on while the market plays", async () => {
  const { url, client } = await gateway();
  const steps = await GatewaySteps.open(url, client.token);
  await steps.next();
  const set = (body: object) =>
    client.send("/practice/time", { method: "POST", body: JSON.stringify(body) });

  await set({ lockstep: false, speed: 100 });
  await eventually("time to pass", () => steps.last.at > OPENING + 5);
  await set({ lockstep: true });
  await eventually("lockstep again", () => {
    const [marker] = steps.hub.events("PracticeTime").at(-1) ?? [];
    return (marker as JsonObject)["lockstep"] === true;
  });
  await steps.playTo(OPENING + 20_000);
  const wrong = await set({ speed: 0 });

  expect(wrong.status).toBe(400);
});

test("a weekend without data is skipped", async () => {
  const monday = OPENING + 100 * 3_600_000;
  const { url, client } = await gateway({
    rows: [rows[0], { at: monday, price: 26_510 }],
    lengthMs: monday + 1_000 - OPENING,
  });
  const steps = await GatewaySteps.open(url, client.token);

  // Only now: a weekend is longer than a token lives.
  const body = JSON.stringify({ lockstep: false, speed: 1 });
  await client.send("/practice/time", { method: "POST", body });

  await eventually("Monday", () => steps.last.at >= monday);
});

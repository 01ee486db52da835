import { expect, test } from "vitest";
import { epochMs, moneyFrom } from "#core/domain/units.ts";
import { OPENING } from "#test/kit/builders.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { GatewaySteps } from "#test/kit/gateway-steps.ts";
import {
  GOLD_CONTRACT,
  type GatewayWishes,
  PRACTICE_ACCOUNT,
  practiceGateway,
} from "#test/kit/practice-gateway.ts";

const ACCOUNT = { accountId: PRACTICE_ACCOUNT };
const MARKET = { ...ACCOUNT, contractId: GOLD_CONTRACT, type: 2, side: 0, size: 1 };
const LIMIT = { ...MARKET, type: 1, limitPrice: 2590 };
const HOUR_MS = 3_600_000;
const ALL = { ...ACCOUNT, startTimestamp: "2026-01-01T00:00:00Z" };

const later = (ms: number, price: number) => ({ at: OPENING + ms, price });
const START = [{ at: OPENING, price: [26_500, 26_501] as const, qty: 5 }, later(0, 26_501)];

async function firm(wishes: GatewayWishes) {
  const { url } = await practiceGateway({ lockstep: true, ...wishes });
  const client = await GatewayClient.loggedIn(url);
  const steps = await GatewaySteps.open(url, client.token);
  await steps.next();
  const account = async () => {
    const { body } = await client.post("Account/search", { onlyActiveAccounts: false });
    const [row] = body["accounts"] as readonly JsonObject[];
    return { balance: row?.["balance"], canTrade: row?.["canTrade"] };
  };
  /** Lets time pass without the token expiring. */
  const playTo = async (at: number) => {
    await steps.playTo(OPENING + 12 * HOUR_MS);
    const { body } = await client.post("Auth/validate");
    client.token = String(body["newToken"]);
    await steps.playTo(at);
  };
  const held = async () => {
    const { body } = await client.send("/practice/holdings");
    return { positions: body["positions"], working: body["working"] };
  };
  return { client, steps, account, held, playTo };
}

test("at the loss floor an account is closed down for good", async () => {
  // Two lots of gold lose 2 a tick: 498 ticks and the costs are more than 1,000.
  const rows = [...START, later(1_000, 26_100), later(2_000, 26_000), later(30 * HOUR_MS, 26_000)];
  const accounts = [{ maxLoss: moneyFrom(1_000) }];
  const { client, steps, account, held, playTo } = await firm({
    rows,
    accounts,
    lengthMs: 31 * HOUR_MS,
  });
  await client.post("Order/place", { ...MARKET, size: 2 });
  await client.post("Order/place", LIMIT);

  await steps.playTo(OPENING + 1_000);
  const before = await account();
  await steps.playTo(OPENING + 2_000);
  const after = await account();
  const left = await held();
  const refused = await client.post("Order/place", MARKET);
  await playTo(OPENING + 30 * HOUR_MS);

  expect(before.canTrade).toBe(true);
  expect(after).toEqual({ balance: 48_994.16, canTrade: false });
  expect(left).toEqual({ positions: [], working: [] });
  expect(refused.body).toMatchObject({ success: false, errorCode: 4 });
  expect((await account()).canTrade).toBe(false);
});

test("the daily loss locks until the next trading day", async () => {
  const rows = [...START, later(1_000, 26_300), later(30 * HOUR_MS, 26_300)];
  const accounts = [{ dailyLoss: moneyFrom(200) }];
  const { client, steps, account, held, playTo } = await firm({
    rows,
    accounts,
    lengthMs: 31 * HOUR_MS,
  });
  await client.post("Order/place", MARKET);

  await steps.playTo(OPENING + 1_000);
  const locked = await account();
  const left = await held();
  await playTo(OPENING + 30 * HOUR_MS);

  expect(locked.canTrade).toBe(false);
  expect(left.positions).toEqual([]);
  expect((await account()).canTrade).toBe(true);
});

test("a loss that a closing trade makes real counts as well", async () => {
  const accounts = [{ dailyLoss: moneyFrom(5) }];
  const { client, account } = await firm({ rows: START, accounts });

  for (let count = 0; count < 2; count += 1) {
    await client.post("Order/place", MARKET);
    await client.post("Position/closeContract", { ...ACCOUNT, contractId: GOLD_CONTRACT });
  }

  expect(await account()).toEqual({ balance: 49_994.16, canTrade: false });
});

test("a firm that wants accounts flat by 15:10 closes them and takes orders again at 17:00", async () => {
  // 15:10 in Chicago is 20:10 in UTC.
  const flatMs = 5 * HOUR_MS + 10 * 60_000;
  const rows = [...START, later(flatMs + 1_000, 26_510), later(7 * HOUR_MS, 26_510)];
  const { client, steps, held } = await firm({
    rows,
    settings: { flatByClose: true },
    lengthMs: 8 * HOUR_MS,
  });
  await client.post("Order/place", MARKET);
  await client.post("Order/place", LIMIT);

  await steps.playTo(OPENING + flatMs);
  const left = await held();
  const { body } = await client.post("Order/search", ALL);
  const refused = await client.post("Order/place", MARKET);
  await steps.playTo(OPENING + 7 * HOUR_MS);
  const reopened = await client.post("Order/place", MARKET);

  expect(left).toEqual({ positions: [], working: [] });
  expect((body["orders"] as readonly JsonObject[]).map(({ status }) => status)).toEqual([2, 4, 2]);
  expect(refused.body).toMatchObject({
    errorCode: 2,
    errorMessage:
      "Trading is currently unavailable. The instrument is not in an active trading status.",
  });
  expect(reopened.body).toMatchObject({ success: true });
});

test("while the exchange is closed an order is refused and left behind", async () => {
  // 16:30 in Chicago.
  const from = epochMs(OPENING + 6.5 * HOUR_MS);
  const rows = [{ at: from, price: 26_501 }];
  const { client } = await firm({ rows, from });

  const { body } = await client.post("Order/place", MARKET);
  const listed = await client.post("Order/search", ALL);

  expect(body).toMatchObject({ errorCode: 2, errorMessage: "Outside of trading hours." });
  expect(listed.body["orders"]).toMatchObject([{ status: 5 }]);
});

test("a contract without data is not in trading", async () => {
  const { client } = await firm({ rows: START });

  const { body } = await client.post("Order/place", { ...MARKET, contractId: "CON.F.US.MNQ.M26" });

  expect(body["errorMessage"]).toContain("not in an active trading status");
});

test("what is held, works and is asked for may not exceed the most contracts", async () => {
  const { client } = await firm({ rows: START, accounts: [{ maxContracts: 3 }] });
  await client.post("Order/place", MARKET);
  await client.post("Order/place", LIMIT);

  const tooMany = await client.post("Order/place", { ...MARKET, size: 2 });
  const other = await client.post("Order/place", { ...MARKET, side: 1, size: 4 });

  expect(tooMany.body).toMatchObject({ errorCode: 2, errorMessage: "Maximum position exceeded." });
  expect(other.body).toMatchObject({ success: true });
});

test("with Position Brackets an order that brings brackets is refused", async () => {
  const { client } = await firm({ rows: START, accounts: [{ brackets: "position" }] });

  const { body } = await client.post("Order/place", {
    ...MARKET,
    takeProfitBracket: { ticks: 10, type: 1 },
  });

  expect(body).toMatchObject({
    errorCode: 2,
    errorMessage:
      "Brackets cannot be used with Position Brackets. You must enable Auto OCO Brackets.",
  });
});

test("an account that programs may not trade says so", async () => {
  const { client } = await firm({ rows: START, accounts: [{ apiTrading: false }] });
  const contract = { ...ACCOUNT, contractId: GOLD_CONTRACT };

  const answers = [
    await client.post("Order/place", MARKET),
    await client.post("Order/cancel", { ...ACCOUNT, orderId: 1 }),
    await client.post("Position/closeContract", contract),
    await client.post("Position/partialCloseContract", { ...contract, size: 1 }),
  ];

  expect(answers.map(({ body }) => body["errorCode"])).toEqual([10, 6, 8, 9]);
  expect(answers[1]?.body["errorMessage"]).toBe("Live accounts not supported");
});

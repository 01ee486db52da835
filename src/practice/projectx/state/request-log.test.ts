import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OtherStateError } from "#ports/state-folder.ts";
import { OPENING } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewaySteps } from "#test/kit/gateway-steps.ts";
import {
  GOLD_CONTRACT,
  type GatewayWishes,
  PRACTICE_ACCOUNT,
  practiceGateway,
} from "#test/kit/practice-gateway.ts";
import { temporaryFolder } from "#test/kit/practice-venue.ts";

const ACCOUNT = { accountId: PRACTICE_ACCOUNT };
const MARKET = { ...ACCOUNT, contractId: GOLD_CONTRACT, type: 2, side: 0, size: 1 };
const BRACKETS = {
  stopLossBracket: { ticks: -40, type: 4 },
  takeProfitBracket: { ticks: 60, type: 1 },
};
const rows = [
  { at: OPENING, price: [26_500, 26_501], qty: 10 },
  { at: OPENING, price: 26_501 },
  { at: OPENING + 5_000, price: 26_510 },
  { at: OPENING + 6_000, price: 26_511 },
  { at: OPENING + 9_000, price: 26_460 },
] as const;

async function gateway(stateFolder: string, wishes: GatewayWishes = {}) {
  const { url, stop } = await practiceGateway({ rows, lockstep: true, stateFolder, ...wishes });
  const client = new GatewayClient(url);
  await eventually("the gateway to have caught up", () =>
    client.send("/practice/time").then(
      () => true,
      () => false,
    ),
  );
  return { url, stop, client };
}

const holdings = async (client: GatewayClient) => (await client.send("/practice/holdings")).text;

test("a gateway that goes on from its folder is the same one", async () => {
  const folder = temporaryFolder();
  const first = await gateway(folder);
  await first.client.logIn();
  const steps = await GatewaySteps.open(first.url, first.client.token);
  await steps.next();
  await first.client.post("Order/place", { ...MARKET, customTag: "t", ...BRACKETS });
  await steps.playTo(OPENING + 5_000);
  await first.client.fault("rejectOrders", { message: "No.", count: 1 });
  await first.client.post("Order/place", MARKET);
  await steps.playTo(OPENING + 6_000);
  const before = await holdings(first.client);
  await first.stop();

  const second = await gateway(folder);
  second.client.token = first.client.token;
  const after = await holdings(second.client);
  const again = await second.client.post("Order/place", { ...MARKET, customTag: "t" });
  const placed = await second.client.post("Order/place", { ...MARKET, type: 1, limitPrice: 2600 });
  const later = await GatewaySteps.open(second.url, second.client.token);
  await later.playTo(OPENING + 9_000);
  const { body } = await second.client.post("Position/searchOpen", ACCOUNT);

  expect(after).toBe(before);
  expect(again.body).toMatchObject({ errorCode: 2 });
  expect(placed.body).toMatchObject({ orderId: 3_400_000_005 });
  expect(body["positions"]).toEqual([]);
});

test("dropped orders and ended sessions stay what they are", async () => {
  const folder = temporaryFolder();
  const first = await gateway(folder);
  await first.client.logIn();
  const steps = await GatewaySteps.open(first.url, first.client.token);
  await steps.next();
  await first.client.post("Order/place", { ...MARKET, type: 1, limitPrice: 2600 });
  await first.client.fault("restart", { keepOrders: false, keepSessions: false });
  await first.stop();

  const second = await gateway(folder);
  second.client.token = first.client.token;

  expect((await second.client.post("Order/searchOpen", ACCOUNT)).status).toBe(401);
  await second.client.logIn();
  const { body } = await second.client.post("Order/searchOpen", ACCOUNT);
  expect(body["orders"]).toEqual([]);
});

test("a request that was cut off while it was written was never made", async () => {
  const folder = temporaryFolder();
  const first = await gateway(folder);
  await first.client.logIn();
  await first.stop();
  const file = join(folder, "requests.log");
  appendFileSync(file, readFileSync(file, "utf8").trimEnd().slice(-20));

  const second = await gateway(folder);
  second.client.token = first.client.token;

  expect((await second.client.post("Order/searchOpen", ACCOUNT)).status).toBe(200);
  await second.client.post("Auth/validate");
  await second.stop();
  await gateway(folder);
});

test("the folder of another gateway is refused", async () => {
  const folder = temporaryFolder();
  await (await gateway(folder)).stop();

  await expect(gateway(folder, { accounts: [{ name: "OTHER" }] })).rejects.toThrow(OtherStateError);
});

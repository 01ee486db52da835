import { expect, test } from "vitest";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import {
  GOLD_CONTRACT,
  type GatewayWishes,
  PRACTICE_ACCOUNT,
  practiceGateway,
} from "#test/kit/practice-gateway.ts";
import { RawHub, subscribedMarketHub, subscribedUserHub } from "#test/kit/raw-hub.ts";

const ACCOUNT = { accountId: PRACTICE_ACCOUNT };
const MARKET = { ...ACCOUNT, contractId: GOLD_CONTRACT, type: 2, side: 0, size: 1 };
const LIMIT = { ...MARKET, type: 1, limitPrice: 2640 };

async function loggedIn(wishes: GatewayWishes = {}): Promise<GatewayClient> {
  return GatewayClient.loggedIn((await practiceGateway(wishes)).url);
}

async function working(client: GatewayClient): Promise<readonly JsonObject[]> {
  const { body } = await client.post("Order/searchOpen", ACCOUNT);
  return body["orders"] as readonly JsonObject[];
}

test("a silent feed tells no events and answers calls; a half-open socket does neither", async () => {
  const client = await loggedIn();
  const user = await subscribedUserHub(client.url, client.token, PRACTICE_ACCOUNT);
  const market = await RawHub.open(client.url, "market", client.token);

  await client.fault("silentFeed", { hub: "user" });
  await client.fault("halfOpen", { hub: "market" });
  await client.post("Order/place", MARKET);
  await user.call("SubscribeAccounts");
  market.say({ type: 1, target: "SubscribeContractQuotes", arguments: [""], invocationId: "x" });
  await user.call("SubscribeAccounts");

  expect(user.events("GatewayUserOrder")).toEqual([]);
  expect(market.records).toEqual([{}]);
  expect([user.ended, market.ended]).toEqual([undefined, undefined]);
  const later = await RawHub.open(client.url, "market", client.token);
  expect((await later.call("SubscribeContractQuotes", GOLD_CONTRACT))["error"]).toBeUndefined();
});

test("a refused hub says why, and lets in again when it is over", async () => {
  const client = await loggedIn();
  await client.fault("refusedHub", { hub: "user", count: 2, status: 502 });

  const negotiated = await client.send("/hubs/user/negotiate", { method: "POST" });
  const refused = new RawHub(`${client.url}/hubs/user?access_token=${client.token}`);

  expect(negotiated.status).toBe(502);
  expect(await refused.untilEnded()).toBe("status 502");
  await RawHub.open(client.url, "user", client.token);
});

test("events come twice, or change places", async () => {
  const client = await loggedIn();
  const user = await subscribedUserHub(client.url, client.token, PRACTICE_ACCOUNT);
  const statuses = () =>
    user
      .events("GatewayUserOrder")
      .map(([event]) => ((event as JsonObject)["data"] as JsonObject)["status"]);

  await client.fault("duplicateEvents", { event: "GatewayUserOrder", count: 1 });
  await client.post("Order/place", LIMIT);
  await user.untilEvents("GatewayUserOrder", 3);
  await client.fault("outOfOrderEvents", { event: "GatewayUserOrder", count: 1 });
  await client.post("Order/place", LIMIT);
  await user.untilEvents("GatewayUserOrder", 5);

  expect(statuses()).toEqual([6, 6, 1, 1, 6]);
});

test("ids of events may be text", async () => {
  const client = await loggedIn();
  const user = await subscribedUserHub(client.url, client.token, PRACTICE_ACCOUNT);
  await client.fault("stringIds");

  await client.post("Order/place", MARKET);

  const [trade] = await user.untilEvents("GatewayUserTrade", 1);
  expect(trade).toMatchObject([{ data: { id: "3000000001", orderId: "3400000001" } }]);
});

test("depth batches may hold nulls", async () => {
  const client = await loggedIn();
  await client.fault("depthNulls");

  const market = await subscribedMarketHub(client.url, client.token, GOLD_CONTRACT);

  const [first] = await market.untilEvents("GatewayDepth", 1);
  const entries = first?.[1] as readonly unknown[];
  expect([entries[0], entries.at(-1)]).toEqual([null, null]);
});

test("a logout is told without ending anything", async () => {
  const client = await loggedIn();
  const market = await RawHub.open(client.url, "market", client.token);

  await client.fault("gatewayLogout", { hub: "market" });

  await market.untilEvents("GatewayLogout", 1);
  expect((await market.call("SubscribeContractQuotes", GOLD_CONTRACT))["error"]).toBeUndefined();
});

test.each([
  [true, [1]],
  [false, []],
])(
  "a restart that keeps orders (%s) ends all connections and keeps positions",
  async (keepOrders, left) => {
    const client = await loggedIn();
    await client.post("Order/place", MARKET);
    await client.post("Order/place", LIMIT);
    const hub = await subscribedUserHub(client.url, client.token, PRACTICE_ACCOUNT);

    await client.fault("restart", { keepOrders });

    expect(await hub.untilEnded()).toBe(1006);
    expect((await working(client)).map(({ status }) => status)).toEqual(left);
    const { body } = await client.post("Position/searchOpen", ACCOUNT);
    expect(body["positions"]).toMatchObject([{ size: 1 }]);
    expect(hub.events("GatewayUserOrder")).toEqual([]);
  },
);

test("a restart may take a while and forget who was logged in", async () => {
  const client = await loggedIn();

  await client.fault("restart", { keepSessions: false, downMs: 200 });

  await expect(client.post("Order/searchOpen", ACCOUNT)).rejects.toThrow("fetch failed");
  const status = await eventually("the end of the pause", () =>
    client.post("Order/searchOpen", ACCOUNT).then(
      (answer) => answer.status,
      () => undefined,
    ),
  );
  expect(status).toBe(401);
});

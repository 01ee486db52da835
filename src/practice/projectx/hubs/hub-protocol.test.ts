import { expect, test } from "vitest";
import { realClock } from "#runtime/real/real-clock.ts";
import { OPENING } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";
import { RawHub } from "#test/kit/raw-hub.ts";

const TRANSPORTS = [{ transport: "WebSockets", transferFormats: ["Text", "Binary"] }];
const HANDSHAKE = { protocol: "json", version: 1 };

async function gateway() {
  const { url } = await practiceGateway();
  const client = await GatewayClient.loggedIn(url);
  const negotiate = (query = "?negotiateVersion=1") =>
    client.send(`/hubs/market/negotiate${query}`, { method: "POST" });
  const market = (id: unknown): RawHub =>
    new RawHub(`${url}/hubs/market?id=${String(id)}`, { authorization: `Bearer ${client.token}` });
  return { url, client, negotiate, market };
}

test("negotiation speaks versions 0 and 1", async () => {
  const { negotiate } = await gateway();

  const first = await negotiate();
  const second = await negotiate("");

  expect(first.body).toEqual({
    negotiateVersion: 1,
    connectionId: expect.any(String),
    connectionToken: expect.any(String),
    availableTransports: TRANSPORTS,
  });
  expect(second.body).toEqual({
    negotiateVersion: 0,
    connectionId: expect.any(String),
    availableTransports: TRANSPORTS,
  });
});

test("the token may come in the header or in the address, and no other page is kept out", async () => {
  const { url, client } = await gateway();
  const { token } = client;

  const headers = { authorization: `Bearer ${token}`, origin: "http://page.example" };
  const inHeader = await fetch(`${url}/hubs/user/negotiate`, { method: "POST", headers });
  const inAddress = await fetch(`${url}/HUBS/user/negotiate?access_token=${token}`, {
    method: "POST",
  });
  const without = await fetch(`${url}/hubs/user/negotiate`, { method: "POST" });
  const unknown = await fetch(`${url}/hubs/other/negotiate`, { method: "POST" });
  const asked = await fetch(`${url}/hubs/user/negotiate`, { method: "OPTIONS", headers });

  expect([inHeader, inAddress, without, unknown, asked].map(({ status }) => status)).toEqual([
    200, 200, 401, 404, 204,
  ]);
  expect(inHeader.headers.get("access-control-allow-origin")).toBe("http://page.example");
  expect(asked.headers.get("access-control-allow-headers")).toContain("x-signalr-user-agent");
});

test("a negotiated connection is one at a time; an id nobody gave out is not found", async () => {
  const { negotiate, market } = await gateway();
  const { connectionToken } = (await negotiate()).body;

  const first = market(connectionToken);
  await first.shakeHands();
  const second = market(connectionToken);
  const other = market("never");

  expect(await second.untilEnded()).toBe("status 409");
  expect(await other.untilEnded()).toBe("status 404");
  first.socket.terminate();
  await eventually("the id to be free again", async () => {
    const again = market(connectionToken);
    await eventually("an answer", () => again.ended !== undefined || again.socket.readyState === 1);
    return again.ended === undefined;
  });
});

test.each([
  ["/hubs/market", "status 401"],
  ["/hubs/market?access_token=a.b.c", "status 401"],
  ["/hubs/other?access_token=a.b.c", "status 404"],
])("an upgrade of %s ends with %s", async (path, expected) => {
  const { url } = await gateway();

  expect(await new RawHub(`${url}${path}`).untilEnded()).toBe(expected);
});

test("records may share a frame with the handshake and with each other", async () => {
  const { url, client } = await gateway();
  const hub = new RawHub(`${url}/hubs/market?access_token=${client.token}`);
  await eventually("the socket", () => hub.socket.readyState === 1);

  const subscribe = (id: string) => ({
    type: 1,
    target: "subscribecontracttrades",
    arguments: [GOLD_CONTRACT, false],
    invocationId: id,
  });
  hub.say(HANDSHAKE, { type: 6 }, subscribe("a"), subscribe("b"));

  await eventually("both completions", () => hub.records.length === 3);
  expect(hub.records).toEqual([
    {},
    { type: 3, invocationId: "a", result: null },
    { type: 3, invocationId: "b", result: null },
  ]);
});

test.each([
  [{ protocol: "messagepack", version: 1 }, "The protocol 'messagepack' is not supported."],
  [
    { protocol: "json", version: 7 },
    "The server does not support version 7 of the 'json' protocol.",
  ],
  [{ type: 6 }, "The protocol 'undefined' is not supported."],
])("a handshake of %o is refused", async (handshake, error) => {
  const { url, client } = await gateway();
  const hub = new RawHub(`${url}/hubs/market?access_token=${client.token}`);
  await eventually("the socket", () => hub.socket.readyState === 1);

  hub.say(handshake);

  expect(await hub.untilEnded()).toBe(1000);
  expect(hub.records).toEqual([{ error }]);
});

test("a call without an id is never answered, whatever comes of it", async () => {
  const { url, client } = await gateway();
  const hub = await RawHub.open(url, "user", client.token);

  hub.say({ type: 1, target: "SubscribeOrders", arguments: [PRACTICE_ACCOUNT] });
  hub.say({ type: 1, target: "NoSuchMethod", arguments: [] });
  hub.say({ type: 5, invocationId: "1" }, { type: 99 }, { type: 6 });
  const answered = await hub.call("SubscribeAccounts");

  expect(answered).toEqual({ type: 3, invocationId: "1", result: null });
  expect(hub.records.filter(({ type }) => type === 3)).toHaveLength(1);
});

test("an instant that is none, or a step that is no number, settles nothing", async () => {
  const { url, client } = await gateway();
  const hub = await RawHub.open(url, "market", client.token);

  for (const args of [["x"], [0, "noon"]]) {
    expect((await hub.call("PracticeSettled", ...args))["error"]).toContain("Failed to invoke");
  }
});

test.each([
  ["NoSuchMethod", []],
  ["SubscribeOrders", ["10000001"]],
  ["SubscribeOrders", []],
  ["SubscribeContractQuotes", [GOLD_CONTRACT]],
])("the user hub does not know %s with %o", async (target, args) => {
  const { url, client } = await gateway();
  const hub = await RawHub.open(url, "user", client.token);

  const completion = await hub.call(target, ...args);

  expect(completion["error"]).toBe(`Failed to invoke '${target}' due to an error on the server.`);
});

test("streams are not for calling, and a record that is no JSON ends the connection", async () => {
  const { url, client } = await gateway();
  const hub = await RawHub.open(url, "user", client.token);

  hub.say({ type: 4, target: "SubscribeAccounts", arguments: [], invocationId: "s" });
  await eventually("an answer", () => hub.records.some(({ invocationId }) => invocationId === "s"));
  hub.sayText("{]\u001E");

  expect(await hub.untilEnded()).toBe(1000);
  expect(hub.records.at(-1)).toMatchObject({ type: 7, error: expect.any(String) });
});

test("a connection that says goodbye is closed", async () => {
  const { url, client } = await gateway();
  const hub = await RawHub.open(url, "user", client.token);

  hub.say({ type: 7 });

  expect(await hub.untilEnded()).toBe(1000);
});

test("nothing comes after unsubscribing, and subscribing twice tells once", async () => {
  const { url, client } = await gateway();
  const hub = await RawHub.open(url, "user", client.token);
  const order = { contractId: GOLD_CONTRACT, type: 1, side: 0, size: 1, limitPrice: 2640 };
  const place = () => client.post("Order/place", { accountId: PRACTICE_ACCOUNT, ...order });

  await hub.call("SubscribeOrders", PRACTICE_ACCOUNT);
  await hub.call("SubscribeOrders", PRACTICE_ACCOUNT);
  await place();
  await hub.call("UnsubscribeOrders", PRACTICE_ACCOUNT);
  await place();
  await hub.call("SubscribeAccounts");

  const statuses = hub
    .events("GatewayUserOrder")
    .map(([event]) => ((event as JsonObject)["data"] as JsonObject)["status"]);
  expect(statuses).toEqual([6, 1]);
});

test("the server pings after 15 s of silence and gives up a client that is silent for 30 s", async () => {
  let aheadMs = 0;
  const { url } = await practiceGateway({
    clock: {
      ...realClock,
      monotonicMs: () => realClock.monotonicMs() + aheadMs,
      every: (_ms, run) => realClock.every(5, run),
    },
  });
  const client = await GatewayClient.loggedIn(url);
  const hub = await RawHub.open(url, "market", client.token);

  aheadMs = 15_000;
  await eventually("the ping", () => hub.records.some(({ type }) => type === 6));
  aheadMs = 31_000;

  expect(await hub.untilEnded()).toBe(1006);
});

test("the first depth of a busy day does not fit into 10 KB, and closes clients with such a limit", async () => {
  const rows = Array.from({ length: 300 }, (_, index) => ({ at: OPENING, price: 26_500 + index }));
  const { url } = await practiceGateway({ rows });
  const client = await GatewayClient.loggedIn(url);
  const hub = new RawHub(`${url}/hubs/market?access_token=${client.token}`, {}, 10_240);
  await hub.shakeHands();

  hub.say({ type: 1, target: "SubscribeContractMarketDepth", arguments: [GOLD_CONTRACT] });

  expect(await hub.untilEnded()).toBe("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH");
});

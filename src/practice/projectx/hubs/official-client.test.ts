import { expect, test } from "vitest";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";
import { SKIP_NEGOTIATION, officialHub } from "#test/kit/signalr-client.ts";

async function gateway() {
  const { url } = await practiceGateway();
  return { url, client: await GatewayClient.loggedIn(url) };
}

test.each([
  ["negotiated", {}],
  ["without negotiation", SKIP_NEGOTIATION],
])("the official client trades %s", async (_how, options) => {
  const { url, client } = await gateway();
  const { connection } = officialHub(`${url}/hubs/user`, () => client.token, options);
  const orders: unknown[] = [];
  connection.on("gatewayuserorder", (event: unknown) => orders.push(event));

  await connection.start();
  const result: unknown = await connection.invoke("SubscribeOrders", PRACTICE_ACCOUNT);
  await connection.send("SubscribeAccounts");
  const order = { contractId: GOLD_CONTRACT, type: 2, side: 0, size: 1 };
  await client.post("Order/place", { accountId: PRACTICE_ACCOUNT, ...order });

  await eventually("the order", () => orders.length === 2);
  expect(result).toBeNull();
  expect(orders).toMatchObject([{ data: { status: 6 } }, { data: { status: 2 } }]);
});

test.each([
  [
    "negotiated",
    {},
    /Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'/u,
  ],
  [
    "without negotiation",
    SKIP_NEGOTIATION,
    /WebSocket failed to connect\. The connection could not be found on the server/u,
  ],
])("a bad token is told %s", async (_how, options, message) => {
  const { url } = await gateway();
  const { connection } = officialHub(`${url}/hubs/market`, () => "a.b.c", options);

  await expect(connection.start()).rejects.toThrow(message);
});

test.each([
  ["tcp", "reconnecting: WebSocket closed with status code: 1006 (no reason given)."],
  ["normal", "reconnecting: no error"],
  [
    "closeReconnect",
    "reconnecting: Server returned an error on close: Connection closed with an error.",
  ],
])("after a cut by %s the official client reconnects", async (how, expected) => {
  const { url, client } = await gateway();
  const { connection, story } = officialHub(`${url}/hubs/market`, () => client.token);
  await connection.start();

  await client.fault("hubCut", { how });

  await eventually("the reconnect", () => story.length === 2);
  expect(story).toEqual([expected, "reconnected"]);
});

test("after a Close record that does not allow it, the official client stays away", async () => {
  const { url, client } = await gateway();
  const { connection, story } = officialHub(`${url}/hubs/market`, () => client.token);
  await connection.start();

  await client.fault("hubCut", { how: "close" });

  await eventually("the end", () => story.length === 1);
  expect(story).toEqual([
    "closed: Server returned an error on close: Connection closed with an error.",
  ]);
});

test("a call that fails is refused with the venue's words", async () => {
  const { url, client } = await gateway();
  const { connection } = officialHub(`${url}/hubs/market`, () => client.token);
  await connection.start();

  await expect(connection.invoke("SubscribeContractQuotes", 7)).rejects.toThrow(
    "Failed to invoke 'SubscribeContractQuotes' due to an error on the server.",
  );
  await expect(connection.invoke("SubscribeOrders", 7)).rejects.toThrow("Failed to invoke");
});

test("the official client gives a dead socket up and comes back", async () => {
  const { url, client } = await gateway();
  const { connection, story } = officialHub(`${url}/hubs/market`, () => client.token);
  connection.serverTimeoutInMilliseconds = 150;
  connection.keepAliveIntervalInMilliseconds = 50;
  await connection.start();

  await client.fault("halfOpen", { hub: "market" });

  await eventually("the reconnect", () => story.includes("reconnected"));
  expect(story[0]).toBe(
    "reconnecting: Server timeout elapsed without receiving a message from the server.",
  );
});

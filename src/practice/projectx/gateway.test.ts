import { HubConnectionBuilder, HttpTransportType, LogLevel } from "@microsoft/signalr";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";

test("a bracketed market order goes through its life", async () => {
  const { url } = await practiceGateway();
  const client = await GatewayClient.loggedIn(url);
  const events: unknown[] = [];
  const hub = new HubConnectionBuilder()
    .withUrl(`${url}/hubs/user`, {
      skipNegotiation: true,
      transport: HttpTransportType.WebSockets,
      accessTokenFactory: () => client.token,
    })
    .configureLogging(LogLevel.Critical)
    .build();
  for (const name of ["Account", "Order", "Position", "Trade"]) {
    hub.on(`GatewayUser${name}`, (event: unknown) => events.push([name, event]));
  }
  await hub.start();
  onTestFinished(() => hub.stop());
  await hub.invoke("SubscribeAccounts");
  await hub.invoke("SubscribeOrders", PRACTICE_ACCOUNT);
  await hub.invoke("SubscribePositions", PRACTICE_ACCOUNT);
  await hub.invoke("SubscribeTrades", PRACTICE_ACCOUNT);

  const placed = await client.post("Order/place", {
    accountId: PRACTICE_ACCOUNT,
    contractId: GOLD_CONTRACT,
    type: 2,
    side: 0,
    size: 1,
    customTag: "bot-1",
    stopLossBracket: { ticks: -40, type: 4 },
    takeProfitBracket: { ticks: 60, type: 1 },
  });
  await eventually("all events", () => events.length >= 9);
  expect(placed.body).toMatchObject({ success: true });
});

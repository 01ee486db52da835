import { expect, test } from "vitest";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";

const BUY = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT, side: 0, size: 1 };

test("the truth of a gateway counts its fills, and leaves out what has ended when asked to", async () => {
  const { url } = await practiceGateway();
  const client = await GatewayClient.loggedIn(url);
  await client.post("Order/place", { ...BUY, type: 2 });
  await client.post("Order/place", { ...BUY, type: 1, limitPrice: 2600 });

  const all = await client.send("/practice/holdings");
  const working = await client.send("/practice/holdings?orders=working");

  const { orders, ...held } = all.body;
  expect(orders).toHaveLength(2);
  expect(held).toMatchObject({ fills: 1, working: [{ limitPrice: 2600 }] });
  expect({ ...working.body, now: held["now"] } as JsonObject).toEqual(held);
});

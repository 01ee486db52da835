import { expect, test } from "vitest";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { KeelProcess } from "#test/kit/keel-process.ts";
import { temporaryFolder } from "#test/kit/practice-venue.ts";

const ARGS = ["practice", "projectx", "--port", "0", "--speed", "600", "--state", "venue"];

async function started(folder: string) {
  const keel = new KeelProcess(folder, ARGS);
  const url = await eventually("the address", () => /http:\S+/u.exec(keel.said)?.[0], 60_000);
  const client = new GatewayClient(url);
  await eventually("the gateway", () =>
    client.send("/practice/time").then(
      () => true,
      () => false,
    ),
  );
  return { keel, client };
}

const time = async (client: GatewayClient): Promise<string> =>
  String((await client.send("/practice/time")).body["now"]);

test("a gateway that was killed in the middle of trading has forgotten nothing", async () => {
  const folder = temporaryFolder();
  let { keel, client } = await started(folder);
  await client.logIn();
  const { body } = await client.post("Account/search", { onlyActiveAccounts: true });
  const [account] = body["accounts"] as readonly JsonObject[];
  const order = { accountId: account?.["id"], contractId: "CON.F.US.MGC.Z13", type: 2, size: 1 };
  let told = "";

  for (let life = 0; life < 5; life += 1) {
    for (let count = 0; count < 5; count += 1) {
      const customTag = `${life}-${count}`;
      const placed = await client.post("Order/place", { ...order, side: count % 2, customTag });
      expect(placed.body).toMatchObject({ success: true });
    }
    const orders = await client.post("Trade/search", { accountId: account?.["id"] });
    const toldAt = await time(client);
    await keel.kill();
    const { token } = client;
    ({ keel, client } = await started(folder));
    client.token = token;
    const after = await client.post("Trade/search", { accountId: account?.["id"] });

    expect(after.body).toEqual(orders.body);
    expect(toldAt > told).toBe(true);
    told = await time(client);
    expect(told >= toldAt).toBe(true);
  }
});

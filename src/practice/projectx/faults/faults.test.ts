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

const ACCOUNT = { accountId: PRACTICE_ACCOUNT };
const MARKET = { ...ACCOUNT, contractId: GOLD_CONTRACT, type: 2, side: 0, size: 1 };
const LIMIT = { ...MARKET, type: 1, limitPrice: 2640 };
const ALL = { ...ACCOUNT, startTimestamp: "2026-01-01T00:00:00Z" };

async function loggedIn(wishes: GatewayWishes = {}): Promise<GatewayClient> {
  return GatewayClient.loggedIn((await practiceGateway(wishes)).url);
}

/** How many orders the venue truly has. */
async function ordersHeld(client: GatewayClient): Promise<number> {
  const { body } = await client.send("/practice/holdings");
  return (body["orders"] as readonly unknown[]).length;
}

test.each([
  ["lostAnswer", 1],
  ["lostRequest", 0],
])("%s closes the socket without an answer; %i orders were taken", async (kind, taken) => {
  const client = await loggedIn();
  await client.fault(kind, { operation: "order/place", count: 1 });

  await expect(client.post("Order/place", MARKET)).rejects.toThrow("fetch failed");

  expect(await ordersHeld(client)).toBe(taken);
  expect((await client.post("Order/place", MARKET)).body).toMatchObject({ success: true });
});

test.each([
  ["before", 0],
  ["after", 1],
])("a delay %s carrying out holds for its operation only", async (when, taken) => {
  const client = await loggedIn();
  await client.fault("delay", { operation: "Order/place", when, ms: 150 });

  const placed = client.post("Order/place", MARKET);
  await client.post("Account/search", { onlyActiveAccounts: true });
  await client.post("Account/search", { onlyActiveAccounts: true });
  const held = await ordersHeld(client);

  expect(held).toBe(taken);
  expect((await placed).body).toMatchObject({ success: true });
});

test.each([
  [{}, "1"],
  [{ retryAfter: 30 }, "30"],
  [{ retryAfter: null }, null],
  [{ retryAfter: "date" }, "Wed, 11 Mar 2026 15:00:01 GMT"],
])("429 with %o", async (settings, header) => {
  const client = await loggedIn({ lockstep: true });
  await client.fault("tooManyRequests", { ...settings, count: 1 });

  const { status, text, headers } = await client.post("Order/place", MARKET);

  expect([status, text, headers.get("retry-after")]).toEqual([429, "", header]);
  expect(await ordersHeld(client)).toBe(0);
});

test.each([
  ["serverError", "before", 500, 0],
  ["serverError", "after", 500, 1],
  ["badGateway", "before", 502, 0],
  ["badGateway", "after", 502, 1],
])("%s %s carrying out", async (kind, when, expected, taken) => {
  const client = await loggedIn();
  await client.fault(kind, { when, count: 1 });

  const { status, headers, text } = await client.post("Order/place", MARKET);

  expect(status).toBe(expected);
  expect(headers.get("content-type")).toContain(kind === "badGateway" ? "text/html" : "json");
  expect(text).toContain(kind === "badGateway" ? "<html>" : "An error occurred");
  expect(await ordersHeld(client)).toBe(taken);
});

test("a malformed body is half of the right one", async () => {
  const client = await loggedIn();
  await client.fault("malformedBody", { operation: "Order/place", count: 1 });

  const { status, text } = await client.post("Order/place", MARKET);

  expect(status).toBe(200);
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  expect(await ordersHeld(client)).toBe(1);
});

test("a token expires for one operation, or for all", async () => {
  const client = await loggedIn();
  await client.fault("expiredToken", { operation: "Order/place" });
  const one = await client.post("Order/place", MARKET);
  const other = await client.post("Order/searchOpen", ACCOUNT);

  await client.fault("expiredToken");
  const all = await client.post("Order/searchOpen", ACCOUNT);

  expect([one, other, all].map(({ status }) => status)).toEqual([401, 200, 401]);
  expect(await ordersHeld(client)).toBe(0);
});

test("stale lists tell what was a while ago", async () => {
  const { url } = await practiceGateway({ lockstep: true });
  const client = await GatewayClient.loggedIn(url);
  const steps = await GatewaySteps.open(url, client.token);
  await steps.next();
  await client.post("Order/place", MARKET);
  await steps.playTo(OPENING + 10_000);
  await client.post("Order/place", LIMIT);
  await steps.playTo(OPENING + 12_000);

  const listed = async () => {
    const open = await client.post("Order/searchOpen", ACCOUNT);
    const orders = await client.post("Order/search", ALL);
    const trades = await client.post("Trade/search", ALL);
    const positions = await client.post("Position/searchOpen", ACCOUNT);
    const rows = [open, orders, trades, positions].map(({ body }) =>
      Object.values(body).find((value) => Array.isArray(value)),
    );
    return rows.map((list: unknown) => (list as readonly unknown[]).length);
  };
  const now = await listed();
  await client.fault("staleLists", { ms: 5_000 });
  const recent = await listed();
  await client.fault("staleLists", { on: false, ms: 0 });
  await client.fault("staleLists", { ms: 15_000 });
  const earlier = await listed();

  expect([now, recent, earlier]).toEqual([
    [1, 2, 1, 1],
    [0, 1, 1, 1],
    [0, 0, 0, 0],
  ]);
});

test("a rejected order is left behind, and its id may be told", async () => {
  const client = await loggedIn();
  await client.fault("rejectOrders", { message: "No.", withOrderId: true, count: 1 });
  await client.fault("rejectOrders", { code: 5, count: 1 });

  const first = await client.post("Order/place", { ...MARKET, customTag: "t" });
  const second = await client.post("Order/place", MARKET);
  const { body } = await client.post("Order/search", ALL);

  expect(first.body).toMatchObject({ orderId: 3_400_000_001, errorCode: 2, errorMessage: "No." });
  expect(second.body).toMatchObject({ orderId: null, errorCode: 5, errorMessage: null });
  expect(body["orders"]).toMatchObject([{ status: 5, customTag: "t" }, { status: 5 }]);
});

test("faults are listed, end by themselves, and are cleared", async () => {
  const client = await loggedIn();
  const kinds = async () => {
    const { body } = await client.send("/practice/faults");
    return (body["faults"] as readonly JsonObject[]).map(({ kind }) => kind);
  };

  await client.fault("lostAnswer", { durationMs: 20 });
  await client.fault("serverError", { operation: "Order/place" });
  const both = await kinds();
  await eventually("the end of the first", async () => (await kinds()).length === 1);
  await client.send("/practice/faults", { method: "DELETE" });

  expect(both).toEqual(["lostAnswer", "serverError"]);
  expect(await kinds()).toEqual([]);
});

test.each([
  [{ kind: "nonsense" }],
  [{ kind: "delay" }],
  [{ kind: "lostAnswer", operations: "Order/place" }],
])("%o is no switch", async (body) => {
  const client = await loggedIn();

  const answer = await client.send("/practice/faults", {
    method: "POST",
    body: JSON.stringify(body),
  });

  expect(answer.status).toBe(400);
  expect(answer.body["error"]).toEqual(expect.any(String));
});

import { expect, test } from "vitest";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import {
  GOLD_CONTRACT,
  type GatewayWishes,
  PRACTICE_ACCOUNT,
  practiceGateway,
} from "#test/kit/practice-gateway.ts";

async function loggedIn(wishes: GatewayWishes = {}): Promise<GatewayClient> {
  return GatewayClient.loggedIn((await practiceGateway(wishes)).url);
}

const ORDER = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT, type: 2, side: 0, size: 1 };

test("an enumeration as text spoils the body, and the answer claims that there is none", async () => {
  const client = await loggedIn();

  const { status, headers, body } = await client.post("Order/place", { ...ORDER, side: "Buy" });

  expect(status).toBe(400);
  expect(headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(body).toEqual({
    type: "https://tools.ietf.org/html/rfc9110#section-15.5.1",
    title: "One or more validation errors occurred.",
    status: 400,
    errors: {
      request: ["The request field is required."],
      "$.side": [
        expect.stringMatching(
          /^The JSON value could not be converted to .+ Path: \$\.side \| LineNumber: 0 \| BytePositionInLine: \d+\.$/u,
        ),
      ],
    },
    traceId: expect.any(String),
  });
});

test.each([
  ["{", { request: ["The request field is required."] }],
  ["", { "": ["A non-empty request body is required."] }],
  ["[]", { request: ["The request field is required."] }],
  ['{"accountId":"x"}', { "$.accountId": [expect.stringContaining("System.Int32")] }],
  ['{"accountId":4000000000}', { "$.accountId": [expect.stringContaining("System.Int32")] }],
  ["{}", { accountId: ["The accountId field is required."] }],
  ['{"accountId":null}', { "$.accountId": [expect.stringContaining("System.Int32")] }],
])("a body of %s is a bad request", async (text, errors) => {
  const client = await loggedIn();

  const { status, body } = await client.postText("Position/searchOpen", text);

  expect(status).toBe(400);
  expect(body["errors"]).toMatchObject(errors);
});

test.each([
  ["instants that are none", { startTimestamp: "yesterday" }, "$.startTimestamp"],
  ["a bracket without ticks", { stopLossBracket: { type: 4 } }, "ticks"],
])("%s are a bad request", async (_what, change, member) => {
  const client = await loggedIn();
  const operation = member === "ticks" ? "Order/place" : "Order/search";

  const { status, body } = await client.post(operation, { ...ORDER, ...change });

  expect(status).toBe(400);
  expect(Object.keys(body["errors"] as object)).toContain(member);
});

test("routes and members match in any case, unknown members are ignored, numbers may be text", async () => {
  const client = await loggedIn();
  const body = {
    ACCOUNTID: String(PRACTICE_ACCOUNT),
    startTime: "never",
    STARTTIMESTAMP: "2026-03-11",
  };

  const answer = await client.post("order/SEARCH", body);

  expect([answer.status, answer.body]).toEqual([
    200,
    { orders: [], success: true, errorCode: 0, errorMessage: null },
  ]);
});

test("without a token, or with one that is none, there is nothing but a challenge", async () => {
  const client = await loggedIn();
  client.token = "a.b.c";
  const stranger = new GatewayClient(client.url);

  const answers = [await client.post("Account/search"), await stranger.post("Account/search")];

  for (const { status, text, headers } of answers) {
    expect([status, text, headers.get("www-authenticate")]).toEqual([401, "", "Bearer"]);
  }
});

test("an unknown route is not found, and a known one takes its own method only", async () => {
  const client = await loggedIn();

  const unknown = await client.post("Order/nothing");
  const wrongMethod = await client.send("/api/Order/search");

  expect([unknown.status, unknown.text, wrongMethod.status]).toEqual([404, "", 404]);
});

test("the 201st request within a minute is one too many, and waiting helps", async () => {
  const client = await loggedIn();
  const ask = () => client.post("Account/search", { onlyActiveAccounts: true });

  const statuses: number[] = [];
  for (let count = 0; count < 201; count += 1) statuses.push((await ask()).status);
  const refused = await ask();
  const bars = await client.post("Contract/searchById", { contractId: GOLD_CONTRACT });
  await client.send("/practice/time", { method: "POST", body: '{"speed":100000}' });
  await expect.poll(async () => (await ask()).status).toBe(200);

  expect(statuses.filter((status) => status === 200)).toHaveLength(200);
  expect([refused.status, refused.text]).toEqual([429, ""]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
  expect(bars.status).toBe(429);
});

test("bars have a limit of their own: 50 in half a minute", async () => {
  const client = await loggedIn();
  const ask = () => client.post("History/retrieveBars", {});

  const statuses: number[] = [];
  for (let count = 0; count < 51; count += 1) statuses.push((await ask()).status);
  const other = await client.post("Account/search", { onlyActiveAccounts: true });

  expect(statuses.filter((status) => status === 400)).toHaveLength(50);
  expect(statuses.at(-1)).toBe(429);
  expect(other.status).toBe(200);
});

test.each([
  [{ unit: 0 }, 2],
  [{ unit: 8 }, 2],
  [{ unitNumber: 0 }, 3],
  [{ limit: 0 }, 4],
  [{ limit: 20_001 }, 4],
  [{ contractId: "CON.F.US.XYZ.Z25" }, 1],
])("bars with %o are refused with code %i", async (change, code) => {
  const client = await loggedIn();
  const request = {
    contractId: GOLD_CONTRACT,
    live: false,
    startTime: "2026-03-11T00:00:00Z",
    endTime: "2026-03-12T00:00:00Z",
    unit: 2,
    unitNumber: 1,
    limit: 10,
    includePartialBar: true,
  };

  const { status, body } = await client.post("History/retrieveBars", { ...request, ...change });

  expect(status).toBe(200);
  expect(body).toEqual({ bars: null, success: false, errorCode: code, errorMessage: null });
});

test("what asks for live data gets nothing, successfully", async () => {
  const client = await loggedIn();

  const found = await client.post("Contract/search", { searchText: "MGC", live: true });
  const available = await client.post("Contract/available", { live: true });

  for (const { body } of [found, available]) {
    expect(body).toEqual({ contracts: [], success: true, errorCode: 0, errorMessage: null });
  }
});

test.each([
  ["Order/search", { startTimestamp: "2026-01-01T00:00:00Z" }, 1],
  ["Order/searchOpen", {}, 1],
  ["Order/v2/query", { filter: { accountId: 7 } }, 1],
  ["Order/searchById", { orderId: 1 }, 1],
  ["Order/modify", { orderId: 1 }, 1],
  ["Order/cancel", { orderId: 1 }, 1],
  ["Position/searchOpen", {}, 1],
  ["Position/closeContract", { contractId: GOLD_CONTRACT }, 1],
  ["Position/partialCloseContract", { contractId: GOLD_CONTRACT, size: 1 }, 1],
  ["Trade/search", {}, 1],
  ["Order/place", { contractId: GOLD_CONTRACT, type: 2, side: 0, size: 1 }, 1],
])("%s of an account nobody knows is refused", async (operation, body, code) => {
  const client = await loggedIn();

  const answer = await client.post(operation, { accountId: 7, ...body });

  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ success: false, errorCode: code, errorMessage: null });
});

test.each([
  ["Order/cancel", { orderId: 1 }, 2],
  ["Order/modify", { orderId: 1 }, 2],
  ["Order/searchById", { orderId: 1 }, 1],
  ["Order/place", { contractId: "CON.F.US.XYZ.Z25", type: 2, side: 0, size: 1 }, 8],
  ["Order/place", { contractId: "CON.F.US.MGC.Z25", type: 2, side: 0, size: 1 }, 9],
  ["Position/closeContract", { contractId: "CON.F.US.XYZ.Z25" }, 3],
  ["Position/closeContract", { contractId: "CON.F.US.MGC.Z25" }, 4],
  ["Position/closeContract", { contractId: GOLD_CONTRACT }, 2],
  ["Position/partialCloseContract", { contractId: GOLD_CONTRACT, size: 1 }, 2],
  ["Contract/searchById", { contractId: "CON.F.US.XYZ.Z25" }, 1],
])("%s with %o is refused with code %i", async (operation, body, code) => {
  const client = await loggedIn();

  const answer = await client.post(operation, { accountId: PRACTICE_ACCOUNT, ...body });

  expect(answer.body).toMatchObject({ success: false, errorCode: code, errorMessage: null });
});

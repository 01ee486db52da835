import { expect, test } from "vitest";
import { OPENING } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewaySteps } from "#test/kit/gateway-steps.ts";
import { PRACTICE_USER, practiceGateway } from "#test/kit/practice-gateway.ts";
import { RawHub } from "#test/kit/raw-hub.ts";

const DAY_MS = 86_400_000;
const ask = async (client: GatewayClient): Promise<number> =>
  (await client.post("Account/search", { onlyActiveAccounts: true })).status;

function claimsOf(token: string): { readonly exp: number; readonly iat: number } {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as never;
}

test.each([
  [{ userName: "nobody", apiKey: PRACTICE_USER.apiKey }, 1],
  [{ userName: "practice", apiKey: "wrong" }, 3],
])("%o is not let in", async (credentials, code) => {
  const { url } = await practiceGateway();

  const { status, body } = await new GatewayClient(url).post("Auth/loginKey", credentials);

  expect(status).toBe(200);
  expect(body).toEqual({ token: null, success: false, errorCode: code, errorMessage: null });
});

test("without the API add-on nobody is let in", async () => {
  const { url } = await practiceGateway({
    settings: { user: { ...PRACTICE_USER, hasApi: false } },
  });
  const { userName, apiKey } = PRACTICE_USER;

  const { body } = await new GatewayClient(url).post("Auth/loginKey", { userName, apiKey });

  expect(body).toMatchObject({ token: null, errorCode: 9 });
});

test("a token is a JSON Web Token that holds for a day of practice time", async () => {
  const { url } = await practiceGateway({ lockstep: true, lengthMs: 2 * DAY_MS });
  const client = await GatewayClient.loggedIn(url);
  const steps = await GatewaySteps.open(url, client.token);

  const claims = claimsOf(client.token);
  await steps.playTo(OPENING + DAY_MS - 1);
  const before = await ask(client);
  await steps.playTo(OPENING + DAY_MS);
  const { status, headers } = await client.post("Account/search", { onlyActiveAccounts: true });

  expect(claims).toMatchObject({ iat: OPENING / 1_000, exp: (OPENING + DAY_MS) / 1_000 });
  expect([before, status]).toEqual([200, 401]);
  expect(headers.get("www-authenticate")).toContain("The token expired");
});

test("validate gives a new token, and the old one is worthless from then on", async () => {
  const { url } = await practiceGateway();
  const client = await GatewayClient.loggedIn(url);
  const old = client.token;
  const hub = await RawHub.open(url, "user", old);

  const { body } = await client.post("Auth/validate");

  client.token = old;
  expect(await ask(client)).toBe(401);
  client.token = String(body["newToken"]);
  expect(await ask(client)).toBe(200);
  expect((await hub.call("SubscribeAccounts"))["error"]).toBeUndefined();
  const late = new RawHub(`${url}/hubs/user?access_token=${old}`);
  expect(await late.untilEnded()).toBe("status 401");
});

test("a token is dead after logging out", async () => {
  const { url } = await practiceGateway();
  const client = await GatewayClient.loggedIn(url);

  const { body } = await client.post("Auth/logout");

  expect(body).toEqual({ success: true, errorCode: 0, errorMessage: null });
  expect(await ask(client)).toBe(401);
});

test("a second log-in displaces the first: both hubs are told and its token is worthless", async () => {
  const { url } = await practiceGateway();
  const first = await GatewayClient.loggedIn(url);
  const user = await RawHub.open(url, "user", first.token);
  const market = await RawHub.open(url, "market", first.token);

  const second = await GatewayClient.loggedIn(url);

  for (const hub of [user, market]) {
    expect(await hub.untilEnded()).toBe(1000);
    expect(hub.events("GatewayLogout")).toEqual([[]]);
    await eventually("the close record", () => hub.records.some(({ type }) => type === 7));
  }
  expect([await ask(first), await ask(second)]).toEqual([401, 200]);
});

test("an open hub outlives its token, and nobody else gets in with it", async () => {
  const { url } = await practiceGateway({ lockstep: true, lengthMs: 2 * DAY_MS });
  const client = await GatewayClient.loggedIn(url);
  const steps = await GatewaySteps.open(url, client.token);

  await steps.playTo(OPENING + DAY_MS);

  expect((await steps.hub.call("SubscribePracticeTime"))["error"]).toBeUndefined();
  const late = new RawHub(`${url}/hubs/market?access_token=${client.token}`);
  expect(await late.untilEnded()).toBe("status 401");
});

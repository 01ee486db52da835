import { expect, onTestFinished, test } from "vitest";
import type { DurationMs } from "#core/domain/units.ts";
import { OPENING } from "#test/kit/builders.ts";
import {
  HandClock,
  SUCCESS,
  type Scripted,
  aToken,
  scriptedHttp,
} from "#test/kit/scripted-http.ts";
import { CANCEL_ORDER, PLACE_ORDER, RETRIEVE_BARS, SEARCH_OPEN_ORDERS } from "./operations.ts";
import { RestClient } from "./rest-client.ts";
import { TokenKeeper } from "./token-keeper.ts";

const BUSY: Scripted = { status: 429, headers: { "retry-after": "60" } };
const PLACED: Scripted = { json: { orderId: 7, ...SUCCESS } };

test("a request that may go leaves in the turn in which it was made", async () => {
  const { rest, calls } = await client(() => PLACED);

  const answer = rest.call(PLACE_ORDER, { customTag: "k1-1" }, "mutate");

  expect(calls.at(-1)).toMatchObject({ path: "/api/Order/place", body: { customTag: "k1-1" } });
  expect(await answer).toEqual({ kind: "confirmed", value: "7" });
});

test.each([
  ["no connection", { failure: "ECONNREFUSED", mayHaveArrived: false }, "notSent"],
  ["a cut connection", { failure: "ECONNRESET", mayHaveArrived: true }, "unknown"],
  ["a server error", { status: 500 }, "unknown"],
  ["a time-out of a proxy", { status: 408 }, "unknown"],
  ["a redirect", { status: 302 }, "unknown"],
  ["HTML", { status: 200, text: "<html>" }, "unknown"],
  ["half an answer", { status: 200, text: '{"orderId": 7, "succ' }, "unknown"],
  ["another shape", { json: { hello: 1 } }, "unknown"],
  ["success without a number", { json: { orderId: null, ...SUCCESS } }, "unknown"],
  ["an unclear code", { json: { success: false, errorCode: 6, errorMessage: null } }, "unknown"],
  [
    "a code that nobody knows",
    { json: { success: false, errorCode: 11, errorMessage: null } },
    "unknown",
  ],
  ["a code below zero", { json: { success: false, errorCode: -1, errorMessage: null } }, "unknown"],
  ["a contradiction", { json: { orderId: 7, ...SUCCESS, errorCode: 2 } }, "unknown"],
  ["a refusal", { json: { success: false, errorCode: 2, errorMessage: "No." } }, "refused"],
  ["a bad request", { status: 400, text: "{}" }, "refused"],
] as const)("%s makes a placement %s", async (_name, scripted: Scripted, kind) => {
  const { rest } = await client(() => scripted);

  const outcome = await rest.call(PLACE_ORDER, {}, "mutate");

  expect(outcome.kind).toBe(kind);
});

test("a refusal carries its endpoint, its code and its text, or the name of its code", async () => {
  const { rest } = await client((_call, count) => ({
    json: {
      success: false,
      errorCode: 2,
      errorMessage: count === 1 ? "Outside of trading hours." : null,
    },
  }));

  const endpoint = "/api/Order/place";
  expect(await rest.call(PLACE_ORDER, {}, "mutate")).toEqual({
    kind: "refused",
    endpoint,
    code: 2,
    text: "Outside of trading hours.",
  });
  expect(await rest.call(PLACE_ORDER, {}, "mutate")).toMatchObject({ text: "OrderRejected" });
});

test("what a validation error complains about is told by member", async () => {
  const errors = { "$.size": ["The JSON value could not be converted."] };
  const { rest } = await client(() => ({ status: 400, text: JSON.stringify({ errors }) }));

  expect(await rest.call(PLACE_ORDER, {}, "mutate")).toMatchObject({
    text: "/api/Order/place answered HTTP 400: $.size: The JSON value could not be converted.",
  });
});

test("numbers beyond 2^53 stay what they are", async () => {
  const text = '{"orderId":9223372036854775807,"success":true,"errorCode":0,"errorMessage":null}';
  const { rest } = await client(() => ({ status: 200, text }));

  expect(await rest.call(PLACE_ORDER, {}, "mutate")).toEqual({
    kind: "confirmed",
    value: "9223372036854775807",
  });
});

test("reads leave room for orders, orders for cancels, and cancels do not wait", async () => {
  const { rest, calls, clock } = await client(({ path }) =>
    path.endsWith("searchOpen") ? { json: { orders: [], ...SUCCESS } } : PLACED,
  );
  const send = async (times: number, call: () => Promise<unknown>) => {
    for (let time = 0; time < times; time += 1) await call();
  };

  await send(100, () => rest.call(SEARCH_OPEN_ORDERS, {}, "read"));
  const late = rest.call(SEARCH_OPEN_ORDERS, {}, "read");
  await send(30, () => rest.call(PLACE_ORDER, {}, "mutate"));
  const refused = await rest.call(PLACE_ORDER, {}, "mutate");
  await send(40, () => rest.call(CANCEL_ORDER, {}, "reduce"));

  expect(refused).toEqual({
    kind: "notSent",
    reason: "too many requests: the venue's limit is near",
  });
  expect([calls.length - 1, rest.waiting, rest.budgetLeft.general]).toEqual([170, 1, 0]);
  await clock.pass(60_001);
  expect(await late).toEqual({ kind: "confirmed", value: [] });
});

test("bars have a window of their own", async () => {
  const { rest, clock } = await client(() => ({ json: { bars: [], ...SUCCESS } }));
  for (let time = 0; time < 40; time += 1) await rest.call(RETRIEVE_BARS, {}, "read");

  const late = rest.call(RETRIEVE_BARS, {}, "read");
  await clock.pass(1);
  expect([rest.waiting, rest.budgetLeft]).toEqual([1, { general: 160, history: 0 }]);
  await clock.pass(30_001);

  expect(await late).toMatchObject({ kind: "confirmed" });
});

test("a 429 pauses what can wait for as long as the venue asks", async () => {
  const { rest, calls, clock } = await client((_call, count) =>
    count === 1
      ? { status: 429, headers: { "retry-after": "20" } }
      : { json: { orders: [], ...SUCCESS } },
  );

  const read = rest.call(SEARCH_OPEN_ORDERS, {}, "read");
  await clock.pass(1);
  await clock.pass(19_000);
  expect(calls.length - 1).toBe(1);
  await clock.pass(2_000);

  expect(await read).toEqual({ kind: "confirmed", value: [] });
});

test("a venue that asks for days gets a minute, and is told of once", async () => {
  const { rest, clock, pauses } = await client(({ path }) =>
    path.endsWith("cancel")
      ? { status: 429, headers: { "retry-after": "999999" } }
      : { json: { orders: [], ...SUCCESS } },
  );
  const cancel = rest.call(CANCEL_ORDER, {}, "reduce");
  for (let time = 0; time < 6; time += 1) await clock.pass(1_000);

  const read = rest.call(SEARCH_OPEN_ORDERS, {}, "read");
  await clock.pass(61_000);

  expect([(await cancel).kind, (await read).kind]).toEqual(["notSent", "confirmed"]);
  expect(pauses).toEqual([60_000]);
});

test("a read that gets no turn for two minutes was not sent", async () => {
  const { rest, clock } = await client(({ path }) =>
    path.endsWith("searchOpen") ? { json: { orders: [], ...SUCCESS } } : BUSY,
  );
  const limit = async () => rest.call(CANCEL_ORDER, {}, "reduce");
  void limit();
  await clock.pass(0);

  const read = rest.call(SEARCH_OPEN_ORDERS, {}, "read");
  for (let time = 0; time < 16; time += 1) {
    void limit();
    await clock.pass(10_000);
  }

  expect(await read).toEqual({
    kind: "notSent",
    reason: "no turn within 130 s: too many requests",
  });
});

test("a date as Retry-After does not matter", async () => {
  const { rest, clock } = await client((_call, count) =>
    count === 1
      ? { status: 429, headers: { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" } }
      : { json: { orders: [], ...SUCCESS } },
  );

  const read = rest.call(SEARCH_OPEN_ORDERS, {}, "read");
  await clock.pass(1);
  await clock.pass(5_001);

  expect(await read).toMatchObject({ kind: "confirmed" });
});

test.each([
  ["an order as long as the desk does", PLACE_ORDER, "mutate", 3_000],
  ["a list ten seconds", SEARCH_OPEN_ORDERS, "read", 10_000],
] as const)("the answer about %s is waited for", async (_what, operation, priority, ms) => {
  const { rest, clock, signals } = await client(() => PLACED, "silent");

  const asked = rest.call<unknown>(operation, {}, priority);
  await clock.pass(0);
  await clock.pass(ms - 1);
  const before = signals.at(-1)?.aborted;
  await clock.pass(2);

  expect([before, signals.at(-1)?.aborted]).toEqual([false, true]);
  expect(await asked).toEqual({
    kind: "unknown",
    reason: `${operation.path}: no answer in time`,
  });
});

async function client(
  answer: Parameters<typeof scriptedHttp>[0],
  mood: "speaking" | "silent" = "speaking",
) {
  const clock = new HandClock();
  const signals: AbortSignal[] = [];
  const scripted = scriptedHttp((call, count) =>
    call.path.endsWith("loginKey")
      ? { json: { token: aToken("t", OPENING + 86_400_000), ...SUCCESS } }
      : answer(call, count),
  );
  const http: typeof scripted.http = async (request) => {
    signals.push(request.signal);
    if (mood === "speaking" || request.url.endsWith("loginKey")) return scripted.http(request);
    await new Promise((given) => request.signal.addEventListener("abort", given));
    return scriptedHttp(() => ({ failure: "no answer in time", mayHaveArrived: true })).http(
      request,
    );
  };
  const shared = { apiUrl: "http://venue", http, clock, venueClock: clock };
  const credentials = { userName: "ann", apiKey: "secret" };
  const tokens = new TokenKeeper({ ...shared, credentials, random: () => 0 });
  const pauses: number[] = [];
  const onLimited = (pauseMs: number) => void pauses.push(pauseMs);
  const answerTimeout = 3_000 as DurationMs;
  const onDate = () => undefined;
  const rest = new RestClient({ ...shared, answerTimeout, tokens, onDate, onLimited });
  onTestFinished(() => {
    tokens.close();
    rest.close();
  });
  await tokens.ensure();
  return { rest, clock, signals, pauses, calls: scripted.calls };
}

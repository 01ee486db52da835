import { expect, test } from "vitest";
import { NoDeskError } from "#runtime/control.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { aDesk, keel } from "./cli-scenario.ts";

const strategies = STRATEGIES;
const ACCEPTED = {
  kind: "result",
  result: { kind: "accepted", clientOrderIds: ["K1-7"], note: null },
} as never;
const GOLD = { accountId: "PRACTICE-1", instrument: "MGC" };
const ENTRY = { ...GOLD, timeInForce: "day", reduceOnly: false, bracket: null };

test.each([
  [
    "submit PRACTICE-1 buy 2 MGC",
    { kind: "submit", ...ENTRY, side: "buy", qty: 2, terms: { type: "market" } },
  ],
  [
    "submit PRACTICE-1 sell 1 mgc --limit 1320.5 --time-in-force gtc",
    {
      kind: "submit",
      ...ENTRY,
      side: "sell",
      qty: 1,
      timeInForce: "gtc",
      terms: { type: "limit", limitPrice: 13_205 },
    },
  ],
  [
    "submit PRACTICE-1 buy 1 MGC --stop 1321 --limit 1321.2",
    {
      kind: "submit",
      ...ENTRY,
      side: "buy",
      qty: 1,
      terms: { type: "stopLimit", stopPrice: 13_210, limitPrice: 13_212 },
    },
  ],
  [
    "submit PRACTICE-1 buy 1 MGC --stop-loss 20 --take-profit 40",
    {
      kind: "submit",
      ...ENTRY,
      side: "buy",
      qty: 1,
      terms: { type: "market" },
      bracket: { stopLossTicks: 20, takeProfitTicks: 40 },
    },
  ],
  [
    "submit PRACTICE-1 sell 1 MGC --trail 15 --reduce-only",
    {
      kind: "submit",
      ...ENTRY,
      side: "sell",
      qty: 1,
      reduceOnly: true,
      terms: { type: "trailingStop", stopPrice: 13_184, trailTicks: 15 },
    },
  ],
  [
    "submit PRACTICE-1 buy 1 MGC --trail 15 --stop 1325",
    {
      kind: "submit",
      ...ENTRY,
      side: "buy",
      qty: 1,
      terms: { type: "trailingStop", stopPrice: 13_250, trailTicks: 15 },
    },
  ],
  ["cancel K1-7", { kind: "cancel", clientOrderId: "K1-7" }],
  ["close PRACTICE-1 MGC", { kind: "close", ...GOLD, qty: null }],
  ["close PRACTICE-1 MGC 1", { kind: "close", ...GOLD, qty: 1 }],
  ["reconnect", { kind: "reconnect" }],
  ["flatten PRACTICE-1", { kind: "flatten", accountId: "PRACTICE-1" }],
  ["halt", { kind: "setTradingState", scope: { kind: "desk" }, state: "halted" }],
  [
    "halt --account A --state reducing",
    { kind: "setTradingState", scope: { kind: "account", accountId: "A" }, state: "reducing" },
  ],
  [
    "halt --bot b --state active",
    { kind: "setTradingState", scope: { kind: "bot", botId: "b" }, state: "active" },
  ],
])("keel %s asks the desk for just that", async (args, request) => {
  const desk = aDesk(ACCEPTED);

  const ended = await keel(args, { strategies, askDesk: desk.askDesk });

  expect(ended).toMatchObject({ code: 0, err: "" });
  expect(desk.asked.at(-1)).toEqual({
    folder: "/home/ann/keel-data",
    message: { kind: "request", requestId: "id-1", by: "ann", request },
  });
});

test.each([
  ["submit PRACTICE-1 buy 2 MGC", "order K1-7"],
  [
    "cancel K1-7",
    "order K1-7 is being canceled and may fill until the venue confirms; keel status shows when it is done",
  ],
  [
    "close PRACTICE-1 MGC",
    "the position in MGC is being closed; keel status shows when it is done",
  ],
  ["close PRACTICE-1 MGC 1", "order K1-7 closes 1 MGC; keel status shows when it is done"],
  [
    "flatten PRACTICE-1",
    "flattening PRACTICE-1: entries go, positions are closed, then the rest goes; keel status shows when it is done",
  ],
  ["reconnect", "logging in again; keel status shows when the link is up"],
  ["halt", "the desk is halted; protection stays, and close and flatten work"],
  ["halt --account A --state reducing", "A takes only what reduces a position"],
  [
    "halt --bot b --state active",
    "bot b is started; if it was halted, it trades once the desk has been started again",
  ],
  ["halt --state active", "the desk is active again"],
])("keel %s says what to expect", async (args, text) => {
  const { askDesk } = aDesk(ACCEPTED);

  expect(await keel(args, { strategies, askDesk })).toEqual({
    code: 0,
    out: `Accepted: ${text}\n`,
    err: "",
  });
});

test.each(["modify K1-9 --qty 1", "cancel K1-9"])(
  "keel %s of an order nobody knows is refused",
  async (args) => {
    const reason = "no order K1-9 is known; keel status lists the working ones";
    const { askDesk } = aDesk({ kind: "result", result: { kind: "impossible", reason } });

    const forPeople = await keel(args, { strategies, askDesk });
    const forPrograms = await keel(`${args} --json`, { strategies, askDesk });

    expect(forPeople).toEqual({ code: 3, out: "", err: `Not possible: ${reason}\n` });
    expect(forPrograms).toMatchObject({ code: 3, out: "" });
    expect(JSON.parse(forPrograms.err)).toEqual({
      error: `Not possible: ${reason}`,
      expected: null,
      found: null,
      hint: "keel status lists the working ones",
      exitCode: 3,
      requestId: "id-1",
      kind: "impossible",
      reason,
    });
  },
);

test("a request keeps the name it is given, so that asking again acts once", async () => {
  const desk = aDesk(ACCEPTED);

  const ended = await keel("flatten PRACTICE-1 --request-id stop-1 --json", {
    strategies,
    askDesk: desk.askDesk,
  });

  expect(desk.asked.at(-1)?.message).toMatchObject({ requestId: "stop-1" });
  expect(JSON.parse(ended.out)).toEqual({
    requestId: "stop-1",
    kind: "accepted",
    clientOrderIds: ["K1-7"],
    note: null,
  });
});

test("an answer that does not come leaves the name to ask again with", async () => {
  const askDesk = async (): Promise<never> => {
    throw new TypeError("the connection broke");
  };

  const ended = await keel("flatten PRACTICE-1", { strategies, askDesk });

  expect(ended.code).toBe(1);
  expect(ended.err).toMatch(/^Unexpected.*the connection broke/su);
  expect(ended.err).toContain("to find out, repeat it with --request-id id-1\n");
});

test("a request that reached nobody is not to be repeated under its name", async () => {
  const cause = Object.assign(new Error("connect ENOENT"), { code: "ENOENT" });
  const askDesk = async (): Promise<never> => {
    throw new NoDeskError("No desk answers", { cause });
  };

  expect(await keel("flatten PRACTICE-1", { strategies, askDesk })).toEqual({
    code: 4,
    out: "",
    err: "No desk answers\nStart one with keel start or keel replay, or name its data folder with --data\n",
  });
});

test("a denied order is a sentence with its own exit code", async () => {
  const denial = { rule: "RULE-001", code: "maxContractsExceeded", limit: 5, value: 6 };
  const desk = aDesk({ kind: "result", result: { kind: "denied", denial } } as never);

  const forPeople = await keel("submit PRACTICE-1 buy 6 MGC", {
    strategies,
    askDesk: desk.askDesk,
  });
  const forPrograms = await keel("submit PRACTICE-1 buy 6 MGC --json", {
    strategies,
    askDesk: desk.askDesk,
  });

  expect(forPeople).toEqual({
    code: 3,
    out: "",
    err: "Order denied: 6 contracts would exceed the account limit of 5 (RULE-001)\n",
  });
  expect(forPrograms).toMatchObject({ code: 3, out: "" });
  expect(JSON.parse(forPrograms.err)).toEqual({
    error: "Order denied: 6 contracts would exceed the account limit of 5 (RULE-001)",
    expected: null,
    found: null,
    hint: null,
    exitCode: 3,
    requestId: "id-1",
    kind: "denied",
    denial,
  });
});

test("programs read the money of a denial in millionths", async () => {
  const denial = { rule: "RULE-003", code: "dailyLossReached", limit: 500, value: 512.25 };
  const { askDesk } = aDesk({ kind: "result", result: { kind: "denied", denial } } as never);

  const ended = await keel("submit PRACTICE-1 buy 6 MGC --json", { strategies, askDesk });

  expect(JSON.parse(ended.err)).toMatchObject({
    denial: { limit: "500000000", value: "512250000" },
  });
});

test("what cannot be done is told with its reason", async () => {
  const reason = "no order K1-9 is known";
  const desk = aDesk({ kind: "result", result: { kind: "impossible", reason } });

  const ended = await keel("cancel K1-9", { strategies, askDesk: desk.askDesk });

  expect(ended).toEqual({ code: 3, out: "", err: `Not possible: ${reason}\n` });
});

test.each([
  [
    "submit PRACTICE-1 buy 1 MGC --limit 1320.55",
    "Expected a price of MGC on a tick of 0.1, found 1320.55; the nearest are 1320.5 and 1320.6\n",
  ],
  ["submit PRACTICE-1 buy 1 MGCC", "Expected an instrument of the session (MGC), found MGCC\n"],
  [
    "submit PRACTICE-1 buy 1 MGC --take-profit 10",
    "Expected --stop-loss with --take-profit: a target alone protects nothing\n",
  ],
  [
    "submit PRACTICE-1 buy 1 MGC --reduce-only --stop-loss 10",
    "Expected --reduce-only without legs: it opens nothing that needs them\n",
  ],
  [
    "submit PRACTICE-1 buy 1 MGC --trail 10 --limit 1320",
    "Expected --trail without --limit: a trailing stop has no limit price\n",
  ],
  ["modify K1-7", "Expected --qty, --limit, --stop or --trail, found nothing to change\n"],
])("keel %s is wrong usage", async (args, err) => {
  const { askDesk } = aDesk(ACCEPTED);

  expect(await keel(args, { strategies, askDesk })).toEqual({ code: 2, out: "", err });
});

test.each([
  "submit OTHER buy 1 MGC",
  "close OTHER MGC",
  "flatten OTHER",
  "halt --account OTHER",
  "arm OTHER guard",
])("keel %s of an account nobody knows names those of the session", async (args) => {
  const reason = "no account OTHER is configured";
  const { askDesk } = aDesk({ kind: "result", result: { kind: "impossible", reason } });

  expect(await keel(args, { strategies, askDesk })).toEqual({
    code: 2,
    out: "",
    err: "Expected an account of the session (PRACTICE-1), found OTHER\n",
  });
});

test("an id that cannot be one is wrong usage", async () => {
  const ended = await keel("flatten Kaffeekasse-für-alle", { strategies });

  expect(ended.code).toBe(2);
  expect(ended.err).toMatch(/^Expected a account id of 1 to 64 printable characters/u);
});

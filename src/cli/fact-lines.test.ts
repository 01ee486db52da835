import { expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import { MGC, at, usd } from "./cli-scenario.ts";
import { factLine, instrumentsOf, termsText } from "./fact-lines.ts";

const INSTRUMENTS = instrumentsOf([MGC]);
const FILL = { side: "sell", qty: 3, instrument: "MGC", price: 13_234, fee: usd(2.88) };
const TRIP = { netPnl: usd(86.4) };

test.each<readonly [string, object]>([
  [
    "fill      sell 3 MGC at 1323.4, flat, round trip +86.40",
    { kind: "fillBooked", fill: FILL, position: { qty: 0 }, roundTrip: TRIP },
  ],
  [
    "fill      sell 3 MGC at 1323.4, position -3",
    { kind: "fillBooked", fill: FILL, position: { qty: -3 }, roundTrip: null },
  ],
  [
    "denied    buy 6 MGC limit 1320.0: 6 contracts would exceed the account limit of 5 (RULE-001)",
    {
      kind: "orderDenied",
      intent: {
        side: "buy",
        qty: 6,
        instrument: "MGC",
        terms: { type: "limit", limitPrice: 13_200 },
      },
      denial: { rule: "RULE-001", code: "maxContractsExceeded", limit: 5, value: 6 },
    },
  ],
  [
    "rejected  order K1-3: no margin",
    { kind: "orderRejected", clientOrderId: "K1-3", reason: "no margin" },
  ],
  [
    "rejected  order K1-3: invalid stop price: a buy stop must be above the market at 1324.0, found 1323.5",
    {
      kind: "orderRejected",
      clientOrderId: "K1-3",
      reason: "invalid stop price: a buy stop must be above the market at 13240, found 13235",
    },
  ],
  [
    "rejected  a change of order K1-3: no such price",
    { kind: "modifyRejected", clientOrderId: "K1-3", reason: "no such price" },
  ],
  ["link      the link to the venue is up again", { kind: "linkChanged", problem: null }],
  [
    "unknown   order K1-3: no answer in time",
    { kind: "orderUnconfirmed", clientOrderId: "K1-3", reason: "no answer in time" },
  ],
  [
    "locked    A until 2013-10-08 22:00:00 UTC: the day's realized loss of $512.00 has reached the limit of $500.00 (RULE-003)",
    {
      kind: "accountLocked",
      lockout: {
        accountId: "A",
        until: at("2013-10-08T22:00Z"),
        reason: "dailyLossReached: limit 500, found 512",
        rule: "RULE-003",
      },
    },
  ],
  [
    "locked    A until an admin unlocks it: safe mode, because the journal cannot be trusted",
    {
      kind: "accountLocked",
      lockout: { accountId: "A", until: null, reason: "x", rule: "safeMode" },
    },
  ],
  ["unlocked  L1", { kind: "lockoutEnded", lockoutId: "L1" }],
  [
    "state     the desk is halted: asked by ann",
    {
      kind: "tradingStateChanged",
      scope: { kind: "desk" },
      state: "halted",
      reason: "asked by ann",
    },
  ],
  [
    "state     bot b is active: asked by ann",
    {
      kind: "tradingStateChanged",
      scope: { kind: "bot", botId: "b" },
      state: "active",
      reason: "asked by ann",
    },
  ],
  [
    "armed     A is in guard: asked by ann",
    { kind: "armingChanged", accountId: "A", arming: "guard", by: "ann" },
  ],
  ["link      the link tries again: asked by ann", { kind: "reconnectRequested", by: "ann" }],
  [
    "state     no entries are taken: our clock is 1500 ms ahead of the venue's",
    { kind: "degradedChanged", reason: "our clock is 1500 ms ahead of the venue's" },
  ],
  ["state     entries are taken again", { kind: "degradedChanged", reason: null }],
  ["state     the desk is stopping and takes no entries", { kind: "deskStopping" }],
  ["journal   writable", { kind: "journalWritableChanged", writable: true, reason: "writable" }],
  [
    "finding   A: order K1-3 was not canceled: too late",
    {
      kind: "findingRaised",
      accountId: "A",
      code: "cancelRefused",
      text: "order K1-3 was not canceled: too late",
    },
  ],
])("%s", (text, fact) => {
  expect(factLine(fact as Fact, at("2013-10-08T14:05:00Z"), INSTRUMENTS)).toBe(
    `2013-10-08 14:05:00 UTC  ${text}`,
  );
});

test.each([
  { kind: "orderAccepted" },
  { kind: "botStatusChanged", status: { kind: "running" } },
  { kind: "botStatusChanged", status: { kind: "halted", reason: "it threw" } },
  { kind: "journalWritableChanged", writable: false, reason: "disk full" },
  { kind: "findingRaised", code: "positionMismatch", text: "3 here, 2 there" },
  { kind: "breachFound" },
  { kind: "lossWarned" },
  { kind: "linkChanged", problem: "no route" },
  { kind: "modifyRejected", clientOrderId: "K1-3", reason: "not sent: notArmed" },
])("%o is not worth a line, or its alert tells it", (fact) => {
  expect(factLine(fact as Fact, at("2013-10-08T14:05:00Z"), INSTRUMENTS)).toBeUndefined();
});

test.each([
  [{ type: "market" }, "market"],
  [{ type: "stop", stopPrice: 13_185 }, "stop 1318.5"],
  [{ type: "stopLimit", stopPrice: 13_185, limitPrice: 13_180 }, "stop 1318.5 limit 1318.0"],
  [{ type: "trailingStop", stopPrice: 13_185, trailTicks: 10 }, "trailing stop 1318.5 (10 ticks)"],
])("the terms %o read as %s", (terms, text) => {
  expect(termsText(terms as never, MGC.id, INSTRUMENTS)).toBe(text);
});

test("a price of an instrument nobody knows stays in ticks", () => {
  const terms = { type: "limit", limitPrice: 7 } as never;

  expect(termsText(terms, "XY" as never, INSTRUMENTS)).toBe("limit 7 ticks");
});

import { expect, test } from "vitest";
import type { Denial, DenialCode } from "#core/risk/denial.ts";
import { at } from "./cli-scenario.ts";
import {
  alertSentence,
  breachSentence,
  causeText,
  denialReason,
  denialSentence,
  lockReason,
  reasonText,
  stateReason,
} from "./sentences.ts";

type Case = readonly [Denial["limit"], Denial["value"], string];

/** Every code has a line here, or this does not compile. */
const CASES: Readonly<Record<DenialCode, Case>> = {
  accountUnknown: [null, "A", "no account A is configured"],
  instrumentUnknown: [null, "MNQ", "MNQ is no instrument of this session"],
  instrumentNotAllowed: ["MGC MNQ", "ES", "the account may trade MGC MNQ, not ES"],
  qtyMustBePositive: [1, 0, "the quantity must be at least 1, not 0"],
  priceMustBePositive: [null, -1, "the price must be above zero, not -1"],
  tradingHalted: [null, "desk", "trading is halted for the whole desk"],
  tradingReducing: [null, "A", "only orders that reduce a position are taken for A"],
  accountNotReady: [
    null,
    "A: the link is down: cable",
    "A takes no entries now: the link is down: cable",
  ],
  accountStopped: [
    null,
    "A",
    "the venue has stopped A and lets it open nothing; cancels, stops and closes still go. Ask the firm why; entries are taken again when it may trade again",
  ],
  accountLocked: [
    at("2013-10-08T22:00Z"),
    "L1",
    "the account is locked until 2013-10-08 22:00:00 UTC",
  ],
  flattenRunning: [null, "E1", "positions are being closed; wait until that is done"],
  reduceOnlyWouldIncrease: [
    1,
    "A/MGC: 2",
    "a reduce-only order of 2 MGC exceeds the 1 lot it may take off the position of A",
  ],
  orderSizeExceeded: [5, 6, "an order of 6 lots exceeds the limit of 5"],
  notionalExceeded: [
    100_000,
    132_000.5,
    "an order worth $132000.50 exceeds the limit of $100000.00",
  ],
  priceOutsideCollar: [200, 250, "a price 250 ticks from the market exceeds the limit of 200"],
  noReferencePrice: [null, "MGC", "there is no price of MGC yet"],
  staleMarketData: [60_000, 90_000, "the last price is 1.5 min old, more than the 1 min allowed"],
  positionLimitExceeded: [1, 2, "positions in 2 instruments would exceed the limit of 1"],
  openOrderLimitExceeded: [10, 11, "11 open orders would exceed the limit of 10"],
  duplicateOrder: [500, "K1-3", "an equal order (K1-3) went out less than 500 ms ago"],
  selfMatch: [null, "K1-3", "it would trade against the account's own order K1-3"],
  messageBudgetExhausted: [
    160,
    161,
    "161 messages to the venue would exceed the 160 that entries may use",
  ],
  outsideTradingHours: [null, "MGC", "the market of MGC is closed"],
  queueFull: [null, 1_000, "the queue is full with 1000 orders"],
  notArmed: [null, "guard", "the account is armed to guard only"],
  deskDegraded: [null, "the clock is off", "nothing may open a position: the clock is off"],
  journalNotWritable: [null, null, "the journal cannot be written, so nothing may open a position"],
  botNotRunning: [null, "halted", "the bot is halted"],
  botSignalLimitReached: [100, 101, "101 signals today would exceed the limit of 100"],
  botPositionLimitExceeded: [5, 6, "a position of 6 lots would exceed the limit of 5"],
  botDailyLossReached: [400, 401.5, "the day's loss of $401.50 has reached the limit of $400.00"],
  botDrawdownReached: [400, 400, "a drawdown of $400.00 has reached the limit of $400.00"],
  botOutsideHours: ["regular", "MGC", "MGC is outside its regular trading hours"],
  riskTooSmallForOneLot: [1, 0, "the money at risk is too little for one lot at this stop"],
  rewardTooSmall: [20, 19, "a target of 19 ticks is nearer than the 20 that the risk asks for"],
  maxContractsExceeded: [5, 6, "6 contracts would exceed the account limit of 5"],
  maxContractsPerInstrumentExceeded: [
    0,
    1,
    "1 contract of this product would exceed its limit of 0",
  ],
  instrumentBlocked: [null, "MNQ", "MNQ is blocked"],
  dailyLossReached: [
    500,
    512.25,
    "the day's realized loss of $512.25 has reached the limit of $500.00",
  ],
  dailyLossAtRisk: [
    500,
    520,
    "with all stops hit the day's loss would be $520.00, and the limit is $500.00",
  ],
  stopRequired: [null, null, "an entry needs a stop loss of at least one tick"],
  stopTooFar: [40, 50, "a stop 50 ticks away exceeds the limit of 40"],
};

test.each(Object.entries(CASES))("%s is a sentence", (code, [limit, value, sentence]) => {
  const denial = { rule: "GATE", code: code as DenialCode, limit, value } as const;

  expect(denialSentence(denial)).toBe(`Order denied: ${sentence}`);
});

test.each([
  ["A", "A is no account of the session"],
  ["A: started", "A takes no entries now: it was not compared with the venue yet; wait a moment"],
])("an account that is not ready (%j) says why", (value, text) => {
  const denial = { rule: "GATE", code: "accountNotReady", limit: null, value } as const;

  expect(denialReason(denial)).toBe(text);
});

test("a denial names the rule, or the bot, that decided", () => {
  const numbers = { limit: 5, value: 6 };

  expect(denialReason({ rule: "RULE-001", code: "maxContractsExceeded", ...numbers })).toBe(
    "6 contracts would exceed the account limit of 5 (RULE-001)",
  );
  expect(denialReason({ rule: "BOT", code: "stopTooFar", limit: 2.5, value: 50 })).toBe(
    "a stop 50 ticks away risks more than 2.5 points (limit of the bot)",
  );
});

test.each([
  ["no margin", "no margin"],
  ["no\u{1B}margin", "no?margin"],
  ["accountLocked", "the account is locked"],
  ["not sent: tradingHalted", "not sent: trading is halted"],
  [
    "dailyLossReached: limit 500, found 512.25",
    "the day's realized loss of $512.25 has reached the limit of $500.00",
  ],
  ["not sent: the journal is full", "not sent: the journal is full"],
  ["not sent: accountNotReady", "not sent: the account is not ready; keel status says why"],
  ["not sent: notArmed", "not sent: the account is not armed for it; keel arm changes that"],
  ["not sent: botNotRunning", "not sent: the bot is not running"],
  [
    "AccountViolation",
    "AccountViolation: the firm has stopped the account, or one of its rules forbids this order; keel accounts says whether it may trade",
  ],
])("the reason %j is told as %j", (reason, text) => {
  expect(reasonText(reason)).toBe(text);
});

test("a lockout without an end says who ends it", () => {
  const denial = { rule: "RULE-003", code: "accountLocked", limit: null, value: "L1" } as const;

  expect(denialReason(denial)).toBe("the account is locked until an admin unlocks it (RULE-003)");
});

test.each([
  ["maxContractsExceeded", 5, 6, "6 contracts are held, more than the account limit of 5"],
  [
    "maxContractsPerInstrumentExceeded",
    2,
    3,
    "3 contracts of one product are held, more than its limit of 2",
  ],
  [
    "dailyLossReached",
    500,
    512.5,
    "the day's realized loss of $512.50 has reached the limit of $500.00",
  ],
  [
    "positionWithoutStop",
    10_000,
    10_500,
    "a position has had no full stop for 10.5 s; 10 s are allowed",
  ],
  ["somethingNew", 1, 2, "somethingNew: limit 1, found 2"],
])("a breach %s is a sentence", (code, limit, value, text) => {
  const breach = {
    accountId: "A",
    rule: "RULE-009",
    code,
    limit,
    value,
    remedy: { kind: "alert" },
  };

  expect(breachSentence(breach as never)).toBe(`A: ${text} (RULE-009)`);
});

test("an order that reduces where nothing is held says so", () => {
  const denial = { rule: "GATE", code: "reduceOnlyWouldIncrease", limit: 0, value: "A/MGC: 1" };

  expect(denialReason(denial as never)).toBe("A has nothing in MGC that this order would reduce");
});

test.each([
  [
    "positionWithoutStop",
    "A: positionWithoutStop, limit 10000, found 10000 (RULE-008)",
    "A: a position has had no full stop for 10 s; 10 s are allowed (RULE-008)",
  ],
  [
    "lossWarned",
    "A: 50 % of the limit of RULE-003 is used",
    "A: 50 % of the limit “Daily realized loss” is used (RULE-003)",
  ],
  ["botHalted", "Bot b is halted: it threw", "Bot b is halted: it threw"],
  [
    "safeMode",
    "Safe mode: Journal /d/journal.db is damaged at record 1: expected a record, found that SQLite cannot read there (Error: no such table: records). No record was read before it; nothing sound follows. Nothing was changed. Keep the file, and restore a copy or go on in a new session. Cancel, close and flatten work; nothing else does",
    "Safe mode: Journal /d/journal.db is damaged at record 1: expected a record, found that SQLite cannot read there. No record was read before it; nothing sound follows. Cancel, close and flatten work; nothing else does",
  ],
])("an alert of %s is in words", (code, text, told) => {
  expect(alertSentence({ code, text })).toBe(told);
});

test("safe mode is told at length once, by its alert", () => {
  const reason = "Journal /d/journal.db is damaged at record 1: and so on";
  const short = "safe mode, because the journal cannot be trusted";

  expect([stateReason(reason), lockReason({ reason, rule: "safeMode" })]).toEqual([short, short]);
  expect(stateReason("asked by ann")).toBe("asked by ann");
});

test("what closes a position is named with its number", () => {
  expect([causeText("RULE-003"), causeText("person")]).toEqual([
    "Daily realized loss, RULE-003",
    "person",
  ]);
});

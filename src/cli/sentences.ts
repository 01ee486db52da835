import { instantText } from "#core/domain/instant-text.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Breach } from "#core/risk/breach.ts";
import type { Denial, DenialCode } from "#core/risk/denial.ts";
import { RULES } from "#core/risk/rules/catalogue.ts";
import type { Alert } from "#runtime/session-watch.ts";
import { printable } from "./table.ts";
import { durationText } from "./time-text.ts";

/** `Order denied: 6 contracts would exceed the account limit of 5 (RULE-001)`. */
export function denialSentence(denial: Denial): string {
  return `Order denied: ${denialReason(denial)}`;
}

/** Why the gate said no, with the rule that decided. */
export function denialReason(denial: Denial): string {
  const why = printable(SENTENCES[denial.code](denial));
  switch (denial.rule) {
    case "GATE":
      return why;
    case "BOT":
      return `${why} (limit of the bot)`;
    default:
      return `${why} (${denial.rule})`;
  }
}

/** What closes a position: a rule by its title, with its number. */
export function causeText(cause: string): string {
  const title = titleOf(cause);
  return title === undefined ? cause : `${title}, ${cause}`;
}

function titleOf(rule: string): string | undefined {
  return RULES.find(({ id }) => id === rule)?.title;
}

/** Why an account is locked, with the rule that locked it. */
export function lockReason({ reason, rule }: Pick<Lockout, "reason" | "rule">): string {
  return rule === "safeMode" ? SAFE_MODE : `${reasonText(reason)} (${rule})`;
}

/** Why a trading state was set: by whom, or else because the desk is in safe mode, whose alert says more. */
export function stateReason(reason: string): string {
  return reason.startsWith("asked by ") ? printable(reason) : SAFE_MODE;
}

const SAFE_MODE = "safe mode, because the journal cannot be trusted";

/** What the code of a ProjectX firm means, which says no more than its name. */
const VIOLATION =
  "the firm has stopped the account, or one of its rules forbids this order; keel accounts says whether it may trade";

/** A reason given by the desk; where it is the code of a denial or a breach, in words. */
export function reasonText(reason: string): string {
  const [, broken, limit, value] = /^(\w+): limit ([\d.]+), found ([\d.]+)$/u.exec(reason) ?? [];
  if (broken !== undefined) {
    return whatBroke({ code: broken, limit: Number(limit), value: Number(value) });
  }
  if (reason === "AccountViolation") return `${reason}: ${VIOLATION}`;
  const code = SEND_CODES.find((one) => reason === one || reason === `not sent: ${one}`);
  if (code === undefined) return printable(reason);
  const why = SENTENCES[code]({ rule: "GATE", code, limit: null, value: null });
  return reason === code ? why : `not sent: ${why}`;
}

/** What a rule found broken, with its numbers. */
export function breachSentence({ rule, code, limit, value, accountId }: Breach): string {
  return `${accountId}: ${whatBroke({ code, limit, value })} (${rule})`;
}

/** The text of an alert, with codes and numbers of rules in words. */
export function alertSentence({ code, text }: Pick<Alert, "code" | "text">): string {
  const breach = /^(.+): (\w+), limit ([\d.]+), found ([\d.]+) \((RULE-\d+)\)$/u.exec(text);
  if (breach !== null) {
    const [, accountId = "", broken = "", limit, value, rule = ""] = breach;
    const words = whatBroke({ code: broken, limit: Number(limit), value: Number(value) });
    return `${accountId}: ${words} (${rule})`;
  }
  if (code === "safeMode") return safeModeText(text);
  const warned = /^(.+ % of the limit )of (RULE-\d+)( is used)$/u.exec(text);
  if (warned === null) return printable(text);
  const [, share = "", rule = "", used = ""] = warned;
  return `${share}“${titleOf(rule) ?? rule}”${used} (${rule})`;
}

/** The desk did begin anew, and what the disk said is no help to a person. */
function safeModeText(text: string): string {
  const why = text
    .replace(/\. Nothing was changed\. .*?(?=\. Cancel, close)/su, "")
    .replaceAll(/ \(Error: [^)]*\)/gu, "");
  return printable(why);
}

/** Codes that the desk gives as reasons when an approved order may no longer go out. */
const SEND_CODES: readonly DenialCode[] = [
  "accountUnknown",
  "accountLocked",
  "flattenRunning",
  "journalNotWritable",
  "deskDegraded",
  "tradingHalted",
  "tradingReducing",
  "accountNotReady",
  "accountStopped",
  "notArmed",
  "botNotRunning",
];

function whatBroke({ code, limit, value }: Pick<Breach, "code" | "limit" | "value">): string {
  switch (code) {
    case "maxContractsExceeded":
      return `${value} contracts are held, more than the account limit of ${limit}`;
    case "maxContractsPerInstrumentExceeded":
      return `${value} contracts of one product are held, more than its limit of ${limit}`;
    case "dailyLossReached":
      return `the day's realized loss of ${dollars(value)} has reached the limit of ${dollars(limit)}`;
    case "positionWithoutStop":
      return `a position has had no full stop for ${durationText(value)}; ${durationText(limit)} are allowed`;
    default:
      return `${code}: limit ${limit}, found ${value}`;
  }
}

/** One sentence for each code; the unit of limit and value is the code's. */
const SENTENCES: Readonly<Record<DenialCode, (denial: Denial) => string>> = {
  accountUnknown: ({ value }) =>
    value === null ? "the account is not configured" : `no account ${value} is configured`,
  instrumentUnknown: ({ value }) => `${value} is no instrument of this session`,
  instrumentNotAllowed: ({ limit, value }) => `the account may trade ${limit}, not ${value}`,
  qtyMustBePositive: ({ limit, value }) => `the quantity must be at least ${limit}, not ${value}`,
  priceMustBePositive: ({ value }) => `the price must be above zero, not ${value}`,
  tradingHalted: ({ value }) => `trading is halted${ofWhom(value)}`,
  tradingReducing: ({ value }) => `only orders that reduce a position are taken${ofWhom(value)}`,
  accountNotReady: ({ value }) => notReadySentence(value),
  accountStopped: ({ value }) => stoppedSentence(value),
  accountLocked: ({ limit, value }) => `the account is locked${lockEnd(limit, value)}`,
  flattenRunning: () => "positions are being closed; wait until that is done",
  reduceOnlyWouldIncrease: reduceOnlySentence,
  orderSizeExceeded: ({ limit, value }) =>
    `an order of ${counted(value, "lot")} exceeds the limit of ${limit}`,
  notionalExceeded: ({ limit, value }) =>
    `an order worth ${dollars(value)} exceeds the limit of ${dollars(limit)}`,
  priceOutsideCollar: ({ limit, value }) =>
    `a price ${value} ticks from the market exceeds the limit of ${limit}`,
  noReferencePrice: ({ value }) => `there is no price of ${value} yet`,
  staleMarketData: ({ limit, value }) =>
    `the last price is ${duration(value)} old, more than the ${duration(limit)} allowed`,
  positionLimitExceeded: ({ limit, value }) =>
    `positions in ${counted(value, "instrument")} would exceed the limit of ${limit}`,
  openOrderLimitExceeded: ({ limit, value }) =>
    `${counted(value, "open order")} would exceed the limit of ${limit}`,
  duplicateOrder: ({ limit, value }) =>
    `an equal order (${value}) went out less than ${duration(limit)} ago`,
  selfMatch: ({ value }) => `it would trade against the account's own order ${value}`,
  messageBudgetExhausted: ({ limit, value }) =>
    `${counted(value, "message")} to the venue would exceed the ${limit} that entries may use`,
  outsideTradingHours: ({ value }) => `the market of ${value} is closed`,
  queueFull: ({ value }) => `the queue is full with ${value} orders`,
  notArmed: ({ value }) =>
    value === null
      ? "the account is not armed for it; keel arm changes that"
      : `the account is armed to ${value} only`,
  deskDegraded: ({ value }) => `nothing may open a position: ${value}`,
  journalNotWritable: () => "the journal cannot be written, so nothing may open a position",
  botNotRunning: ({ value }) => (value === null ? "the bot is not running" : `the bot is ${value}`),
  botSignalLimitReached: ({ limit, value }) =>
    `${counted(value, "signal")} today would exceed the limit of ${limit}`,
  botPositionLimitExceeded: ({ limit, value }) =>
    `a position of ${counted(value, "lot")} would exceed the limit of ${limit}`,
  botDailyLossReached: ({ limit, value }) =>
    `the day's loss of ${dollars(value)} has reached the limit of ${dollars(limit)}`,
  botDrawdownReached: ({ limit, value }) =>
    `a drawdown of ${dollars(value)} has reached the limit of ${dollars(limit)}`,
  botOutsideHours: ({ limit, value }) => `${value} is outside its ${limit} trading hours`,
  riskTooSmallForOneLot: () => "the money at risk is too little for one lot at this stop",
  rewardTooSmall: ({ limit, value }) =>
    `a target of ${value} ticks is nearer than the ${limit} that the risk asks for`,
  maxContractsExceeded: ({ limit, value }) =>
    `${counted(value, "contract")} would exceed the account limit of ${limit}`,
  maxContractsPerInstrumentExceeded: ({ limit, value }) =>
    `${counted(value, "contract")} of this product would exceed its limit of ${limit}`,
  instrumentBlocked: ({ value }) => `${value} is blocked`,
  dailyLossReached: ({ limit, value }) =>
    `the day's realized loss of ${dollars(value)} has reached the limit of ${dollars(limit)}`,
  dailyLossAtRisk: ({ limit, value }) =>
    `with all stops hit the day's loss would be ${dollars(value)}, and the limit is ${dollars(limit)}`,
  stopRequired: () => "an entry needs a stop loss of at least one tick",
  stopTooFar: ({ rule, limit, value }) =>
    rule === "BOT"
      ? `a stop ${value} ticks away risks more than ${limit} points`
      : `a stop ${value} ticks away exceeds the limit of ${limit}`,
};

/** The value is the account; null where it is not said which. */
export function stoppedSentence(value: Denial["value"]): string {
  return `the venue has stopped ${value ?? "the account"} and lets it open nothing; cancels, stops and closes still go. Ask the firm why; entries are taken again when it may trade again`;
}

/** The value is the account and why it is not ready: `PRACTICE-1: the link is down: cable`. */
function notReadySentence(value: Denial["value"]): string {
  if (value === null) return "the account is not ready; keel status says why";
  const [, account, reason = ""] = /^(.+?): (.+)$/su.exec(String(value)) ?? [];
  if (account === undefined) return `${value} is no account of the session`;
  return `${account} takes no entries now: ${notReadyReason(reason)}`;
}

/** Until it was compared with the venue for the first time, and again after each time the link was down. */
export function notReadyReason(reason: string): string {
  const isNew = reason === "started";
  return isNew ? "it was not compared with the venue yet; wait a moment" : printable(reason);
}

/** The value is the account, the instrument and the lots of the order: `PRACTICE-1/MGC: 2`. */
function reduceOnlySentence({ limit, value }: Denial): string {
  const [, account, instrument, qty] = /^(.+)\/(.+): (\d+)$/u.exec(String(value)) ?? [];
  if (account === undefined) return "a reduce-only order may only shrink a position";
  if (limit === 0) return `${account} has nothing in ${instrument} that this order would reduce`;
  return `a reduce-only order of ${qty} ${instrument} exceeds the ${counted(limit, "lot")} it may take off the position of ${account}`;
}

function ofWhom(value: Denial["value"]): string {
  if (value === null) return "";
  return value === "desk" ? " for the whole desk" : ` for ${value}`;
}

/** A lockout's limit is the instant of its end. */
function lockEnd(limit: Denial["limit"], value: Denial["value"]): string {
  if (typeof limit === "number") return ` until ${instantText(limit as EpochMs)}`;
  return value === null ? "" : " until an admin unlocks it";
}

function counted(value: Denial["value"], what: string): string {
  return `${value} ${what}${value === 1 ? "" : "s"}`;
}

function dollars(value: Denial["value"]): string {
  return typeof value === "number" ? `$${value.toFixed(2)}` : String(value);
}

function duration(value: Denial["value"]): string {
  return typeof value === "number" ? durationText(value) : String(value);
}

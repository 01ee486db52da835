import { deskTradingState } from "#core/desk/state.ts";
import type { Lockout, RuleId } from "#core/domain/lockout.ts";
import {
  type OrderIntent,
  type OrderTerms,
  isClosed,
  limitOf,
  priceOf,
} from "#core/domain/order.ts";
import { type Ticks, money, moneyToNumber } from "#core/domain/units.ts";
import { entryKey } from "#core/orders/entry-key.ts";
import type { AccountGate } from "./account-gate.ts";
import { type Denial, type DenialCode, denied } from "./denial.ts";
import { isOpenEntry } from "./exposure.ts";
import { closeDownOf, lockoutOn } from "./latches.ts";
import type { RiskView } from "./risk-view.ts";

type Check = (intent: OrderIntent, gate: AccountGate, view: RiskView) => Denial | undefined;

/** The checks every entry passes before any rule is asked, in this order. */
const CHECKS: readonly Check[] = [
  deskTakesEntries,
  accountTakesEntries,
  noLockout,
  noFlattenRunning,
  instrumentAllowed,
  sizeAllowed,
  marketOpen,
  pricesFresh,
  notionalAllowed,
  priceInCollar,
  positionAllowed,
  openOrdersAllowed,
  notSentTwice,
  noSelfMatch,
  budgetLeft,
];

/** What a working entry passes that asks for other prices, whatever its quantity. */
const PRICE_CHECKS: readonly Check[] = [
  marketOpen,
  pricesFresh,
  notionalAllowed,
  priceInCollar,
  noSelfMatch,
  budgetLeft,
];

export function entryDenial(
  intent: OrderIntent,
  gate: AccountGate,
  view: RiskView,
): Denial | undefined {
  return firstDenial(CHECKS, { intent, gate, view });
}

/** The same for the whole of a working entry as it would be after a change. */
export function priceDenial(
  intent: OrderIntent,
  gate: AccountGate,
  view: RiskView,
): Denial | undefined {
  return firstDenial(PRICE_CHECKS, { intent, gate, view });
}

function firstDenial(
  checks: readonly Check[],
  asked: { readonly intent: OrderIntent; readonly gate: AccountGate; readonly view: RiskView },
): Denial | undefined {
  for (const check of checks) {
    const denial = check(asked.intent, asked.gate, asked.view);
    if (denial !== undefined) return denial;
  }
  return undefined;
}

function deskTakesEntries(_intent: OrderIntent, _gate: AccountGate, { state }: RiskView) {
  if (!state.journalWritable) return denied("journalNotWritable");
  if (state.degraded !== null) return denied("deskDegraded", { value: state.degraded });
  const tradingState = deskTradingState(state);
  if (tradingState === "active") return undefined;
  return denied(stateCode(tradingState), { value: "desk" });
}

function accountTakesEntries({ accountId }: OrderIntent, _gate: AccountGate, { state }: RiskView) {
  const account = state.accounts.get(accountId);
  if (account === undefined) return denied("accountNotReady", { value: accountId });
  if (account.isStopped) return denied("accountStopped", { value: accountId });
  if (!account.ready)
    return denied("accountNotReady", { value: `${accountId}: ${account.readyReason}` });
  if (account.tradingState === "active") return undefined;
  return denied(stateCode(account.tradingState), { value: accountId });
}

export function stateCode(state: "reducing" | "halted"): DenialCode {
  return state === "halted" ? "tradingHalted" : "tradingReducing";
}

function noLockout(intent: OrderIntent, _gate: AccountGate, { state }: RiskView) {
  const lockout = lockoutOn(intent, state);
  if (lockout === undefined) return undefined;
  const { rule, until, lockoutId } = lockout;
  const by = isRule(rule) ? rule : "GATE";
  return { rule: by, code: "accountLocked", limit: until, value: lockoutId } as const;
}

function isRule(rule: Lockout["rule"]): rule is RuleId {
  return rule.startsWith("RULE-");
}

function noFlattenRunning(intent: OrderIntent, _gate: AccountGate, { state }: RiskView) {
  const closing = closeDownOf(intent, state);
  return closing === undefined
    ? undefined
    : denied("flattenRunning", { value: closing.enforcementId });
}

function instrumentAllowed(intent: OrderIntent, { limits }: AccountGate, view: RiskView) {
  if (limits.instruments === null) return undefined;
  const root = view.market.instrument(intent.instrument)?.root ?? intent.instrument;
  if (limits.instruments.includes(root)) return undefined;
  return denied("instrumentNotAllowed", { limit: limits.instruments.join(" "), value: root });
}

function sizeAllowed(intent: OrderIntent, { limits }: AccountGate) {
  if (intent.qty <= limits.maxOrderSize) return undefined;
  return denied("orderSizeExceeded", { limit: limits.maxOrderSize, value: intent.qty });
}

function marketOpen(intent: OrderIntent, _gate: AccountGate, view: RiskView) {
  if (view.market.isOpen(intent.instrument, view.now)) return undefined;
  return denied("outsideTradingHours", { value: intent.instrument });
}

function pricesFresh(intent: OrderIntent, { limits }: AccountGate, view: RiskView) {
  const updatedAt = view.market.updatedAt(intent.instrument);
  if (updatedAt === 0) return denied("noReferencePrice", { value: intent.instrument });
  const age = view.now - updatedAt;
  if (age <= limits.staleAfter) return undefined;
  return denied("staleMarketData", { limit: limits.staleAfter, value: age });
}

function notionalAllowed(intent: OrderIntent, { limits }: AccountGate, view: RiskView) {
  const instrument = view.market.instrument(intent.instrument);
  if (limits.maxNotional === null || instrument === undefined) return undefined;
  const price = priceOf(intent.terms) ?? referencePrice(intent, view);
  if (price === null) return denied("noReferencePrice", { value: intent.instrument });
  const notional = BigInt(Math.abs(price)) * BigInt(intent.qty) * instrument.tickValue;
  if (notional <= limits.maxNotional) return undefined;
  const limit = moneyToNumber(limits.maxNotional);
  return denied("notionalExceeded", { limit, value: moneyToNumber(money(notional)) });
}

/** A price farther from the market than the collar is a typing error. */
function priceInCollar(intent: OrderIntent, { limits }: AccountGate, view: RiskView) {
  const prices = [priceOf(intent.terms), limitOf(intent.terms)].filter((one) => one !== undefined);
  if (prices.length === 0) return undefined;
  const reference = referencePrice(intent, view);
  if (reference === null) return denied("noReferencePrice", { value: intent.instrument });
  const distance = Math.max(...prices.map((price) => Math.abs(price - reference)));
  if (distance <= limits.priceCollarTicks) return undefined;
  return denied("priceOutsideCollar", { limit: limits.priceCollarTicks, value: distance });
}

function positionAllowed(intent: OrderIntent, { limits }: AccountGate, view: RiskView) {
  const instruments = view.instrumentsOf(intent.accountId, intent.instrument);
  if (instruments.size <= limits.maxOpenPositions) return undefined;
  return denied("positionLimitExceeded", {
    limit: limits.maxOpenPositions,
    value: instruments.size,
  });
}

function openOrdersAllowed(intent: OrderIntent, { limits }: AccountGate, view: RiskView) {
  const value = view.ordersOf(intent.accountId).filter((order) => !isClosed(order)).length + 1;
  if (value <= limits.maxOpenOrders) return undefined;
  return denied("openOrderLimitExceeded", { limit: limits.maxOpenOrders, value });
}

function notSentTwice(
  intent: OrderIntent,
  { limits }: AccountGate,
  view: RiskView,
): Denial | undefined {
  const key = entryKey(intent);
  for (const entry of view.state.accounts.get(intent.accountId)?.recentEntries ?? []) {
    if (entry.key !== key || view.now - entry.at > limits.duplicateWindow) continue;
    return denied("duplicateOrder", { limit: limits.duplicateWindow, value: entry.clientOrderId });
  }
  return undefined;
}

/** Two orders of one owner that would trade with each other. */
function noSelfMatch(intent: OrderIntent, _gate: AccountGate, view: RiskView): Denial | undefined {
  for (const order of view.ordersOf(intent.accountId)) {
    if (order.instrument !== intent.instrument || order.side === intent.side) continue;
    if (!isOpenEntry(order) || !crosses(intent.terms, order.terms, intent.side)) continue;
    return denied("selfMatch", { value: order.clientOrderId });
  }
  return undefined;
}

function budgetLeft(intent: OrderIntent, { limits }: AccountGate, view: RiskView) {
  const { limit, window, reserve } = limits.messageBudget;
  const sentAt = view.state.accounts.get(intent.accountId)?.sentAt ?? [];
  const used = sentAt.filter((at) => view.now - at < window).length;
  const waiting = view
    .ordersOf(intent.accountId)
    .filter(({ status }) => status.kind === "queued").length;
  const value = used + waiting + 1;
  if (value <= limit - reserve) return undefined;
  return denied("messageBudgetExhausted", { limit: limit - reserve, value });
}

/** Whether the intent would trade against our own resting limit order. */
function crosses(taker: OrderTerms, resting: OrderTerms, side: OrderIntent["side"]): boolean {
  if (resting.type !== "limit") return false;
  if (taker.type === "market") return true;
  if (taker.type !== "limit") return false;
  return side === "buy"
    ? taker.limitPrice >= resting.limitPrice
    : taker.limitPrice <= resting.limitPrice;
}

function referencePrice(intent: OrderIntent, view: RiskView): Ticks | null {
  const { bidPrice, askPrice, lastPrice } = view.market.touch(intent.instrument);
  return (intent.side === "buy" ? askPrice : bidPrice) ?? lastPrice;
}

import { instantText } from "#core/domain/instant-text.ts";
import { formatPrice } from "#core/domain/instrument.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import { type Order, type OrderTerms, openQty, priceOf, sideSign } from "#core/domain/order.ts";
import { absLots } from "#core/domain/position.ts";
import type { Lots, Ticks } from "#core/domain/units.ts";
import { stopGrace } from "#core/risk/rules/no-stop-loss-grace.ts";
import type { HaltScope } from "./request.ts";
import type { Turn } from "./turn.ts";

// What a person should know who asks for something that is done, or done in part.

/** The lockouts that a halt which ends leaves; null for none. */
export function lockoutNote(turn: Turn, scope: HaltScope): string | null {
  const left = [...turn.state.lockouts.values()].filter(({ accountId }) => {
    return scope.kind === "desk" || (scope.kind === "account" && scope.accountId === accountId);
  });
  return left.length === 0 ? null : left.map(lockoutText).join("; ");
}

function lockoutText({ accountId, scope, rule, until }: Lockout): string {
  const what = scope.kind === "account" ? accountId : `${scope.instrument} of ${accountId}`;
  const end = until === null ? "until an admin unlocks it" : `until ${instantText(until)}`;
  return `${what} stays locked ${end} (${rule}), which nobody can shorten`;
}

/** Why a stop cannot be moved there: the market has reached the price, and the venue would refuse. */
export function stopReached(turn: Turn, order: Order, terms: OrderTerms): string | undefined {
  const stop = terms.type === "limit" ? undefined : priceOf(terms);
  const instrument = turn.market.instrument(order.instrument);
  if (stop === undefined || stop === priceOf(order.terms) || instrument === undefined) return;
  const market = marketFor(turn, order);
  if (market === null || (stop - market) * sideSign(order.side) > 0) return undefined;
  const where = order.side === "buy" ? "above" : "below";
  const [expected, found] = [market, stop].map((price) => formatPrice(instrument, price));
  const leave = order.reduceOnly
    ? `; to leave now, say keel close ${order.accountId} ${order.instrument}`
    : "";
  return `a stop to ${order.side} must be ${where} the market at ${expected}, found ${found}${leave}`;
}

function marketFor(turn: Turn, { instrument, side }: Order): Ticks | null {
  const { lastPrice, bidPrice, askPrice } = turn.market.touch(instrument);
  return lastPrice ?? (side === "buy" ? askPrice : bidPrice);
}

/** The desk keeps as many lots in a leg as it protects: what a person asks for is not done. Null where it is the same. */
export function legSizeNote(leg: Order, qty: Lots): string | null {
  if (qty === leg.qty) return null;
  const lots = openQty(leg);
  return `the size of a leg follows the position, so it stays at ${lots} lot${lots === 1 ? "" : "s"}`;
}

/** What follows when a stop goes that a position needs; null where enough others work. */
export function unprotectedNote(turn: Turn, order: Order): string | null {
  const { accountId, instrument, terms } = order;
  if (terms.type === "market" || terms.type === "limit") return null;
  const position = turn.view.position(accountId, instrument);
  if (position === undefined || position.qty * sideSign(order.side) >= 0) return null;
  if (turn.view.stopCover(position) >= absLots(position.qty)) return null;
  const what = `the position in ${instrument} has no full stop then`;
  const rule = stopGrace(turn.gates.get(accountId)?.config.rules ?? {});
  if (rule === undefined) return `${what}, and no rule closes it`;
  const since = turn.view.unprotectedSince(position) ?? turn.now;
  const seconds = Math.max(0, Math.ceil((since + rule.grace - turn.now) / 1_000));
  return rule.onBreach === "close"
    ? `${what}: unless another works within ${seconds} s, RULE-008 closes it`
    : `${what}: RULE-008 tells of it after ${seconds} s, and closes nothing`;
}

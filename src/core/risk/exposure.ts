import type { DeskState } from "#core/desk/state.ts";
import { findPosition } from "#core/desk/state.ts";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import {
  type Order,
  type OrderIntent,
  type OrderTerms,
  isClosed,
  openQty,
  qtyAtMost,
} from "#core/domain/order.ts";
import { type Position, closingSide } from "#core/domain/position.ts";

/** The farthest a position can get if the worst part of everything that may still fill does fill, in lots. */
export type WorstCase = {
  readonly long: number;
  readonly short: number;
  /** The larger of both, as a size. */
  readonly size: number;
};

/**
 * Worst case of one instrument (R9): the position plus everything queued, in flight, unconfirmed or working, on
 * each side by itself. Of two legs that cancel each other only the larger counts. `extra` is an intent not yet
 * approved.
 */
export function worstCase(
  state: DeskState,
  accountId: AccountId,
  instrument: InstrumentId,
  extra?: Pick<OrderIntent, "side" | "qty">,
): WorstCase {
  let buys = extra?.side === "buy" ? extra.qty : 0;
  let sells = extra?.side === "sell" ? extra.qty : 0;
  const legs = new Map<string, { readonly side: string; qty: number }>();
  for (const order of state.openOrders.values()) {
    if (order.accountId !== accountId || order.instrument !== instrument) continue;
    const qty = mayFill(order);
    if (isLeg(order) && order.parent !== null) {
      const leg = legs.get(order.parent) ?? { side: order.side, qty: 0 };
      leg.qty = Math.max(leg.qty, qty);
      legs.set(order.parent, leg);
    } else if (order.side === "buy") buys += qty;
    else sells += qty;
  }
  for (const { side, qty } of legs.values()) {
    if (side === "buy") buys += qty;
    else sells += qty;
  }
  const qty = findPosition(state, accountId, instrument)?.qty ?? 0;
  const long = qty + buys;
  const short = qty - sells;
  return { long, short, size: Math.max(Math.abs(long), Math.abs(short)) };
}

/** Lots of an order that may still fill, a larger quantity asked for by a pending change included. */
export function mayFill(order: Order): number {
  if (isClosed(order)) return openQty(order);
  return Math.max(openQty(order), qtyAtMost(order) - order.filledQty);
}

export function isLeg(order: Pick<Order, "purpose">): boolean {
  return order.purpose === "stopLoss" || order.purpose === "takeProfit";
}

/** An order that may still open or grow a position. */
export function isOpenEntry(order: Order): boolean {
  return !order.reduceOnly && !isClosed(order);
}

/**
 * Lots of a position that no exit on its way has claimed yet. Claimed is what market exits may take, and fills that
 * the venue counted and has not told. A resting exit yields to one that executes at once, and a target to a stop: of
 * resting exits only those like the new one claim, so that neither two targets nor two stops exceed the position.
 */
export function unclaimedLots(
  state: DeskState,
  exit: Pick<OrderIntent, "accountId" | "instrument" | "terms">,
): number {
  const position = findPosition(state, exit.accountId, exit.instrument);
  if (position === undefined) return 0;
  const claims = new Set(["market", restingKind(exit.terms)]);
  let claimed = 0;
  for (const order of state.openOrders.values()) {
    if (order.accountId !== exit.accountId || order.instrument !== exit.instrument) continue;
    if (order.side !== closingSide(position.qty)) continue;
    const isClaiming = order.reduceOnly && !isLeg(order) && claims.has(restingKind(order.terms));
    if (isClaiming || isClosed(order)) claimed += mayFill(order);
  }
  return Math.max(0, Math.abs(position.qty) - claimed);
}

function restingKind({ type }: OrderTerms): "market" | "limit" | "stop" {
  return type === "market" || type === "limit" ? type : "stop";
}

/** A stop on the closing side of a position and no larger than it: it guards the position, whoever placed it. */
export function isProtective(order: Order, position: Position | undefined): boolean {
  if (position === undefined) return false;
  if (restingKind(order.terms) !== "stop" || order.side !== closingSide(position.qty)) return false;
  return mayFill(order) <= Math.abs(position.qty);
}

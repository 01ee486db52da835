import { findOrder, findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";
import {
  type Fill,
  type Order,
  type OrderTerms,
  type PendingChange,
  type Side,
  isClosed,
  openQty,
  oppositeSide,
  priceOf,
  sideSign,
} from "#core/domain/order.ts";
import { type Lots, NO_LOTS, type Ticks } from "#core/domain/units.ts";
import { startClose } from "#core/risk/enforce.ts";
import { isLeg } from "#core/risk/exposure.ts";
import { lookSoon } from "./answers.ts";
import type { BracketGroup } from "./bracket-group.ts";
import {
  isObserved,
  isVenueHeld,
  placeIntent,
  reducing,
  requestCancel,
  requestModify,
} from "./place.ts";
import { expectLegs, isVenueDue } from "./venue-legs.ts";

/** Stops refused or lost this often are not tried again: the position is closed instead (never silent). */
const STOP_FAILURES_MAX = 3;

/** Keeps the groups in step with a fill that was just booked. */
export function bracketFill(turn: Turn, fill: Fill): void {
  const order = findOrder(turn.state, fill.clientOrderId);
  if (order === undefined) return;
  if (order.purpose === "entry" && order.bracket !== null) growGroup(turn, order, fill);
  else if (isLeg(order) && order.parent !== null) shrinkGroup(turn, order.parent, fill.qty);
  if (order.reduceOnly) closeReversal(turn, fill);
}

/**
 * A leg that ended without filling and without our asking. A lost stop is counted and replaced, or the position
 * closed; a lost target is given up.
 */
export function bracketLegEnded(turn: Turn, leg: Order): void {
  const group = groupOf(turn, leg);
  if (group === undefined || group.openQty === 0 || leg.change?.kind === "cancel") return;
  if (leg.clientOrderId === group.stopLossId) {
    countStopFailure(turn, group);
  } else if (leg.clientOrderId === group.takeProfitId) {
    turn.emit({ kind: "bracketChanged", group: { ...group, targetPrice: null } });
  }
}

/**
 * The venue would not change a leg. One that was to be moved stays where it is, and the group with it. A stop that
 * cannot be resized counts as lost; a target is given up, before it closes more than is held.
 */
export function bracketLegRefused(
  turn: Turn,
  leg: Order,
  asked: Extract<PendingChange, { kind: "modify" }>,
): void {
  const group = groupOf(turn, leg);
  if (group === undefined) return;
  const price = priceOf(leg.terms) ?? null;
  if (price !== priceOf(asked.terms)) return moveLeg(turn, leg, price);
  if (leg.clientOrderId === group.takeProfitId) return moveLeg(turn, leg, null);
  if (leg.clientOrderId === group.stopLossId) countStopFailure(turn, group);
}

/** A leg was moved or withdrawn by hand, here or at the venue: the group follows. Null withdraws it. */
export function moveLeg(turn: Turn, leg: Order, price: Ticks | null): void {
  const group = groupOf(turn, leg);
  if (group === undefined) return;
  if (leg.clientOrderId === group.stopLossId) {
    turn.emit({ kind: "bracketChanged", group: { ...group, stopPrice: price } });
  } else if (leg.clientOrderId === group.takeProfitId) {
    turn.emit({ kind: "bracketChanged", group: { ...group, targetPrice: price } });
  }
}

/** Level-triggered (R10): compares what should protect the account with what does, and asks for the difference. */
export function maintainBrackets(turn: Turn, accountId: AccountId): void {
  trimGroups(turn, accountId);
  for (const group of turn.state.brackets.values()) {
    if (group.accountId === accountId) maintain(turn, group);
  }
}

/** Stop and target of an average entry; where it lies between ticks, the stop goes away from it, the target toward it. */
export function legPrices(
  side: Side,
  entry: { readonly ticks: number; readonly qty: number },
  bracket: BracketGroup["bracket"],
): { readonly stopPrice: Ticks; readonly targetPrice: Ticks | null } {
  const average = entry.ticks / entry.qty;
  const toward = side === "buy" ? Math.floor(average) : Math.ceil(average);
  const sign = sideSign(side);
  const stopPrice = (toward - sign * bracket.stopLossTicks) as Ticks;
  if (bracket.takeProfitTicks === null) return { stopPrice, targetPrice: null };
  return { stopPrice, targetPrice: (toward + sign * bracket.takeProfitTicks) as Ticks };
}

function growGroup(turn: Turn, entry: Order, fill: Fill): void {
  const { bracket, clientOrderId: entryId, accountId, instrument, side } = entry;
  if (bracket === null) return;
  const known = turn.state.brackets.get(entryId);
  const entryQty = ((known?.entryQty ?? 0) + fill.qty) as Lots;
  const entryTicks = (known?.entryTicks ?? 0) + fill.price * fill.qty;
  const openQty = ((known?.openQty ?? 0) + fill.qty) as Lots;
  const prices = legPrices(side, { ticks: entryTicks, qty: entryQty }, bracket);
  const before =
    known && legPrices(side, { ticks: known.entryTicks, qty: known.entryQty }, bracket);
  const group: BracketGroup = {
    entryId,
    accountId,
    instrument,
    side,
    bracket,
    entryQty,
    entryTicks,
    openQty,
    stopPrice:
      known?.stopPrice === before?.stopPrice ? prices.stopPrice : (known?.stopPrice ?? null),
    targetPrice:
      known?.targetPrice === before?.targetPrice
        ? prices.targetPrice
        : (known?.targetPrice ?? null),
    stopLossId: known?.stopLossId ?? null,
    takeProfitId: known?.takeProfitId ?? null,
    stopFailures: known?.stopFailures ?? 0,
    isVenueHeld: known?.isVenueHeld ?? isVenueHeld(turn, accountId),
  };
  turn.emit({
    kind: "bracketChanged",
    group: known === undefined ? expectLegs(turn, group) : group,
  });
  if (group.isVenueHeld) lookSoon(turn, accountId);
}

/** A leg has filled: the other yields as much, and what the entry has not filled yet is not wanted any more. */
function shrinkGroup(turn: Turn, entryId: BracketGroup["entryId"], qty: Lots): void {
  const group = turn.state.brackets.get(entryId);
  if (group === undefined) return;
  const openQty = Math.max(0, group.openQty - qty) as Lots;
  turn.emit({ kind: "bracketChanged", group: { ...group, openQty } });
  const entry = turn.state.openOrders.get(entryId);
  if (entry !== undefined && !isClosed(entry)) requestCancel(turn, entry);
}

/** Legs together never cover more than the position: what else closed it comes off the oldest group first. */
function trimGroups(turn: Turn, accountId: AccountId): void {
  const uncovered = new Map<string, number>();
  for (const group of [...turn.state.brackets.values()].toReversed()) {
    if (group.accountId !== accountId) continue;
    const { instrument, side } = group;
    const key = `${instrument} ${side}`;
    const held = (findPosition(turn.state, accountId, instrument)?.qty ?? 0) * sideSign(side);
    const left = uncovered.get(key) ?? Math.max(0, held);
    const openQty = Math.min(group.openQty, left) as Lots;
    uncovered.set(key, left - openQty);
    if (openQty < group.openQty)
      turn.emit({ kind: "bracketChanged", group: { ...group, openQty } });
  }
}

/** Two exits filled where only one could: the lots beyond flat are a position that nobody wanted. */
function closeReversal(turn: Turn, { accountId, instrument, side, qty }: Fill): void {
  const held = (findPosition(turn.state, accountId, instrument)?.qty ?? 0) * sideSign(side);
  const keepQty = Math.max(0, held - qty) as Lots;
  if (held > 0) startClose(turn, { accountId, instrument, keepQty, cause: "unprotected" });
}

function maintain(turn: Turn, group: BracketGroup): void {
  const stop = legOf(turn, group.stopLossId);
  const target = legOf(turn, group.takeProfitId);
  if (group.openQty === 0) return dissolve(turn, group, [stop, target]);
  // Nothing may be sent: what is missing is no failure of the venue.
  if (isObserved(turn, group.accountId)) return;
  if (group.stopFailures >= STOP_FAILURES_MAX) {
    const { accountId, instrument } = group;
    return startClose(turn, { accountId, instrument, keepQty: NO_LOTS, cause: "unprotected" });
  }
  const qty = (group.openQty - owedLots(turn, group)) as Lots;
  if (qty <= 0 || isVenueDue(turn, group)) return;
  keepLeg(turn, group, {
    purpose: "stopLoss",
    order: stop,
    qty,
    terms: group.stopPrice === null ? null : { type: "stop", stopPrice: group.stopPrice },
  });
  keepLeg(turn, group, {
    purpose: "takeProfit",
    order: target,
    qty,
    terms: group.targetPrice === null ? null : { type: "limit", limitPrice: group.targetPrice },
  });
}

/** Lots that ended legs have closed already, by fills that the venue has counted and not told. */
function owedLots(turn: Turn, { entryId }: BracketGroup): number {
  let owed = 0;
  for (const order of turn.state.openOrders.values()) {
    if (isLeg(order) && order.parent === entryId && isClosed(order)) owed += openQty(order);
  }
  return owed;
}

/** Nothing is left to protect: both legs go, and the group with the last of them. */
function dissolve(turn: Turn, group: BracketGroup, legs: readonly (Order | undefined)[]): void {
  const open = legs.filter((leg) => leg !== undefined).filter((leg) => !isClosed(leg));
  for (const leg of open) requestCancel(turn, leg);
  const entryMayFill = turn.state.openOrders.has(group.entryId);
  if (open.length === 0 && !entryMayFill) {
    turn.emit({ kind: "bracketClosed", entryId: group.entryId });
  }
}

/** What one leg should be. */
type WantedLeg<Terms> = {
  readonly purpose: "stopLoss" | "takeProfit";
  readonly qty: Lots;
  readonly terms: Terms;
};

/** One leg, brought to the quantity and price it should have. A leg with a change in flight is left until it is answered. */
function keepLeg(
  turn: Turn,
  group: BracketGroup,
  leg: WantedLeg<OrderTerms | null> & { readonly order: Order | undefined },
): void {
  const { order, terms, purpose, qty } = leg;
  const isOpen = order !== undefined && !isClosed(order);
  if (terms === null) {
    if (isOpen) requestCancel(turn, order);
    return;
  }
  if (!isOpen) return placeLeg(turn, group, { purpose, qty, terms });
  if (order.status.kind !== "working" || order.change !== null) return;
  requestModify(turn, order, { qty: (order.filledQty + qty) as Lots, terms });
}

function placeLeg(turn: Turn, group: BracketGroup, leg: WantedLeg<OrderTerms>): void {
  const { accountId, instrument, entryId } = group;
  const source = findOrder(turn.state, entryId)?.source ?? { kind: "desk" };
  const side = oppositeSide(group.side);
  const intent = reducing({ accountId, instrument, side, ...leg }, { source, parent: entryId });
  const placed = placeIntent(turn, intent);
  const current = turn.state.brackets.get(entryId) ?? group;
  const id = placed.kind === "approved" ? placed.order.clientOrderId : null;
  if (leg.purpose === "stopLoss") {
    if (id === null) return countStopFailure(turn, current);
    return turn.emit({ kind: "bracketChanged", group: { ...current, stopLossId: id } });
  }
  const changed = id === null ? { targetPrice: null } : { takeProfitId: id };
  turn.emit({ kind: "bracketChanged", group: { ...current, ...changed } });
}

function countStopFailure(turn: Turn, group: BracketGroup): void {
  const stopFailures = group.stopFailures + 1;
  turn.emit({ kind: "bracketChanged", group: { ...group, stopFailures, isVenueHeld: false } });
}

function legOf(turn: Turn, id: BracketGroup["stopLossId"]): Order | undefined {
  return id === null ? undefined : findOrder(turn.state, id);
}

function groupOf(turn: Turn, leg: Order): BracketGroup | undefined {
  return leg.parent === null || !isLeg(leg) ? undefined : turn.state.brackets.get(leg.parent);
}

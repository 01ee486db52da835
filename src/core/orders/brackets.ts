import { findOrder, findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";
import {
  type Fill,
  type Order,
  type OrderTerms,
  type Side,
  isClosed,
  oppositeSide,
  sideSign,
} from "#core/domain/order.ts";
import { type Lots, NO_LOTS, type Ticks } from "#core/domain/units.ts";
import { startClose } from "#core/risk/enforce.ts";
import { isLeg } from "#core/risk/exposure.ts";
import type { BracketGroup } from "./bracket-group.ts";
import { placeIntent, reducing, requestCancel, requestModify } from "./place.ts";

/** Stops refused or lost this often are not tried again: the position is closed instead (never silent). */
const STOP_FAILURES_MAX = 3;

/** Keeps the groups in step with a fill that was just booked. */
export function bracketFill(turn: Turn, fill: Fill): void {
  const order = findOrder(turn.state, fill.clientOrderId);
  if (order === undefined) return;
  if (order.purpose === "entry" && order.bracket !== null) growGroup(turn, order, fill);
  else if (isLeg(order) && order.parent !== null) shrinkGroup(turn, order.parent, fill.qty);
  trimGroups(turn, fill);
}

/**
 * A leg that ended without filling and without our asking. A lost stop is counted and replaced, or the position
 * closed; a lost target is given up.
 */
export function bracketLegEnded(turn: Turn, leg: Order): void {
  const group = groupOf(turn, leg);
  if (group === undefined || group.openQty === 0 || leg.change?.kind === "cancel") return;
  if (leg.clientOrderId === group.stopLossId) {
    turn.emit({
      kind: "bracketChanged",
      group: { ...group, stopFailures: group.stopFailures + 1 },
    });
  } else if (leg.clientOrderId === group.takeProfitId) {
    turn.emit({ kind: "bracketChanged", group: { ...group, targetPrice: null } });
  }
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
  const group: BracketGroup = {
    entryId,
    accountId,
    instrument,
    side,
    bracket,
    entryQty,
    entryTicks,
    openQty,
    stopPrice: known?.stopPrice === null ? null : prices.stopPrice,
    targetPrice: known?.targetPrice === null ? null : prices.targetPrice,
    stopLossId: known?.stopLossId ?? null,
    takeProfitId: known?.takeProfitId ?? null,
    stopFailures: known?.stopFailures ?? 0,
  };
  turn.emit({ kind: "bracketChanged", group });
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
function trimGroups(turn: Turn, fill: Fill): void {
  const held = findPosition(turn.state, fill.accountId, fill.instrument)?.qty ?? 0;
  for (const side of ["buy", "sell"] as const) {
    let excess = -Math.max(0, held * sideSign(side));
    const groups = [...turn.state.brackets.values()].filter(
      (group) =>
        group.accountId === fill.accountId &&
        group.instrument === fill.instrument &&
        group.side === side,
    );
    for (const { openQty } of groups) excess += openQty;
    for (const group of groups) {
      if (excess <= 0) break;
      const cut = Math.min(excess, group.openQty);
      excess -= cut;
      if (cut === 0) continue;
      const openQty = (group.openQty - cut) as Lots;
      turn.emit({ kind: "bracketChanged", group: { ...group, openQty } });
    }
  }
}

function maintain(turn: Turn, group: BracketGroup): void {
  const stop = legOf(turn, group.stopLossId);
  const target = legOf(turn, group.takeProfitId);
  if (group.openQty === 0) return dissolve(turn, group, [stop, target]);
  if (group.stopFailures >= STOP_FAILURES_MAX) {
    const { accountId, instrument } = group;
    return startClose(turn, { accountId, instrument, keepQty: NO_LOTS, cause: "unprotected" });
  }
  keepLeg(turn, group, {
    purpose: "stopLoss",
    order: stop,
    terms: group.stopPrice === null ? null : { type: "stop", stopPrice: group.stopPrice },
  });
  keepLeg(turn, group, {
    purpose: "takeProfit",
    order: target,
    terms: group.targetPrice === null ? null : { type: "limit", limitPrice: group.targetPrice },
  });
}

/** Nothing is left to protect: both legs go, and the group with the last of them. */
function dissolve(turn: Turn, group: BracketGroup, legs: readonly (Order | undefined)[]): void {
  const entry = turn.state.openOrders.get(group.entryId);
  const open = legs.filter((leg) => leg !== undefined && !isClosed(leg));
  for (const leg of open) {
    if (leg !== undefined) requestCancel(turn, leg);
  }
  const entryMayFill = entry !== undefined;
  if (open.length === 0 && !entryMayFill) {
    turn.emit({ kind: "bracketClosed", entryId: group.entryId });
  }
}

/** One leg, brought to the group's quantity and price. A leg with a change in flight is left until it is answered. */
function keepLeg(
  turn: Turn,
  group: BracketGroup,
  leg: {
    readonly purpose: "stopLoss" | "takeProfit";
    readonly order: Order | undefined;
    readonly terms: OrderTerms | null;
  },
): void {
  const { order, terms, purpose } = leg;
  const isOpen = order !== undefined && !isClosed(order);
  if (terms === null) {
    if (isOpen) requestCancel(turn, order);
    return;
  }
  if (!isOpen) return placeLeg(turn, group, { purpose, terms });
  if (order.status.kind !== "working" || order.change !== null) return;
  requestModify(turn, order, { qty: (order.filledQty + group.openQty) as Lots, terms });
}

function placeLeg(
  turn: Turn,
  group: BracketGroup,
  leg: { readonly purpose: "stopLoss" | "takeProfit"; readonly terms: OrderTerms },
): void {
  const { accountId, instrument, entryId, openQty } = group;
  const source = findOrder(turn.state, entryId)?.source ?? { kind: "desk" };
  const side = oppositeSide(group.side);
  const intent = reducing(
    { accountId, instrument, side, qty: openQty, ...leg },
    { source, parent: entryId },
  );
  const placed = placeIntent(turn, intent);
  const current = turn.state.brackets.get(entryId) ?? group;
  if (placed.kind === "denied") {
    if (leg.purpose === "takeProfit") return;
    const stopFailures = current.stopFailures + 1;
    return turn.emit({ kind: "bracketChanged", group: { ...current, stopFailures } });
  }
  const id = placed.order.clientOrderId;
  const changed = leg.purpose === "stopLoss" ? { stopLossId: id } : { takeProfitId: id };
  turn.emit({ kind: "bracketChanged", group: { ...current, ...changed } });
}

function legOf(turn: Turn, id: BracketGroup["stopLossId"]): Order | undefined {
  return id === null ? undefined : findOrder(turn.state, id);
}

function groupOf(turn: Turn, leg: Order): BracketGroup | undefined {
  return leg.parent === null || !isLeg(leg) ? undefined : turn.state.brackets.get(leg.parent);
}

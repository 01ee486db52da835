import { accountOf } from "#core/desk/evolve.ts";
import { findOrder, findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";
import { type Order, isClosed, priceOf, sameTerms } from "#core/domain/order.ts";
import type { AccountSnapshot, VenueOrder, VenuePosition } from "#core/domain/report.ts";
import type { EpochMs, Lots, Money, SignedLots } from "#core/domain/units.ts";
import { flatPosition } from "#core/positions/book-fill.ts";
import { book } from "#core/positions/book.ts";
import { adoptForFill, externalOrder, externalOrderId } from "./adopt.ts";
import { bracketLegEnded, moveLeg } from "./brackets.ts";

/** Fills and orders are asked for from a little before the last agreement: clocks and lists lag. */
const LOOK_BACK_MS = 300_000;

/** Asks the venue for its truth about an account, from before anything that is still open with us. */
export function requestSnapshot(turn: Turn, accountId: AccountId): void {
  let since: number = accountOf(turn.state, accountId).reconciledAt;
  for (const order of turn.view.ordersOf(accountId)) since = Math.min(since, order.approvedAt);
  turn.ask({
    kind: "requestSnapshot",
    accountId,
    since: Math.max(0, since - LOOK_BACK_MS) as EpochMs,
  });
  const timeout = turn.state.session?.answerTimeout ?? 0;
  turn.agenda.set(
    { kind: "snapshot", accountId },
    (turn.now + 2 * Math.max(1, timeout)) as EpochMs,
  );
}

/**
 * Compares the venue's word with ours and emits the difference. Doing it twice changes nothing (R15). When it is
 * done, fills, working orders and positions are the venue's, and the account may take entries again.
 */
export function decideSnapshot(turn: Turn, snapshot: AccountSnapshot): void {
  const { accountId } = snapshot;
  if (!turn.state.accounts.has(accountId)) return;
  turn.touch(accountId);
  for (const seen of snapshot.orders) adoptUnknown(turn, accountId, seen);
  for (const fill of snapshot.fills) {
    if (findOrder(turn.state, fill.clientOrderId) === undefined) adoptForFill(turn, fill);
    book(turn, fill);
  }
  for (const seen of snapshot.orders) settleOrder(turn, seen, snapshot.asOf);
  for (const order of turn.view.ordersOf(accountId)) settleMissing(turn, order, snapshot);
  for (const position of turn.view.openPositions(accountId))
    comparePosition(turn, position, snapshot);
  for (const seen of snapshot.positions) {
    const ours = findPosition(turn.state, accountId, seen.instrument);
    if (ours === undefined || ours.qty === 0)
      comparePosition(turn, { accountId, ...seen }, snapshot);
  }
  turn.agenda.drop({ kind: "snapshot", accountId });
  const hasUnknown = turn.view
    .ordersOf(accountId)
    .some(({ status }) => status.kind === "unconfirmed");
  if (hasUnknown) turn.agenda.set({ kind: "snapshot", accountId }, retryAt(turn));
  const { asOf } = snapshot;
  if (!accountOf(turn.state, accountId).ready) {
    turn.emit({ kind: "accountReadyChanged", accountId, ready: true, asOf, reason: "reconciled" });
  }
}

function adoptUnknown(turn: Turn, accountId: AccountId, seen: VenueOrder): void {
  const id = seen.clientOrderId ?? externalOrderId(seen.venueOrderId);
  if (seen.state !== "working" || findOrder(turn.state, id) !== undefined) return;
  const order = externalOrder(turn, { ...seen, accountId, clientOrderId: id });
  turn.emit({ kind: "orderAdopted", order: { ...order, venueFilledQty: seen.filledQty } });
  raise(turn, accountId, {
    code: "externalOrder",
    text: `order ${seen.venueOrderId} was placed elsewhere`,
  });
}

/** Brings one order of ours to what the venue says it is. */
function settleOrder(turn: Turn, seen: VenueOrder, asOf: EpochMs): void {
  const id = seen.clientOrderId ?? externalOrderId(seen.venueOrderId);
  const order = turn.state.openOrders.get(id);
  if (order === undefined || changedAfter(order, asOf)) return;
  const { clientOrderId } = order;
  const isWaiting = order.status.kind === "inFlight" || order.status.kind === "unconfirmed";
  if (isWaiting && seen.state !== "rejected") {
    turn.emit({ kind: "orderAccepted", clientOrderId, venueOrderId: seen.venueOrderId });
  }
  switch (seen.state) {
    case "working":
      if (order.change !== null) turn.emit(changeLost(order));
      if (seen.qty !== order.qty || !sameTerms(seen.terms, order.terms)) {
        turn.emit({ kind: "orderModified", clientOrderId, qty: seen.qty, terms: seen.terms });
        if (order.change === null) moveLeg(turn, order, priceOf(seen.terms) ?? null);
      }
      return;
    case "filled":
    case "canceled":
    case "expired": {
      const end = {
        clientOrderId,
        at: turn.now,
        venueFilledQty: seen.filledQty,
        reason: "found at the venue",
      };
      if (isClosed(order)) return;
      if (seen.state === "expired") turn.emit({ kind: "orderExpired", ...end });
      else turn.emit({ kind: "orderCanceled", ...end });
      bracketLegEnded(turn, order);
      return;
    }
    case "rejected":
      if (isWaiting) {
        turn.emit({ kind: "orderRejected", clientOrderId, at: turn.now, reason: "found rejected" });
        bracketLegEnded(turn, order);
      }
  }
}

/** A cancel or modify that the venue shows no trace of: it can be asked again. */
function changeLost(order: Order) {
  const { clientOrderId } = order;
  const reason = "the venue shows no trace of it";
  if (order.change?.kind === "cancel")
    return { kind: "cancelRejected", clientOrderId, reason } as const;
  return { kind: "modifyRejected", clientOrderId, reason } as const;
}

/** An order of ours that an authoritative answer, old enough to have seen it, does not hold (R5). */
function settleMissing(turn: Turn, order: Order, snapshot: AccountSnapshot): void {
  const listed = snapshot.orders.some(
    (seen) =>
      seen.clientOrderId === order.clientOrderId || seen.venueOrderId === order.venueOrderId,
  );
  if (listed || order.status.kind === "queued" || isClosed(order)) return;
  if (changedAfter(order, snapshot.asOf)) return;
  const timeout = turn.state.session?.answerTimeout ?? 0;
  const { status } = order;
  const isUnanswered = status.kind === "inFlight" || status.kind === "unconfirmed";
  if (isUnanswered && snapshot.asOf < status.since + timeout) return;
  const reason = isUnanswered ? "never arrived at the venue" : "gone from the venue";
  const { clientOrderId, accountId, filledQty } = order;
  turn.emit({
    kind: "orderCanceled",
    clientOrderId,
    at: turn.now,
    venueFilledQty: filledQty,
    reason,
  });
  bracketLegEnded(turn, order);
  raise(turn, accountId, { code: "orderMissing", text: `order ${clientOrderId} ${reason}` });
}

/** After all fills are booked both sides must agree; where they do not, the venue is right and a person is told. */
function comparePosition(
  turn: Turn,
  ours: { readonly accountId: AccountId; readonly instrument: VenuePosition["instrument"] },
  snapshot: AccountSnapshot,
): void {
  const { accountId, instrument } = ours;
  const seen = snapshot.positions.find((one) => one.instrument === instrument);
  const known =
    findPosition(turn.state, accountId, instrument) ?? flatPosition(accountId, instrument);
  const venueQty = seen?.qty ?? 0;
  if (venueQty === known.qty) return;
  const tickValue = turn.market.instrument(instrument)?.tickValue;
  if (tickValue === undefined) return;
  const value = Math.round((seen?.avgEntryTicks ?? 0) * Math.abs(venueQty) * Number(tickValue));
  turn.emit({
    kind: "positionAdopted",
    position: {
      ...known,
      qty: venueQty as SignedLots,
      cost: BigInt(value) as Money,
      openedAt: known.qty === 0 ? turn.now : known.openedAt,
      trip: venueQty === 0 ? null : (known.trip ?? adoptedTrip(venueQty, BigInt(value) as Money)),
    },
  });
  raise(turn, accountId, {
    code: "positionMismatch",
    text: `${instrument}: the venue holds ${venueQty}, we held ${known.qty}`,
  });
}

function adoptedTrip(qty: number, value: Money) {
  const size = Math.abs(qty) as Lots;
  return {
    owner: { kind: "external" },
    side: qty > 0 ? "buy" : "sell",
    maxQty: size,
    entryQty: size,
    entryValue: value,
    exitQty: 0 as Lots,
    exitValue: 0n as Money,
    grossPnl: 0n as Money,
    fees: 0n as Money,
  } as const;
}

/** Whether something happened to the order that the snapshot is too old to know. */
function changedAfter(order: Order, asOf: EpochMs): boolean {
  if (order.change !== null && order.change.since > asOf) return true;
  const { status } = order;
  return (status.kind === "inFlight" || status.kind === "unconfirmed") && order.approvedAt > asOf;
}

function retryAt(turn: Turn): EpochMs {
  return (turn.now + Math.max(1, turn.state.session?.answerTimeout ?? 0)) as EpochMs;
}

function raise(
  turn: Turn,
  accountId: AccountId,
  finding: { readonly code: string; readonly text: string },
): void {
  turn.emit({ kind: "findingRaised", accountId, ...finding });
  turn.alert("warning", finding.code, `${accountId}: ${finding.text}`);
}

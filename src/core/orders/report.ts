import { findOrder } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { ClientOrderId, VenueOrderId } from "#core/domain/ids.ts";
import { type Order, isClosed, openQty } from "#core/domain/order.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { takeBack } from "./adopt.ts";
import {
  expectAnswer,
  lookNext,
  lookSoon,
  overdueAt,
  stopWaiting,
  unansweredSince,
  waitingSince,
} from "./answers.ts";
import { bracketLegEnded, bracketLegRefused } from "./brackets.ts";
import { takeVoid } from "./correct-fill.ts";
import { requestSnapshot } from "./reconcile.ts";
import { takeFill } from "./take-fill.ts";
import { giveUpVenueLegs, isExpectedLeg } from "./venue-legs.ts";

type KnownReport = Exclude<OrderReport, { kind: "filled" | "voided" }>;
type Ended = Extract<OrderReport, { kind: "canceled" | "expired" }>;

/** Takes in what the venue says about one order. Facts are never refused, only de-duplicated. */
export function decideReport(turn: Turn, report: OrderReport): void {
  if (report.kind === "filled") {
    takeFill(turn, report.fill);
    return stopWaiting(turn, report.clientOrderId);
  }
  if (report.kind === "voided") return takeVoid(turn, report.fill);
  const order = findOrder(turn.state, report.clientOrderId);
  if (order === undefined) {
    return isExpectedLeg(turn, report.clientOrderId) ? undefined : lookEverywhere(turn);
  }
  turn.touch(order.accountId);
  decideKnown(turn, order, report);
  stopWaiting(turn, order.clientOrderId);
}

/** The answer to a submit, cancel or modify is late: look instead of guessing (R3, R5). */
export function checkOverdue(turn: Turn, id: ClientOrderId): void {
  const order = turn.state.openOrders.get(id);
  const since = order === undefined ? undefined : waitingSince(order);
  if (order === undefined || since === undefined) return;
  const dueAt = overdueAt(turn, since);
  if (turn.now < dueAt) return turn.agenda.set({ kind: "order", clientOrderId: id }, dueAt);
  if (order.status.kind === "inFlight") {
    const reason = "no answer in time";
    turn.touch(order.accountId);
    turn.emit({ kind: "orderUnconfirmed", clientOrderId: id, at: turn.now, reason });
    turn.alert("warning", "orderUnconfirmed", `Order ${id}: no answer from the venue in time`);
  }
  requestSnapshot(turn, order.accountId);
  expectAnswer(turn, id);
}

function decideKnown(turn: Turn, order: Order, report: KnownReport): void {
  switch (report.kind) {
    case "accepted":
      return decideAccepted(turn, order, report.venueOrderId);
    case "rejected":
      return decideRejected(turn, order, report.reason);
    case "unconfirmed":
      return decideUnconfirmed(turn, order, report.reason);
    case "canceled":
    case "expired":
      return decideEnd(turn, order, report);
    case "cancelRejected":
      return decideCancelRejected(turn, order, report.reason);
    case "modified":
      return decideModified(turn, order, report);
    case "modifyRejected":
      return decideModifyRejected(turn, order, report.reason);
  }
}

function decideAccepted(turn: Turn, order: Order, venueOrderId: VenueOrderId): void {
  const { clientOrderId } = order;
  if (order.venueOrderId !== null && unansweredSince(order) === undefined) return;
  // It was given up and did arrive. Where an end overtook its own acceptance, the cancel finds that out.
  const isLate = isClosed(order) && order.filledQty === 0;
  if (isLate) takeBack(turn, order, venueOrderId);
  else turn.emit({ kind: "orderAccepted", clientOrderId, venueOrderId });
  lookNext(turn, order.accountId);
}

function decideRejected(turn: Turn, order: Order, reason: string): void {
  if (unansweredSince(order) === undefined) {
    // An order that works and is refused after all is one to look at, not to believe in.
    return isClosed(order) ? undefined : requestSnapshot(turn, order.accountId);
  }
  // Its id is never given out twice (R2), so an attempt of ours arrived whose answer was lost (R4): the list shows it, or
  // an order that is not ours (see `venueOrderKey`), and then ours has never arrived.
  if (/already in use/u.test(reason)) return requestSnapshot(turn, order.accountId);
  const { clientOrderId } = order;
  turn.emit({ kind: "orderRejected", clientOrderId, at: turn.now, reason });
  if (order.bracket !== null && /Auto OCO/u.test(reason)) giveUpVenueLegs(turn, order.accountId);
  bracketLegEnded(turn, order);
}

function decideUnconfirmed(turn: Turn, order: Order, reason: string): void {
  if (isClosed(order)) return;
  const { clientOrderId } = order;
  if (order.status.kind === "inFlight") {
    turn.emit({ kind: "orderUnconfirmed", clientOrderId, at: turn.now, reason });
  }
  requestSnapshot(turn, order.accountId);
}

function decideEnd(turn: Turn, order: Order, report: Ended): void {
  const { venueFilledQty, reason } = report;
  if (isClosed(order) && venueFilledQty <= order.venueFilledQty) return;
  turn.emit({
    kind: report.kind === "canceled" ? "orderCanceled" : "orderExpired",
    clientOrderId: order.clientOrderId,
    at: turn.now,
    venueFilledQty,
    reason,
  });
  if (!isClosed(order)) bracketLegEnded(turn, order);
  const owed = turn.state.openOrders.get(order.clientOrderId);
  if (owed !== undefined && openQty(owed) > 0) lookSoon(turn, order.accountId);
}

/**
 * Mostly the order has just ended, and its report is on the way. The cancel stands until the venue has been asked:
 * nothing asks for it again at once, and an answer that was lost is found.
 */
function decideCancelRejected(turn: Turn, order: Order, reason: string): void {
  if (isClosed(order) || order.change?.kind !== "cancel") return;
  const text = `order ${order.clientOrderId} was not canceled: ${reason}`;
  turn.emit({ kind: "findingRaised", accountId: order.accountId, code: "cancelRefused", text });
  requestSnapshot(turn, order.accountId);
}

/** A change that nobody here asked for may be news or a repetition: the venue's list tells which. */
function decideModified(
  turn: Turn,
  order: Order,
  { qty, terms }: Extract<OrderReport, { kind: "modified" }>,
): void {
  if (isClosed(order)) return;
  if (order.change?.kind !== "modify") {
    // A leg that the venue has made works now; its list says under which id.
    if (unansweredSince(order) !== undefined) return requestSnapshot(turn, order.accountId);
    return lookSoon(turn, order.accountId);
  }
  turn.emit({ kind: "orderModified", clientOrderId: order.clientOrderId, qty, terms });
}

function decideModifyRejected(turn: Turn, order: Order, reason: string): void {
  if (isClosed(order) || order.change?.kind !== "modify") return;
  turn.emit({ kind: "modifyRejected", clientOrderId: order.clientOrderId, reason });
  bracketLegRefused(turn, order, order.change);
  requestSnapshot(turn, order.accountId);
}

/** Something is said about an order nobody here knows: the lists tell whose it is (R14). */
function lookEverywhere(turn: Turn): void {
  for (const accountId of turn.state.accounts.keys()) lookSoon(turn, accountId);
}

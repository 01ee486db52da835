import { findOrder } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId, ClientOrderId, VenueOrderId } from "#core/domain/ids.ts";
import { type Fill, type Order, isClosed, openQty } from "#core/domain/order.ts";
import type { OrderReport } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { book } from "#core/positions/book.ts";
import { adoptForFill } from "./adopt.ts";
import { bracketLegEnded } from "./brackets.ts";
import { requestCancel } from "./place.ts";
import { requestSnapshot } from "./reconcile.ts";

/** Takes in what the venue says about one order. Facts are never refused, only de-duplicated. */
export function decideReport(turn: Turn, report: OrderReport): void {
  if (report.kind === "filled") return decideFill(turn, report.fill);
  const order = findOrder(turn.state, report.clientOrderId);
  if (order === undefined) return;
  turn.touch(order.accountId);
  const { clientOrderId: id } = order;
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
      settleChange(turn, order);
      return turn.emit({ kind: "cancelRejected", clientOrderId: id, reason: report.reason });
    case "modified": {
      const { qty, terms } = report;
      settleChange(turn, order);
      return turn.emit({ kind: "orderModified", clientOrderId: id, qty, terms });
    }
    case "modifyRejected":
      settleChange(turn, order);
      return turn.emit({ kind: "modifyRejected", clientOrderId: id, reason: report.reason });
  }
}

/** The answer to a submit, cancel or modify is late: look instead of guessing (R3, R5). */
export function checkOverdue(turn: Turn, id: ClientOrderId): void {
  const order = turn.state.openOrders.get(id);
  if (order === undefined) return;
  const timeout = turn.state.session?.answerTimeout ?? 0;
  const since = waitingSince(order);
  if (since === undefined) return;
  if (turn.now < since + timeout) {
    return turn.agenda.set({ kind: "order", clientOrderId: id }, (since + timeout) as EpochMs);
  }
  if (order.status.kind === "inFlight") {
    turn.touch(order.accountId);
    turn.emit({
      kind: "orderUnconfirmed",
      clientOrderId: id,
      at: turn.now,
      reason: "no answer in time",
    });
    turn.alert("warning", "orderUnconfirmed", `Order ${id}: no answer from the venue in time`);
  }
  requestSnapshot(turn, order.accountId);
  turn.agenda.set(
    { kind: "order", clientOrderId: id },
    (turn.now + Math.max(1, timeout)) as EpochMs,
  );
}

function decideFill(turn: Turn, fill: Fill): void {
  if (findOrder(turn.state, fill.clientOrderId) === undefined) adoptForFill(turn, fill);
  if (!book(turn, fill)) return;
  const order = turn.state.openOrders.get(fill.clientOrderId);
  if (order === undefined) turn.agenda.drop({ kind: "order", clientOrderId: fill.clientOrderId });
  else if (isClosed(order)) expectFills(turn, order.accountId);
}

function decideAccepted(turn: Turn, order: Order, venueOrderId: VenueOrderId): void {
  const { clientOrderId: id } = order;
  const cameLate = isClosed(order) && order.status.kind !== "filled" && order.filledQty === 0;
  const isWaiting = order.status.kind === "inFlight" || order.status.kind === "unconfirmed";
  if (isWaiting) settleChange(turn, order);
  turn.emit({ kind: "orderAccepted", clientOrderId: id, venueOrderId });
  if (!cameLate || order.venueOrderId !== null) return;
  // It was given up as never arrived and did arrive: take it back and cancel it (R5, R14).
  turn.emit({
    kind: "orderAdopted",
    order: { ...order, venueOrderId, status: { kind: "working" } },
  });
  const adopted = turn.state.openOrders.get(id);
  if (adopted !== undefined) requestCancel(turn, adopted);
}

function decideRejected(turn: Turn, order: Order, reason: string): void {
  const { kind } = order.status;
  if (kind === "unconfirmed" && /already in use/u.test(reason)) {
    return requestSnapshot(turn, order.accountId);
  }
  if (kind !== "inFlight" && kind !== "unconfirmed") return;
  turn.agenda.drop({ kind: "order", clientOrderId: order.clientOrderId });
  turn.emit({ kind: "orderRejected", clientOrderId: order.clientOrderId, at: turn.now, reason });
  bracketLegEnded(turn, order);
}

function decideUnconfirmed(turn: Turn, order: Order, reason: string): void {
  if (order.status.kind === "inFlight") {
    turn.emit({
      kind: "orderUnconfirmed",
      clientOrderId: order.clientOrderId,
      at: turn.now,
      reason,
    });
  }
  requestSnapshot(turn, order.accountId);
}

function decideEnd(
  turn: Turn,
  order: Order,
  report: Extract<OrderReport, { kind: "canceled" | "expired" }>,
): void {
  const { venueFilledQty, reason } = report;
  turn.agenda.drop({ kind: "order", clientOrderId: order.clientOrderId });
  turn.emit({
    kind: report.kind === "canceled" ? "orderCanceled" : "orderExpired",
    clientOrderId: order.clientOrderId,
    at: turn.now,
    venueFilledQty,
    reason,
  });
  bracketLegEnded(turn, order);
  const owed = turn.state.openOrders.get(order.clientOrderId);
  if (owed !== undefined && openQty(owed) > 0) expectFills(turn, order.accountId);
}

/** Fills that the venue has counted and not told yet: asked for if they do not come by themselves (R6). */
function expectFills(turn: Turn, accountId: AccountId): void {
  const timeout = turn.state.session?.answerTimeout ?? 0;
  turn.agenda.setEarlier({ kind: "snapshot", accountId }, (turn.now + timeout) as EpochMs);
}

function settleChange(turn: Turn, order: Order): void {
  turn.agenda.drop({ kind: "order", clientOrderId: order.clientOrderId });
}

/** Since when an order waits for an answer; undefined when it does not. */
function waitingSince(order: Order): EpochMs | undefined {
  if (order.change !== null) return order.change.since;
  const { status } = order;
  return status.kind === "inFlight" || status.kind === "unconfirmed" ? status.since : undefined;
}

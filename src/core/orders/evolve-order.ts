import type { Fact } from "#core/desk/fact.ts";
import {
  CLOSED_ORDERS_KEPT,
  type DeskState,
  ENTRIES_KEPT,
  MESSAGES_KEPT,
  findOrder,
} from "#core/desk/state.ts";
import type { ClientOrderId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import {
  type Order,
  type OrderStatus,
  type PendingChange,
  isClosed,
  openQty,
  qtyAtMost,
} from "#core/domain/order.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";
import { entryKey } from "./entry-key.ts";

const MESSAGES_KEPT_MS = 86_400_000;

type OrderChange = Extract<
  Fact,
  {
    kind:
      | "orderApproved"
      | "orderAdopted"
      | "orderSubmitted"
      | "orderAccepted"
      | "orderRejected"
      | "orderUnconfirmed"
      | "orderCanceled"
      | "orderExpired"
      | "cancelRequested"
      | "cancelRejected"
      | "modifyRequested"
      | "orderModified"
      | "modifyRejected"
      | "fillBooked";
  }
>;

/** Changes the order a fact is about. An approved or adopted order begins here. */
export function evolveOrder(state: DeskState, fact: OrderChange): void {
  if (fact.kind === "orderApproved") noteApproved(state, fact.order);
  if (fact.kind === "orderApproved" || fact.kind === "orderAdopted") {
    state.closedOrders.delete(fact.order.clientOrderId);
    return place(state, fact.order);
  }
  const id = fact.kind === "fillBooked" ? fact.fill.clientOrderId : fact.clientOrderId;
  const order = findOrder(state, id);
  invariant(order !== undefined, `a fact names a known order, found ${id}`);
  place(state, afterFact(order, fact));
}

/** The order as it is after a fact. Pure; what the table of the lifecycle tests covers. */
export function afterFact(
  order: Order,
  fact: Exclude<OrderChange, { kind: "orderApproved" | "orderAdopted" }>,
): Order {
  switch (fact.kind) {
    case "orderSubmitted":
      return { ...order, status: { kind: "inFlight", since: fact.at } };
    case "orderAccepted":
      return { ...order, venueOrderId: fact.venueOrderId, status: acknowledged(order) };
    case "orderRejected":
      return ended(order, { kind: "rejected", at: fact.at, reason: fact.reason });
    case "orderUnconfirmed":
      return { ...order, status: { kind: "unconfirmed", since: fact.at } };
    case "orderCanceled":
    case "orderExpired":
      return afterEnd(order, fact);
    case "cancelRequested":
      return { ...order, change: { kind: "cancel", since: fact.at, mayBeQty: qtyAtMost(order) } };
    case "modifyRequested":
      return {
        ...order,
        change: { kind: "modify", since: fact.at, qty: fact.qty, terms: fact.terms },
      };
    case "orderModified":
      return answered(changed(order, fact), "modify");
    case "cancelRejected":
      return answered(order, "cancel");
    case "modifyRejected":
      return answered(order, "modify");
    case "fillBooked":
      return afterFill(order, fact.fill.qty, fact.fill.at);
  }
}

/** Remembers when a message went to the venue, for the message budget. */
export function noteSent(state: DeskState, id: ClientOrderId, at: EpochMs): void {
  const order = findOrder(state, id);
  const account = order === undefined ? undefined : state.accounts.get(order.accountId);
  if (account === undefined) return;
  const sentAt = [...recent(account.sentAt, at), at];
  state.accounts.set(account.accountId, { ...account, sentAt });
}

/** The messages that one more leaves in mind: no budget looks back farther. */
function recent(sentAt: readonly EpochMs[], now: EpochMs): readonly EpochMs[] {
  const last = sentAt.slice(1 - MESSAGES_KEPT);
  const first = last.findIndex((at) => at > now - MESSAGES_KEPT_MS);
  return first === -1 ? [] : last.slice(first);
}

function noteApproved(state: DeskState, order: Order): void {
  state.nextOrderNumber += 1;
  const account = state.accounts.get(order.accountId);
  if (account === undefined || order.reduceOnly) return;
  const { clientOrderId, approvedAt } = order;
  const entry = { clientOrderId, at: approvedAt, key: entryKey(order) };
  const recentEntries = [...account.recentEntries, entry].slice(-ENTRIES_KEPT);
  state.accounts.set(account.accountId, { ...account, recentEntries });
}

/**
 * A change that is answered is over; one of the other kind goes on waiting for its own answer. What kept a filled order
 * open may have been that change alone.
 */
function answered(order: Order, kind: PendingChange["kind"]): Order {
  if (order.change?.kind !== kind) return order;
  const { since: at } = order.change;
  const settled = { ...order, change: null };
  const isFilled = order.filledQty >= order.qty && order.filledQty > 0 && !isClosed(order);
  return isFilled ? ended(settled, { kind: "filled", at }) : settled;
}

/** What was found changed at the venue, and not by us, has no time of its own. */
function changed(order: Order, { qty, terms }: Pick<Order, "qty" | "terms">): Order {
  const now = { ...order, qty, terms };
  return order.change?.kind === "modify" ? { ...now, changedAt: order.change.since } : now;
}

/** Only an order that waited for its acknowledgement starts working by it; a late one changes nothing. */
function acknowledged(order: Order): OrderStatus {
  const { kind } = order.status;
  return kind === "inFlight" || kind === "unconfirmed" || kind === "queued"
    ? { kind: "working" }
    : order.status;
}

function afterFill(order: Order, qty: Lots, at: EpochMs): Order {
  const filledQty = (order.filledQty + qty) as Lots;
  const venueFilledQty = Math.max(order.venueFilledQty, filledQty) as Lots;
  const filled = { ...order, filledQty, venueFilledQty };
  if (filledQty >= qtyAtMost(order)) return ended(filled, { kind: "filled", at });
  return isClosed(order) ? filled : { ...filled, status: { kind: "working" } };
}

function afterEnd(
  order: Order,
  fact: Extract<Fact, { kind: "orderCanceled" | "orderExpired" }>,
): Order {
  const venueFilledQty = Math.max(order.filledQty, fact.venueFilledQty) as Lots;
  const counted = { ...order, venueFilledQty };
  if (isClosed(order)) return counted;
  const kind = fact.kind === "orderCanceled" ? "canceled" : "expired";
  return ended(counted, { kind, at: fact.at, reason: fact.reason });
}

function ended(order: Order, status: OrderStatus): Order {
  return { ...order, status, change: null };
}

/** Keeps an order among the open ones while it may fill or owes fills, else among the last closed. */
function place(state: DeskState, order: Order): void {
  const id = order.clientOrderId;
  if (!isClosed(order) || openQty(order) > 0) {
    state.openOrders.set(id, order);
    return;
  }
  state.openOrders.delete(id);
  state.closedOrders.set(id, order);
  for (const oldest of state.closedOrders.keys()) {
    if (state.closedOrders.size <= CLOSED_ORDERS_KEPT) return;
    state.closedOrders.delete(oldest);
  }
}

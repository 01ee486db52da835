import type { Turn } from "#core/desk/turn.ts";
import type { ClientOrderId } from "#core/domain/ids.ts";
import { type Order, isClosed, priceOf, sameTerms } from "#core/domain/order.ts";
import type { AccountSnapshot, VenueOrder } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { venueOrderKey } from "./adopt.ts";
import { isLateList, lookSoon, overdueAt, patienceMs, unansweredSince } from "./answers.ts";
import { bracketLegEnded, moveLeg } from "./brackets.ts";
import { raise } from "./finding.ts";
import { requestCancel } from "./place.ts";

/** Brings an order of ours to what an authoritative list of the venue says it is. Fills have been booked before. */
export function settleListed(
  turn: Turn,
  seen: VenueOrder,
  { accountId, asOf }: Pick<AccountSnapshot, "accountId" | "asOf">,
): void {
  const order = turn.state.openOrders.get(venueOrderKey(turn, accountId, seen));
  if (order === undefined || isClosed(order)) return;
  const { clientOrderId } = order;
  const isUnanswered = unansweredSince(order) !== undefined;
  if (isUnanswered && seen.state !== "rejected") {
    turn.emit({ kind: "orderAccepted", clientOrderId, venueOrderId: seen.venueOrderId });
  }
  switch (seen.state) {
    case "working":
      return settleWorking(turn, order, { seen, asOf });
    case "rejected": {
      const end = { clientOrderId, at: turn.now, reason: listedAs(seen) };
      // Some venues take an order, show it, and refuse it then.
      if (isUnanswered) turn.emit({ kind: "orderRejected", ...end });
      else turn.emit({ kind: "orderCanceled", ...end, venueFilledQty: seen.filledQty });
      return bracketLegEnded(turn, order);
    }
    case "filled":
    case "canceled":
    case "expired": {
      const kind = seen.state === "expired" ? "orderExpired" : "orderCanceled";
      const reason = listedAs(seen);
      const venueFilledQty = seen.filledQty;
      turn.emit({ kind, clientOrderId, at: turn.now, venueFilledQty, reason });
      return bracketLegEnded(turn, order);
    }
  }
}

function listedAs({ state }: VenueOrder): string {
  return `the venue lists it as ${state}`;
}

/**
 * An order of ours that a list does not hold. The list proves something only about what was at the venue long enough
 * before it (R5). An order that had ended and owes fills which nobody knows is let go: positions are compared next.
 */
export function settleMissing(turn: Turn, order: Order, snapshot: AccountSnapshot): void {
  const { clientOrderId, accountId, filledQty: venueFilledQty } = order;
  if (order.status.kind === "queued" || isShown(turn, order, snapshot)) return;
  const waitMs = patienceMs(turn, order);
  const heard = heardAt(order);
  const missingAt = isLateList(turn, snapshot) ? overdueAt(turn, heard) : heard + waitMs;
  if (snapshot.asOf < missingAt) {
    const lookAt = Math.max(heard + waitMs, turn.now + waitMs) as EpochMs;
    return turn.agenda.setEarlier({ kind: "snapshot", accountId }, lookAt);
  }
  // Should it arrive after all, it is found and canceled.
  if (missingAt < overdueAt(turn, heard)) lookSoon(turn, accountId);
  const reason = reasonOf(order);
  turn.emit({ kind: "orderCanceled", clientOrderId, at: turn.now, venueFilledQty, reason });
  if (!isClosed(order)) bracketLegEnded(turn, order);
  raise(turn, accountId, { code: "orderMissing", text: `order ${clientOrderId} ${reason}` });
}

/**
 * A list may be older than a change that the venue has confirmed: then it does not undo it, and another one is asked for.
 * A change still unanswered is kept until the list is recent enough to show it. A modify can be asked for again then;
 * a cancel is: losing it ends an attempt, not what was promised (R4).
 */
function settleWorking(
  turn: Turn,
  order: Order,
  { seen, asOf }: { readonly seen: VenueOrder; readonly asOf: EpochMs },
): void {
  const { clientOrderId, change } = order;
  const { qty, terms } = seen;
  const isDone = change?.kind === "modify" && isLike(seen, change);
  const isOld = order.changedAt !== undefined && asOf < overdueAt(turn, order.changedAt);
  if (!isDone && isOld && !isLike(seen, order)) lookSoon(turn, order.accountId);
  else if (isDone || !isLike(seen, order)) {
    turn.emit({ kind: "orderModified", clientOrderId, qty, terms });
    if (!isDone) moveLeg(turn, order, priceOf(terms) ?? null);
  }
  if (isDone || change === null || asOf < overdueAt(turn, change.since)) return;
  const kind = change.kind === "cancel" ? "cancelRejected" : "modifyRejected";
  turn.emit({ kind, clientOrderId, reason: "the venue shows no trace of it" });
  if (change.kind === "cancel") repeatCancel(turn, clientOrderId);
}

/** A close-down repeats its cancels itself, counts them, and tells a person when they do not help. */
function repeatCancel(turn: Turn, clientOrderId: ClientOrderId): void {
  const order = turn.state.openOrders.get(clientOrderId);
  if (order === undefined) return;
  for (const { accountId, instrument } of turn.state.enforcements.values()) {
    const isCovered = instrument === null || instrument === order.instrument;
    if (accountId === order.accountId && isCovered) return;
  }
  requestCancel(turn, order);
}

/** Before this the venue may not have heard of the order, or told of its end. What works was sent by `queueUntil`. */
function heardAt({ status, queueUntil }: Order): EpochMs {
  if ("at" in status) return status.at;
  return "since" in status ? status.since : queueUntil;
}

function reasonOf(order: Order): string {
  if (isClosed(order)) return "has no such fills";
  return unansweredSince(order) === undefined
    ? "gone from the venue"
    : "never arrived at the venue";
}

/** Whether the list holds an order; of one that has ended, whether it still counts fills that have not been told. */
function isShown(turn: Turn, order: Order, { orders, accountId }: AccountSnapshot): boolean {
  const seen = orders.find(
    (one) =>
      one.venueOrderId === order.venueOrderId ||
      venueOrderKey(turn, accountId, one) === order.clientOrderId,
  );
  return seen !== undefined && (!isClosed(order) || seen.filledQty > order.filledQty);
}

function isLike(seen: VenueOrder, wanted: Pick<VenueOrder, "qty" | "terms">): boolean {
  return seen.qty === wanted.qty && sameTerms(seen.terms, wanted.terms);
}

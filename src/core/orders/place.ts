import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";
import { type Order, type OrderIntent, type OrderTerms, sameTerms } from "#core/domain/order.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";
import { type Denial, denied } from "#core/risk/denial.ts";
import { decideIntent, sendDenial } from "#core/risk/gate.ts";
import { expectAnswer } from "./answers.ts";

/** What became of an intent at once; everything later comes as facts. */
export type Placed =
  | { readonly kind: "approved"; readonly order: Order }
  | { readonly kind: "denied"; readonly denial: Denial };

/** Takes an intent through the gate into the queue, reserving its exposure in the same step (R8). */
export function placeIntent(turn: Turn, intent: OrderIntent): Placed {
  turn.touch(intent.accountId);
  const verdict = decideIntent(intent, turn.gates.get(intent.accountId), turn.view, {
    clientOrderId: turn.nextOrderId(),
    queueUntil: queueUntil(turn, intent.terms),
  });
  if (verdict.kind === "denied") return deny(turn, intent, verdict.denial);
  const { approved } = verdict;
  if (!turn.queue.hasRoom(approved.order)) {
    return deny(turn, intent, denied("queueFull", { value: turn.queue.size }));
  }
  turn.emit({ kind: "orderApproved", order: approved.order });
  turn.queue.offer(approved);
  return { kind: "approved", order: approved.order };
}

/** Sends what may go now. Orders that waited too long, or may no longer go, end here. */
export function releaseQueue(turn: Turn): void {
  const { queue, state, view } = turn;
  if (queue.size === 0) return turn.agenda.drop({ kind: "queue" });
  const staleAt = expireQueued(turn);
  for (let id = queue.take(turn.now); id !== undefined; id = queue.take(turn.now)) {
    const order = state.openOrders.get(id);
    if (order?.status.kind !== "queued") continue;
    const denial = sendDenial(order, view);
    if (denial !== undefined) endQueued(turn, order, { kind: "orderCanceled", reason: denial });
    else submit(turn, order);
  }
  if (queue.size === 0) return turn.agenda.drop({ kind: "queue" });
  const next = Math.min(queue.nextReleaseAt(turn.now), staleAt);
  turn.agenda.set({ kind: "queue" }, Math.max(next, turn.now + 1) as EpochMs);
}

/** Ends what has waited too long, before it takes the turn of another. Returns when the next one will have. */
function expireQueued(turn: Turn): number {
  let staleAt = Number.POSITIVE_INFINITY;
  for (const id of turn.queue.ids()) {
    const order = turn.state.openOrders.get(id);
    if (order?.status.kind !== "queued") continue;
    if (turn.now <= order.queueUntil) staleAt = Math.min(staleAt, order.queueUntil + 1);
    else {
      turn.queue.remove(id);
      endQueued(turn, order, { kind: "orderExpired", reason: "waited too long in the queue" });
    }
  }
  return staleAt;
}

/**
 * Asks the venue to cancel an order, or takes it out of our queue. Cancels never wait for a budget (R12). An account
 * that is only observed is sent nothing.
 */
export function requestCancel(turn: Turn, order: Order): void {
  if (order.change?.kind === "cancel" || isObserved(turn, order.accountId)) return;
  turn.touch(order.accountId);
  if (order.status.kind === "queued") {
    turn.queue.remove(order.clientOrderId);
    endQueued(turn, order, { kind: "orderCanceled", reason: "canceled before it was sent" });
    return;
  }
  const { clientOrderId, accountId, venueOrderId } = order;
  turn.emit({ kind: "cancelRequested", clientOrderId, at: turn.now });
  turn.ask({ kind: "cancelOrder", accountId, clientOrderId, venueOrderId });
  expectAnswer(turn, clientOrderId);
}

/** Asks the venue to change a working order; `qty` is the new total, filled lots included. */
export function requestModify(
  turn: Turn,
  order: Order,
  { qty, terms }: { readonly qty: Lots; readonly terms: OrderTerms },
): void {
  if (qty === order.qty && sameTerms(terms, order.terms)) return;
  if (isObserved(turn, order.accountId)) return;
  turn.touch(order.accountId);
  const { clientOrderId, accountId, venueOrderId } = order;
  turn.emit({ kind: "modifyRequested", clientOrderId, at: turn.now, qty, terms });
  turn.ask({ kind: "modifyOrder", accountId, clientOrderId, venueOrderId, qty, terms });
  expectAnswer(turn, clientOrderId);
}

/** Whether the desk only watches an account and sends nothing about it. */
export function isObserved(turn: Turn, accountId: AccountId): boolean {
  return turn.state.accounts.get(accountId)?.arming === "observe";
}

/** An intent of the desk itself that only reduces: a leg, a close. */
export function reducing(
  order: Pick<OrderIntent, "accountId" | "instrument" | "purpose" | "side" | "qty" | "terms">,
  owner: Pick<OrderIntent, "source" | "parent">,
): OrderIntent {
  return {
    ...order,
    ...owner,
    timeInForce: "gtc",
    reduceOnly: true,
    bracket: null,
    requestId: null,
  };
}

export function marketTerms(): OrderTerms {
  return { type: "market" };
}

function deny(turn: Turn, intent: OrderIntent, denial: Denial): Placed {
  turn.emit({ kind: "orderDenied", at: turn.now, intent, denial });
  return { kind: "denied", denial };
}

/** Whether the venue of an account keeps the legs of its entries itself. */
export function isVenueHeld(turn: Turn, accountId: AccountId): boolean {
  return turn.state.accounts.get(accountId)?.brackets === "venue";
}

function submit(turn: Turn, order: Order): void {
  const { clientOrderId, accountId, instrument, side, qty, terms, timeInForce, reduceOnly } = order;
  const bracket = isVenueHeld(turn, accountId) ? order.bracket : null;
  turn.emit({ kind: "orderSubmitted", clientOrderId, at: turn.now });
  turn.ask({
    kind: "submitOrder",
    accountId,
    clientOrderId,
    instrument,
    side,
    qty,
    terms,
    timeInForce,
    reduceOnly,
    bracket,
  });
  expectAnswer(turn, clientOrderId);
}

function endQueued(
  turn: Turn,
  order: Order,
  end: { readonly kind: "orderExpired" | "orderCanceled"; readonly reason: string },
): void {
  const { clientOrderId, accountId, filledQty } = order;
  turn.touch(accountId);
  turn.emit({ ...end, clientOrderId, at: turn.now, venueFilledQty: filledQty });
}

function queueUntil(turn: Turn, terms: OrderTerms): EpochMs {
  const queue = turn.state.session?.queue;
  const ttl = terms.type === "limit" ? queue?.limitTtl : queue?.marketTtl;
  return (turn.now + (ttl ?? 0)) as EpochMs;
}

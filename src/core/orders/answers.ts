import { accountOf } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId, ClientOrderId } from "#core/domain/ids.ts";
import type { Order } from "#core/domain/order.ts";
import type { AccountSnapshot } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";

// What the venue owes an answer to, and until when. The deadlines are in the agenda; the truth is in the order.

/** Since when it is unknown whether the venue has an order; undefined when that is known. */
export function unansweredSince({ status }: Order): EpochMs | undefined {
  return status.kind === "inFlight" || status.kind === "unconfirmed" ? status.since : undefined;
}

/** Since when an order waits for an answer to its submit or to a change; undefined when it does not. */
export function waitingSince(order: Order): EpochMs | undefined {
  return order.change?.since ?? unansweredSince(order);
}

/** When what was asked at `since` is overdue: from then on an authoritative list that does not hold it proves absence (R5). */
export function overdueAt(turn: Turn, since: EpochMs): EpochMs {
  return (since + answerTimeoutOf(turn)) as EpochMs;
}

/**
 * How long after it was sent a list that does not hold an order proves that it never arrived. Of a stop whose answer will
 * not come any more, because the process or the connection it went out on is gone, a tenth of the time of an answer: it
 * is hardly still on its way, a position without one is the greater harm, and one that arrives after it was replaced is
 * canceled. No more than twice for a position: then it is something else.
 */
export function patienceMs(turn: Turn, { purpose, status, parent }: Order): number {
  const timeoutMs = answerTimeoutOf(turn);
  const group = parent === null ? undefined : turn.state.brackets.get(parent);
  const isCutOff = purpose === "stopLoss" && status.kind === "unconfirmed";
  if (!isCutOff || group === undefined || group.stopFailures >= SOON_MOST) return timeoutMs;
  return Math.ceil(timeoutMs / SOON_SHARE);
}

/** Whether a list lags behind what has been told: it lacks a fill of the last minute. */
export function isLateList(turn: Turn, { accountId, asOf, fills }: AccountSnapshot): boolean {
  const { lastFill } = accountOf(turn.state, accountId);
  if (lastFill === null || lastFill.at < asOf - RECENT_MS) return false;
  return !fills.some(({ fillId }) => fillId === lastFill.fillId);
}

export function expectAnswer(turn: Turn, clientOrderId: ClientOrderId): void {
  turn.agenda.set({ kind: "order", clientOrderId }, overdueAt(turn, turn.now));
}

/** Drops the deadline of an order unless it still owes an answer. */
export function stopWaiting(turn: Turn, clientOrderId: ClientOrderId): void {
  const order = turn.state.openOrders.get(clientOrderId);
  if (order !== undefined && waitingSince(order) !== undefined) return;
  turn.agenda.drop({ kind: "order", clientOrderId });
}

/** Asks for the venue's truth in the time of an answer, unless what is missing comes by itself before. */
export function lookSoon(turn: Turn, accountId: AccountId): void {
  turn.agenda.setEarlier({ kind: "snapshot", accountId }, overdueAt(turn, turn.now));
}

/** Whether something becomes of an order in the time of an answer, if all is well. */
function isDueSoon(order: Order): boolean {
  return waitingSince(order) !== undefined || order.terms.type === "market";
}

/** Twice in the time of an answer, so that one look that comes too early is not the last. */
function lookWithinAnswer(turn: Turn, accountId: AccountId): void {
  const lookAt = (turn.now + Math.ceil(answerTimeoutOf(turn) / 2)) as EpochMs;
  turn.agenda.setEarlier({ kind: "snapshot", accountId }, lookAt);
}

/** What nobody tells of is found by looking now and then, more often while there is something to lose. */
export function lookNext(turn: Turn, accountId: AccountId): void {
  const { view } = turn;
  const isBlind = turn.state.linkProblem !== null;
  if (isBlind && view.ordersOf(accountId).some(isDueSoon)) lookWithinAnswer(turn, accountId);
  const every = turn.state.session?.reconcileEvery;
  if (every === null || every === undefined) return;
  const isExposed = view.openPositions(accountId).length > 0 || view.ordersOf(accountId).length > 0;
  const lookAt = (turn.now + (isExposed ? every.exposed : every.idle)) as EpochMs;
  turn.agenda.setEarlier({ kind: "snapshot", accountId }, lookAt);
}

function answerTimeoutOf({ state }: Turn): number {
  return Math.max(1, state.session?.answerTimeout ?? 0);
}

const SOON_SHARE = 10;
const SOON_MOST = 2;
const RECENT_MS = 60_000;

import { accountOf, findOrder } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";
import { type Order, isClosed } from "#core/domain/order.ts";
import type { AccountSnapshot, VenueOrder } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { externalOrder, takeBack, venueOrderKey } from "./adopt.ts";
import { lookNext, lookSoon, overdueAt } from "./answers.ts";
import { compareBalance } from "./compare-balance.ts";
import { takeVoid } from "./correct-fill.ts";
import { raise } from "./finding.ts";
import { comparePositions } from "./reconcile-positions.ts";
import { settleListed, settleMissing } from "./settle-order.ts";
import { changeStanding } from "./standing.ts";
import { takeFill } from "./take-fill.ts";
import { isLegOf } from "./venue-legs.ts";

/** Fills and orders are asked for from a little before the last agreement: clocks and lists lag. */
const LOOK_BACK_MS = 300_000;
/** How long until an account that holds what cannot be valued is looked at again. */
const LOOK_AGAIN_MS = 60_000;

/** Asks the venue for its truth about an account, from before anything that is still open with us; once per event. */
export function requestSnapshot(turn: Turn, accountId: AccountId): void {
  const isAsked = turn.commands.some(
    (command) => command.kind === "requestSnapshot" && command.accountId === accountId,
  );
  if (isAsked) return;
  turn.ask({ kind: "requestSnapshot", accountId, since: sinceWhen(turn, accountId) });
  const askAgainAt = overdueAt(turn, overdueAt(turn, turn.now));
  turn.agenda.set({ kind: "snapshot", accountId }, askAgainAt);
}

/** An account that was never compared owes what it did in this trading day: the limits of the day count it. */
function sinceWhen(turn: Turn, accountId: AccountId): EpochMs {
  const { reconciledAt } = accountOf(turn.state, accountId);
  if (reconciledAt === 0) return turn.market.dayStart(turn.now);
  let since: number = reconciledAt;
  for (const order of turn.view.ordersOf(accountId)) since = Math.min(since, order.approvedAt);
  return Math.max(0, since - LOOK_BACK_MS) as EpochMs;
}

/**
 * Compares the venue's word with ours and emits the difference. Doing it twice changes nothing (R15). When it is
 * done, fills, working orders and positions are the venue's, and the account may take entries again.
 */
export function decideSnapshot(turn: Turn, snapshot: AccountSnapshot): void {
  const { accountId } = snapshot;
  if (!turn.state.accounts.has(accountId)) return;
  turn.touch(accountId);
  turn.agenda.drop({ kind: "snapshot", accountId });
  if (snapshot.standing !== undefined) changeStanding(turn, { accountId, ...snapshot.standing });
  for (const seen of snapshot.orders) adoptWorking(turn, seen, snapshot);
  // In the order in which they happened, whatever the list's: what they earned depends on it.
  for (const fill of snapshot.fills.toSorted((a, b) => a.at - b.at)) takeFill(turn, fill);
  for (const fill of snapshot.voided ?? []) takeVoid(turn, fill);
  for (const seen of snapshot.orders) settleListed(turn, seen, snapshot);
  for (const order of turn.view.ordersOf(accountId)) settleMissing(turn, order, snapshot);
  const isOwed = turn.view
    .ordersOf(accountId)
    .some((order) => order.status.kind === "unconfirmed" || isClosed(order));
  if (isOwed) lookSoon(turn, accountId);
  switch (comparePositions(turn, snapshot)) {
    case "agreed":
      compareBalance(turn, snapshot);
      lookNext(turn, accountId);
      return agree(turn, snapshot);
    case "outdated":
      return lookSoon(turn, accountId);
    case "blind":
      return closeEntries(turn, snapshot);
  }
}

function agree(turn: Turn, { accountId, asOf }: AccountSnapshot): void {
  const { ready, readyReason, reconciledAt } = accountOf(turn.state, accountId);
  if (turn.state.linkProblem !== null) {
    // What was asked for is true, and what comes next nobody tells (R13).
    if (asOf <= reconciledAt) return;
    const reason = readyReason;
    return turn.emit({ kind: "accountReadyChanged", accountId, ready: false, asOf, reason });
  }
  if (ready && asOf <= reconciledAt) return;
  turn.emit({ kind: "accountReadyChanged", accountId, ready: true, asOf, reason: "reconciled" });
}

/** Nobody can tell what an unknown instrument is worth: no entries until it is gone (R13). */
function closeEntries(turn: Turn, { accountId, asOf }: AccountSnapshot): void {
  const lookAt = (turn.now + LOOK_AGAIN_MS) as EpochMs;
  turn.agenda.setEarlier({ kind: "snapshot", accountId }, lookAt);
  const { ready, readyReason } = accountOf(turn.state, accountId);
  const reason =
    "it holds or traded today what the session does not know; name it in connection.instruments";
  if (turn.state.linkProblem !== null || (!ready && readyReason === reason)) return;
  turn.emit({ kind: "accountReadyChanged", accountId, ready: false, asOf, reason });
}

/** What works at the venue works for us: orders placed elsewhere, and those that had ended here (R14). */
function adoptWorking(turn: Turn, seen: VenueOrder, snapshot: AccountSnapshot): void {
  const { accountId, asOf } = snapshot;
  if (seen.state !== "working") return;
  const clientOrderId = venueOrderKey(turn, accountId, seen);
  const known = findOrder(turn.state, clientOrderId);
  if (known !== undefined && !isGone(turn, known, asOf)) return;
  // It becomes ours with the fill of its entry, which the same list holds, and works when it is listed again.
  if (known === undefined && isLegOf(turn, clientOrderId, snapshot.fills)) {
    return lookSoon(turn, accountId);
  }
  if (known !== undefined && known.source.kind !== "external") {
    return takeBack(turn, known, seen.venueOrderId);
  }
  // One known by its fills alone was taken for as large as they were.
  const order = externalOrder(turn, { ...seen, accountId, clientOrderId });
  const { filledQty } = known ?? order;
  turn.emit({
    kind: "orderAdopted",
    order: { ...order, filledQty, venueFilledQty: seen.filledQty },
  });
  if (known !== undefined) return;
  raise(turn, accountId, {
    code: "externalOrder",
    text: `order ${seen.venueOrderId} was placed elsewhere`,
  });
}

/**
 * Whether it had ended here when the list was made. Lists lag: one that shows an order of ours at work right after the
 * venue told its end is looked at again before it is believed. What the venue never told of had ended by our word alone.
 */
function isGone(turn: Turn, order: Order, asOf: EpochMs): boolean {
  const { accountId, source, status, venueOrderId } = order;
  if (!("at" in status)) return false;
  if (source.kind === "external" || venueOrderId === null) return status.at <= asOf;
  if (overdueAt(turn, status.at) <= asOf) return true;
  lookSoon(turn, accountId);
  return false;
}

import type { Turn } from "#core/desk/turn.ts";
import { type Order, isClosed } from "#core/domain/order.ts";
import { type Position, absLots, closingSide } from "#core/domain/position.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";
import {
  isObserved,
  marketTerms,
  placeIntent,
  reducing,
  requestCancel,
} from "#core/orders/place.ts";
import type { Enforcement } from "./enforcement-state.ts";
import { isOpenEntry, isProtective, unclaimedLots } from "./exposure.ts";

/** Attempts that follow each other quickly; after them a person is told and the desk goes on slowly. */
const QUICK_ATTEMPTS = 5;
const FIRST_RETRY_MS = 250;
const SLOW_RETRY_MS = 15_000;

/** What to close: a whole account when `instrument` is null, down to `keepQty` lots. */
export type CloseDown = Pick<Enforcement, "accountId" | "instrument" | "keepQty" | "cause">;

/**
 * Starts a close-down unless a running one covers it already; a wider one replaces the narrower. An account that is
 * only observed is sent nothing.
 */
export function startClose(turn: Turn, down: CloseDown): void {
  if (isObserved(turn, down.accountId)) return;
  for (const running of turn.state.enforcements.values()) {
    if (running.accountId !== down.accountId) continue;
    if (covers(running, down)) return;
    if (covers(down, running)) end(turn, running);
  }
  turn.touch(down.accountId);
  turn.emit({
    kind: "enforcementChanged",
    enforcement: {
      ...down,
      enforcementId: `e${turn.state.nextEnforcementNumber}`,
      stage: "cancelEntries",
      startedAt: turn.now,
      attempts: 0,
      nextAttemptAt: turn.now,
    },
  });
}

/** Takes every close-down of an account as far as it can go now. Level-triggered: it looks, acts, and looks again. */
export function advanceEnforcements(turn: Turn, accountId: Enforcement["accountId"]): void {
  for (const enforcement of turn.state.enforcements.values()) {
    if (enforcement.accountId === accountId) advance(turn, enforcement);
  }
}

function advance(turn: Turn, enforcement: Enforcement): void {
  switch (enforcement.stage) {
    case "cancelEntries":
      cancelAll(turn, uncanceled(entriesIn(turn, enforcement)));
      tellWaiting(turn, enforcement);
      return enter(turn, enforcement, "close");
    case "close":
      return closePositions(turn, enforcement);
    case "cancelRest":
      return cancelRest(turn, enforcement);
  }
}

function closePositions(turn: Turn, enforcement: Enforcement): void {
  const held = positionsIn(turn, enforcement);
  if (held.length === 0) return enter(turn, enforcement, "cancelRest");
  const entries = uncanceled(entriesIn(turn, enforcement));
  const uncovered = held.filter((position) => lotsToClose(turn, position, enforcement) > 0);
  const tradable = uncovered.filter(({ instrument }) => turn.market.isOpen(instrument, turn.now));
  if (entries.length === 0 && tradable.length === 0) {
    if (uncovered.length > 0) wakeAt(turn, enforcement, (turn.now + SLOW_RETRY_MS) as EpochMs);
    return;
  }
  if (!attempt(turn, enforcement)) return;
  cancelAll(turn, entries);
  for (const position of tradable) close(turn, position, lotsToClose(turn, position, enforcement));
}

/** Protective orders go last: until here a failed close was still covered by them. */
function cancelRest(turn: Turn, enforcement: Enforcement): void {
  if (positionsIn(turn, enforcement).length > 0) return enter(turn, enforcement, "close");
  const all = ordersIn(turn, enforcement).filter((order) => !isClosed(order));
  const rest = enforcement.keepQty > 0 ? entriesIn(turn, enforcement) : all;
  if (rest.length === 0) return end(turn, enforcement);
  const open = uncanceled(rest);
  if (open.length > 0 && attempt(turn, enforcement)) cancelAll(turn, open);
}

function enter(turn: Turn, enforcement: Enforcement, stage: Enforcement["stage"]): void {
  turn.touch(enforcement.accountId);
  turn.emit({
    kind: "enforcementChanged",
    enforcement: { ...enforcement, stage, attempts: 0, nextAttemptAt: turn.now },
  });
}

/** A lockout waits for the close-downs of its account: its end is looked at again. */
function end(turn: Turn, { enforcementId }: Enforcement): void {
  turn.emit({ kind: "enforcementEnded", enforcementId, at: turn.now });
  if (turn.state.lockouts.size > 0) turn.agenda.setEarlier({ kind: "lockouts" }, turn.now);
}

/** Counts one more attempt of a stage if it may be made now; each waits longer than the one before. */
function attempt(turn: Turn, enforcement: Enforcement): boolean {
  if (turn.now < enforcement.nextAttemptAt) {
    wakeAt(turn, enforcement, enforcement.nextAttemptAt);
    return false;
  }
  const attempts = enforcement.attempts + 1;
  const delayMs = attempts > QUICK_ATTEMPTS ? SLOW_RETRY_MS : FIRST_RETRY_MS * 2 ** (attempts - 1);
  const nextAttemptAt = (turn.now + delayMs) as EpochMs;
  turn.emit({
    kind: "enforcementChanged",
    enforcement: { ...enforcement, attempts, nextAttemptAt },
  });
  wakeAt(turn, enforcement, nextAttemptAt);
  if (attempts === QUICK_ATTEMPTS + 1) tellSlow(turn, enforcement);
  return true;
}

function cancelAll(turn: Turn, orders: readonly Order[]): void {
  for (const order of orders) requestCancel(turn, order);
}

function close(turn: Turn, { accountId, instrument, qty: held }: Position, qty: Lots): void {
  const side = closingSide(held);
  const terms = marketTerms();
  const order = { accountId, instrument, purpose: "riskClose", side, qty, terms } as const;
  placeIntent(turn, reducing(order, { source: { kind: "desk" }, parent: null }));
}

function lotsToClose(turn: Turn, position: Position, { keepQty }: Enforcement): Lots {
  const unclaimed = unclaimedLots(turn.state, { ...position, terms: marketTerms() });
  return Math.max(0, unclaimed - keepQty) as Lots;
}

function positionsIn(
  turn: Turn,
  { accountId, instrument, keepQty }: Enforcement,
): readonly Position[] {
  return turn.view
    .openPositions(accountId)
    .filter((position) => instrument === null || position.instrument === instrument)
    .filter(({ qty }) => absLots(qty) > keepQty);
}

function ordersIn(turn: Turn, { accountId, instrument }: Enforcement): readonly Order[] {
  return turn.view
    .ordersOf(accountId)
    .filter((order) => instrument === null || order.instrument === instrument);
}

/** Orders that could open or grow a position; not the stops that guard one, whoever placed them. */
function entriesIn(turn: Turn, enforcement: Enforcement): readonly Order[] {
  return ordersIn(turn, enforcement).filter((order) => {
    const position = turn.view.position(order.accountId, order.instrument);
    return isOpenEntry(order) && !isProtective(order, position);
  });
}

function uncanceled(orders: readonly Order[]): readonly Order[] {
  return orders.filter(({ change }) => change?.kind !== "cancel");
}

function covers(wide: CloseDown, narrow: CloseDown): boolean {
  const isWider = wide.instrument === null || wide.instrument === narrow.instrument;
  return isWider && wide.keepQty <= narrow.keepQty;
}

function wakeAt(turn: Turn, { accountId }: Enforcement, at: EpochMs): void {
  turn.agenda.setEarlier({ kind: "enforcement", accountId }, at);
}

function tellWaiting(turn: Turn, enforcement: Enforcement): void {
  for (const { accountId, instrument } of positionsIn(turn, enforcement)) {
    if (turn.market.isOpen(instrument, turn.now)) continue;
    turn.alert(
      "critical",
      "closeWaits",
      `${accountId}: ${instrument} does not trade now; it is closed as soon as it does`,
    );
  }
}

function tellSlow(turn: Turn, { accountId, instrument, attempts, stage }: Enforcement): void {
  const what = instrument ?? "everything";
  const doing = stage === "close" ? `closing ${what}` : `canceling the orders of ${what}`;
  turn.alert(
    "critical",
    "closeNotWorking",
    `${accountId}: ${doing} has failed ${attempts} times; trying every 15 s. Do it at the venue`,
  );
}

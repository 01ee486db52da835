import type { Turn } from "#core/desk/turn.ts";
import { type Order, isClosed } from "#core/domain/order.ts";
import { type Position, absLots, closingSide } from "#core/domain/position.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";
import { marketTerms, placeIntent, reducing, requestCancel } from "#core/orders/place.ts";
import type { Enforcement } from "./enforcement-state.ts";
import { isOpenEntry, unclaimedLots } from "./exposure.ts";

/** Attempts that follow each other quickly; after them a person is told and the desk goes on slowly. */
const QUICK_ATTEMPTS = 5;
const FIRST_RETRY_MS = 250;
const SLOW_RETRY_MS = 15_000;

/** What to close: a whole account when `instrument` is null, down to `keepQty` lots. */
export type CloseDown = Pick<Enforcement, "accountId" | "instrument" | "keepQty" | "cause">;

/** Starts a close-down unless a running one covers it already; a wider one replaces the narrower. */
export function startClose(turn: Turn, down: CloseDown): void {
  for (const running of turn.state.enforcements.values()) {
    if (running.accountId !== down.accountId) continue;
    if (covers(running, down)) return;
    if (covers(down, running)) {
      turn.emit({ kind: "enforcementEnded", enforcementId: running.enforcementId, at: turn.now });
    }
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
      cancelEntries(turn, enforcement);
      turn.emit({ kind: "enforcementChanged", enforcement: { ...enforcement, stage: "close" } });
      return turn.touch(enforcement.accountId);
    case "close":
      return closePositions(turn, enforcement);
    case "cancelRest":
      return cancelRest(turn, enforcement);
  }
}

function closePositions(turn: Turn, enforcement: Enforcement): void {
  const open = positionsIn(turn, enforcement);
  const entries = ordersIn(turn, enforcement).filter(isOpenEntry);
  if (open.length === 0 && entries.length === 0) {
    const next = { ...enforcement, stage: "cancelRest", nextAttemptAt: turn.now } as const;
    turn.emit({ kind: "enforcementChanged", enforcement: next });
    return turn.touch(enforcement.accountId);
  }
  const uncovered = open.filter((position) => lotsToClose(turn, position, enforcement) > 0);
  const uncanceled = entries.filter(({ change }) => change?.kind !== "cancel");
  if (uncovered.length === 0 && uncanceled.length === 0) return;
  if (turn.now < enforcement.nextAttemptAt)
    return wakeAt(turn, enforcement, enforcement.nextAttemptAt);
  const attempts = enforcement.attempts + 1;
  const delayMs = attempts < QUICK_ATTEMPTS ? FIRST_RETRY_MS * 2 ** (attempts - 1) : SLOW_RETRY_MS;
  const nextAttemptAt = (turn.now + delayMs) as EpochMs;
  turn.emit({
    kind: "enforcementChanged",
    enforcement: { ...enforcement, attempts, nextAttemptAt },
  });
  if (attempts === QUICK_ATTEMPTS) tellSlow(turn, enforcement);
  for (const entry of uncanceled) requestCancel(turn, entry);
  for (const position of uncovered) close(turn, position, lotsToClose(turn, position, enforcement));
  wakeAt(turn, enforcement, nextAttemptAt);
}

/** Protective orders go last: until here a failed close was still covered by them. */
function cancelRest(turn: Turn, enforcement: Enforcement): void {
  if (positionsIn(turn, enforcement).length > 0) {
    turn.emit({ kind: "enforcementChanged", enforcement: { ...enforcement, stage: "close" } });
    return turn.touch(enforcement.accountId);
  }
  const rest =
    enforcement.keepQty > 0 ? [] : ordersIn(turn, enforcement).filter((order) => !isClosed(order));
  if (rest.length === 0) {
    const { enforcementId } = enforcement;
    return turn.emit({ kind: "enforcementEnded", enforcementId, at: turn.now });
  }
  const open = rest.filter(({ change }) => change?.kind !== "cancel");
  if (open.length === 0) return;
  if (turn.now < enforcement.nextAttemptAt)
    return wakeAt(turn, enforcement, enforcement.nextAttemptAt);
  const nextAttemptAt = (turn.now + FIRST_RETRY_MS) as EpochMs;
  turn.emit({ kind: "enforcementChanged", enforcement: { ...enforcement, nextAttemptAt } });
  for (const order of open) requestCancel(turn, order);
}

function cancelEntries(turn: Turn, enforcement: Enforcement): void {
  for (const order of ordersIn(turn, enforcement)) {
    if (isOpenEntry(order)) requestCancel(turn, order);
  }
}

function close(turn: Turn, position: Position, qty: Lots): void {
  const { accountId, instrument } = position;
  if (!turn.market.isOpen(instrument, turn.now)) return;
  const side = closingSide(position.qty);
  const order = {
    accountId,
    instrument,
    purpose: "riskClose",
    side,
    qty,
    terms: marketTerms(),
  } as const;
  placeIntent(turn, reducing(order, { source: { kind: "desk" }, parent: null }));
}

function lotsToClose(turn: Turn, position: Position, { keepQty }: Enforcement): Lots {
  const { accountId, instrument } = position;
  return Math.max(0, unclaimedLots(turn.state, accountId, instrument) - keepQty) as Lots;
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

function covers(wide: CloseDown, narrow: CloseDown): boolean {
  const isWider = wide.instrument === null || wide.instrument === narrow.instrument;
  return isWider && wide.keepQty <= narrow.keepQty;
}

function wakeAt(turn: Turn, { accountId }: Enforcement, at: EpochMs): void {
  turn.agenda.setEarlier({ kind: "enforcement", accountId }, at);
}

function tellSlow(turn: Turn, { accountId, instrument, attempts }: Enforcement): void {
  const what = instrument ?? "all positions";
  turn.alert(
    "critical",
    "closeNotWorking",
    `${accountId}: closing ${what} has failed ${attempts} times; trying every 15 s. Close it at the venue`,
  );
}

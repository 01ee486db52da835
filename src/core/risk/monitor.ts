import { warningKey } from "#core/desk/evolve.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import { isClosed, sideSign } from "#core/domain/order.ts";
import { type Position, absLots } from "#core/domain/position.ts";
import { type EpochMs, type Lots, NO_LOTS } from "#core/domain/units.ts";
import { requestCancel } from "#core/orders/place.ts";
import { type Breach, breachKey } from "./breach.ts";
import { startClose } from "./enforce.ts";
import { isLeg, isOpenEntry } from "./exposure.ts";
import type { Finding } from "./rule.ts";

/** Looks at an account as it is now, however it came about, and starts what its rules demand. */
export function monitorAccount(turn: Turn, accountId: AccountId): void {
  noteProtection(turn, accountId);
  const broken = new Set<string>();
  for (const rule of turn.gates.get(accountId)?.rules ?? []) {
    const finding = rule.monitor(accountId, turn.view);
    for (const breach of finding.breaches) {
      broken.add(breachKey(breach));
      takeBreach(turn, breach);
    }
    warn(turn, { accountId, rule: rule.id, finding });
    schedule(turn, accountId, finding);
  }
  endEpisodes(turn, accountId, broken);
  keepFlatWhileLocked(turn, accountId);
  cancelOrphans(turn, accountId);
}

/** Ends lockouts whose time has come. One whose account is still being closed is looked at again when that has ended. */
export function endLockouts(turn: Turn): void {
  let next = Number.POSITIVE_INFINITY;
  for (const { lockoutId, accountId, until } of turn.state.lockouts.values()) {
    if (until === null) continue;
    if (until > turn.now) next = Math.min(next, until);
    else if (!isClosing(turn, accountId)) {
      turn.emit({ kind: "lockoutEnded", lockoutId, at: turn.now, by: "time" });
      turn.touch(accountId);
    }
  }
  if (Number.isFinite(next)) turn.agenda.set({ kind: "lockouts" }, next as EpochMs);
}

/** Closes an account to new orders. Durable with the record of this event, before anything it leads to (R11). */
export function lock(turn: Turn, lockout: Lockout): void {
  if (turn.state.lockouts.has(lockout.lockoutId)) return;
  turn.emit({ kind: "accountLocked", lockout });
  turn.touch(lockout.accountId);
  if (lockout.until !== null) turn.agenda.setEarlier({ kind: "lockouts" }, lockout.until);
}

function takeBreach(turn: Turn, breach: Breach): void {
  const isNew = !turn.state.breaches.has(breachKey(breach));
  if (isNew) turn.emit({ kind: "breachFound", at: turn.now, breach });
  remedy(turn, breach, isNew);
  if (!isNew) return;
  const { accountId, rule, code, limit, value } = breach;
  turn.alert("critical", code, `${accountId}: ${code}, limit ${limit}, found ${value} (${rule})`);
}

function schedule(turn: Turn, accountId: AccountId, finding: Finding): void {
  const { checkAgainAt, askVenueAt } = finding;
  if (checkAgainAt !== null) turn.agenda.setEarlier({ kind: "account", accountId }, checkAgainAt);
  if (askVenueAt !== null) turn.agenda.setEarlier({ kind: "snapshot", accountId }, askVenueAt);
}

function remedy(turn: Turn, breach: Breach, isNew: boolean): void {
  const { accountId, rule: cause } = breach;
  switch (breach.remedy.kind) {
    case "alert":
      return;
    case "closeExcess": {
      const { instrument, qty } = breach.remedy;
      const position = turn.view.position(accountId, instrument);
      const held = position === undefined ? NO_LOTS : absLots(position.qty);
      const keepQty = Math.max(0, held - qty) as Lots;
      return startClose(turn, { accountId, instrument, keepQty, cause });
    }
    case "closeInstrument": {
      const { instrument } = breach.remedy;
      return startClose(turn, { accountId, instrument, keepQty: NO_LOTS, cause });
    }
    case "flatten":
      return startClose(turn, { accountId, instrument: null, keepQty: NO_LOTS, cause });
    case "flattenAndLock": {
      const { until } = breach.remedy;
      const lockoutId = `${accountId}/${cause}/${until}`;
      const reason = `${breach.code}: limit ${breach.limit}, found ${breach.value}`;
      lock(turn, {
        lockoutId,
        accountId,
        scope: { kind: "account" },
        rule: cause,
        kind: "hard",
        reason,
        startedAt: turn.now,
        until,
      });
      if (isNew) startClose(turn, { accountId, instrument: null, keepQty: NO_LOTS, cause });
    }
  }
}

function warn(
  turn: Turn,
  found: {
    readonly accountId: AccountId;
    readonly rule: Breach["rule"];
    readonly finding: Finding;
  },
): void {
  const { accountId, rule, finding } = found;
  const tradingDay = turn.market.tradingDay(turn.now);
  const warned = turn.state.accounts.get(accountId)?.warnings ?? [];
  const shares = finding.warnings
    .map(({ share }) => share)
    .filter((share) => !warned.includes(warningKey({ rule, tradingDay, share })));
  if (shares.length === 0) return;
  for (const share of shares) turn.emit({ kind: "lossWarned", accountId, rule, tradingDay, share });
  const percent = Math.round(Math.max(...shares) * 1_000) / 10;
  turn.alert("warning", "lossWarned", `${accountId}: ${percent} % of the limit of ${rule} is used`);
}

function endEpisodes(turn: Turn, accountId: AccountId, broken: ReadonlySet<string>): void {
  for (const [key, breach] of turn.state.breaches) {
    if (breach.accountId !== accountId || broken.has(key)) continue;
    turn.emit({ kind: "breachEnded", at: turn.now, key });
  }
}

/**
 * Rules keep running while an account is locked: whatever appears in it is closed. In safe mode nothing is: there the
 * desk does not know what it would close, and a person decides.
 */
function keepFlatWhileLocked(turn: Turn, accountId: AccountId): void {
  for (const { accountId: locked, scope, rule } of turn.state.lockouts.values()) {
    if (locked !== accountId || rule === "safeMode") continue;
    const instrument = scope.kind === "instrument" ? scope.instrument : null;
    if (!hasSomething(turn, accountId, instrument)) continue;
    startClose(turn, { accountId, instrument, keepQty: NO_LOTS, cause: "lockout" });
  }
}

/** Exits of ours that rest where nothing is left to exit from would open a position: at flat they go. */
function cancelOrphans(turn: Turn, accountId: AccountId): void {
  for (const order of turn.view.ordersOf(accountId)) {
    if (!order.reduceOnly || isLeg(order) || isClosed(order)) continue;
    if (order.source.kind === "external" || order.terms.type === "market") continue;
    const held = turn.view.position(accountId, order.instrument)?.qty ?? 0;
    if (held * sideSign(order.side) >= 0) requestCancel(turn, order);
  }
}

function hasSomething(turn: Turn, accountId: AccountId, instrument: InstrumentId | null): boolean {
  const inScope = (one: { readonly instrument: InstrumentId }) =>
    instrument === null || one.instrument === instrument;
  if (turn.view.openPositions(accountId).some(inScope)) return true;
  return turn.view.ordersOf(accountId).some((order) => inScope(order) && isOpenEntry(order));
}

function isClosing(turn: Turn, accountId: AccountId): boolean {
  for (const enforcement of turn.state.enforcements.values()) {
    if (enforcement.accountId === accountId) return true;
  }
  return false;
}

/** Keeps for each position since when it has had too little stop quantity at the venue. */
function noteProtection(turn: Turn, accountId: AccountId): void {
  for (const position of turn.state.positions.values()) {
    if (position.accountId !== accountId) continue;
    const { instrument } = position;
    const since = turn.view.unprotectedSince(position);
    const isShort = turn.view.stopCover(position) < absLots(position.qty);
    const isAnew = since !== undefined && since !== turn.now && isNewTrip(turn, position);
    const begins = isShort && (since === undefined || isAnew);
    const ends = !isShort && since !== undefined;
    if (!begins && !ends) continue;
    const unprotectedSince = begins ? turn.now : null;
    turn.emit({ kind: "protectionChanged", accountId, instrument, unprotectedSince });
  }
}

/** Whether this event turned the position over: what is open now was opened anew, so its grace begins anew. */
function isNewTrip(turn: Turn, { accountId, instrument }: Position): boolean {
  return turn.facts.some(
    (fact) =>
      fact.kind === "fillBooked" &&
      fact.roundTrip?.accountId === accountId &&
      fact.roundTrip.instrument === instrument,
  );
}

import { accountOf, findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import { type OpenTrip, type Position, absLots } from "#core/domain/position.ts";
import type { AccountSnapshot, VenuePosition } from "#core/domain/report.ts";
import { type Money, NO_LOTS, NO_MONEY, type SignedLots, type Ticks } from "#core/domain/units.ts";
import { flatPosition, valueOf } from "#core/positions/book-fill.ts";
import { overdueAt } from "./answers.ts";
import { raise } from "./finding.ts";

/**
 * After all fills are booked both sides must hold the same; where they do not, the venue is right and a person is
 * told. `outdated`: the list cannot judge what we hold. `blind`: it holds or did what the session does not know.
 */
export function comparePositions(
  turn: Turn,
  snapshot: AccountSnapshot,
): "agreed" | "outdated" | "blind" {
  const differing = differingInstruments(turn, snapshot);
  if (isOutdated(turn, snapshot, differing)) return "outdated";
  const unknown = differing.filter((id) => turn.market.instrument(id) === undefined);
  tellUnknown(turn, snapshot, unknown);
  for (const instrument of differing) {
    // What is missing may be what the venue calls otherwise now: then it is not gone, and keeps its stop.
    const isMissing = qtyAt(snapshot, instrument) === 0 && unknown.length > 0;
    if (!unknown.includes(instrument) && !isMissing) adopt(turn, instrument, snapshot);
  }
  return unknown.length > 0 || hasForeignFill(turn, snapshot) ? "blind" : "agreed";
}

function differingInstruments(turn: Turn, snapshot: AccountSnapshot): readonly InstrumentId[] {
  const { accountId, positions } = snapshot;
  const instruments = new Set<InstrumentId>();
  for (const { instrument } of turn.view.openPositions(accountId)) instruments.add(instrument);
  for (const { instrument } of positions) instruments.add(instrument);
  return [...instruments].filter((id) => {
    const held = findPosition(turn.state, accountId, id)?.qty ?? 0;
    return held !== qtyAt(snapshot, id);
  });
}

function qtyAt({ positions }: AccountSnapshot, instrument: InstrumentId): number {
  return positions.find((one) => one.instrument === instrument)?.qty ?? 0;
}

/**
 * A fill that overtook the snapshot is in our position and not in the venue's. Lists of positions lag: one that differs
 * is believed only when it is later than the last fill by the time of an answer (R5).
 */
function isOutdated(
  turn: Turn,
  { accountId, asOf, fills }: AccountSnapshot,
  differing: readonly InstrumentId[],
): boolean {
  const { lastFill } = accountOf(turn.state, accountId);
  if (lastFill === null) return false;
  if (differing.length > 0 && asOf < overdueAt(turn, lastFill.at)) return true;
  return asOf <= lastFill.at && !fills.some(({ fillId }) => fillId === lastFill.fillId);
}

/** What the session does not know is told of when it changes, not at every look. */
function tellUnknown(
  turn: Turn,
  snapshot: AccountSnapshot,
  unknown: readonly InstrumentId[],
): void {
  const { accountId } = snapshot;
  const known = accountOf(turn.state, accountId).unknownHoldings;
  const holdings = unknown.map((instrument) => ({ instrument, qty: qtyAt(snapshot, instrument) }));
  const gone = known.filter(({ instrument }) => !unknown.includes(instrument));
  const changed = holdings.filter(({ instrument, qty }) => {
    return qty !== known.find((one) => one.instrument === instrument)?.qty;
  });
  for (const { instrument } of gone) tellHeld(turn, accountId, `no ${instrument} any more`);
  for (const { instrument, qty } of changed) tellHeld(turn, accountId, `${qty} ${instrument}`);
  if (gone.length + changed.length > 0) turn.emit({ kind: "unknownHeld", accountId, holdings });
}

function tellHeld(turn: Turn, accountId: AccountId, what: string): void {
  const text = `the venue holds ${what}, which the session does not know`;
  raise(turn, accountId, { code: "unknownInstrument", text });
}

/** What was earned today in an instrument that the session does not know is in no limit. */
function hasForeignFill(turn: Turn, { fills }: AccountSnapshot): boolean {
  const since = turn.market.dayStart(turn.now);
  return fills.some(
    ({ at, instrument }) => at >= since && turn.market.instrument(instrument) === undefined,
  );
}

function adopt(turn: Turn, instrument: InstrumentId, snapshot: AccountSnapshot): void {
  const { accountId, positions } = snapshot;
  const tickValue = turn.market.instrument(instrument)?.tickValue;
  if (tickValue === undefined) return;
  const seen = positions.find((one) => one.instrument === instrument);
  const ours =
    findPosition(turn.state, accountId, instrument) ?? flatPosition(accountId, instrument);
  turn.emit({ kind: "positionAdopted", position: adopted(turn, ours, { seen, tickValue }) });
  const text = `${instrument}: the venue holds ${qtyAt(snapshot, instrument)}, we held ${ours.qty}`;
  raise(turn, accountId, { code: "positionMismatch", text });
}

/** Our position with the venue's lots and cost. A trip goes on while the side stays; else nobody here began it. */
function adopted(
  turn: Turn,
  ours: Position,
  venue: { readonly seen: VenuePosition | undefined; readonly tickValue: Money },
): Position {
  const { seen, tickValue } = venue;
  if (seen === undefined || seen.qty === 0) {
    return { ...ours, qty: 0 as SignedLots, cost: NO_MONEY, openedAt: turn.now, trip: null };
  }
  const { qty, avgEntryTicks } = seen;
  const perTick = Number(valueOf(absLots(qty), 1 as Ticks, tickValue));
  const cost = BigInt(Math.round(avgEntryTicks * perTick)) as Money;
  const goesOn = Math.sign(qty) === Math.sign(ours.qty);
  return {
    ...ours,
    qty,
    cost,
    openedAt: goesOn ? ours.openedAt : turn.now,
    trip: goesOn ? ours.trip : externalTrip(qty, cost),
  };
}

function externalTrip(qty: SignedLots, cost: Money): OpenTrip {
  const size = absLots(qty);
  return {
    owner: { kind: "external" },
    side: qty > 0 ? "buy" : "sell",
    maxQty: size,
    entryQty: size,
    entryValue: cost,
    exitQty: NO_LOTS,
    exitValue: NO_MONEY,
    grossPnl: NO_MONEY,
    fees: NO_MONEY,
  };
}

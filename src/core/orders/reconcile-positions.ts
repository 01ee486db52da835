import { accountOf, findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import { type OpenTrip, type Position, absLots } from "#core/domain/position.ts";
import type { AccountSnapshot, VenuePosition } from "#core/domain/report.ts";
import { type Money, NO_LOTS, NO_MONEY, type SignedLots, type Ticks } from "#core/domain/units.ts";
import { flatPosition, valueOf } from "#core/positions/book-fill.ts";
import { raise } from "./finding.ts";

/**
 * After all fills are booked both sides must hold the same; where they do not, the venue is right and a person is
 * told. `outdated`: the list cannot judge what we hold. `blind`: it holds what the session does not know.
 */
export function comparePositions(
  turn: Turn,
  snapshot: AccountSnapshot,
): "agreed" | "outdated" | "blind" {
  const { accountId } = snapshot;
  if (isOutdated(turn, snapshot)) return "outdated";
  const instruments = new Set<InstrumentId>();
  for (const { instrument } of turn.view.openPositions(accountId)) instruments.add(instrument);
  for (const { instrument } of snapshot.positions) instruments.add(instrument);
  let isBlind = false;
  for (const instrument of instruments) {
    if (!compare(turn, instrument, snapshot)) isBlind = true;
  }
  return isBlind ? "blind" : "agreed";
}

/** A fill that overtook the snapshot is in our position and not in the venue's. */
function isOutdated(turn: Turn, { accountId, asOf, fills }: AccountSnapshot): boolean {
  const { lastFill } = accountOf(turn.state, accountId);
  if (lastFill === null || asOf > lastFill.at) return false;
  return !fills.some(({ fillId }) => fillId === lastFill.fillId);
}

/** False for an instrument that the session does not know: what it is worth cannot be told. */
function compare(turn: Turn, instrument: InstrumentId, snapshot: AccountSnapshot): boolean {
  const { accountId, positions } = snapshot;
  const seen = positions.find((one) => one.instrument === instrument);
  const ours =
    findPosition(turn.state, accountId, instrument) ?? flatPosition(accountId, instrument);
  const venueQty = seen?.qty ?? 0;
  if (venueQty === ours.qty) return true;
  const tickValue = turn.market.instrument(instrument)?.tickValue;
  if (tickValue === undefined) {
    const text = `the venue holds ${venueQty} ${instrument}, which the session does not know`;
    raise(turn, accountId, { code: "unknownInstrument", text });
    return false;
  }
  turn.emit({ kind: "positionAdopted", position: adopted(turn, ours, { seen, tickValue }) });
  const text = `${instrument}: the venue holds ${venueQty}, we held ${ours.qty}`;
  raise(turn, accountId, { code: "positionMismatch", text });
  return true;
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

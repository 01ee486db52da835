import { type Fill, type OrderSource, type Side, sideSign } from "#core/domain/order.ts";
import type { OpenTrip, Position, RoundTrip } from "#core/domain/position.ts";
import {
  type EpochMs,
  type Lots,
  type Money,
  NO_LOTS,
  NO_MONEY,
  type SignedLots,
  type Ticks,
} from "#core/domain/units.ts";

/** What one fill did to a position. `grossPnl` is of the lots it closed, before fees. */
export type Booking = {
  readonly position: Position;
  readonly grossPnl: Money;
  readonly roundTrip: RoundTrip | null;
};

/** A fill, or the part of it that closes or opens. */
type FilledLots = Pick<Fill, "side" | "price" | "at" | "qty" | "fee"> & {
  readonly owner: OrderSource;
};

export function flatPosition(
  accountId: Position["accountId"],
  instrument: Position["instrument"],
): Position {
  return {
    accountId,
    instrument,
    qty: 0 as SignedLots,
    cost: NO_MONEY,
    openedAt: 0 as EpochMs,
    trip: null,
  };
}

/**
 * Books a fill at average cost. A fill beyond flat is split: first the close, then the open of what remains; its
 * fee is split by lots, and the remainder stays with the close. Totals are exact to the millionth once flat. What the
 * venue says that it realized counts instead of ours: it may close what was opened before anybody here looked.
 */
export function bookFill(
  before: Position,
  executed: { readonly fill: Fill; readonly owner: OrderSource },
  tickValue: Money,
): Booking {
  const { grossPnl: told, ...fill } = { ...executed.fill, owner: executed.owner };
  return asTold(ownBooking(before, fill, tickValue), told);
}

/** What a round trip counts as in a day. */
export function tripCount(ended: RoundTrip | null): {
  readonly roundTrips: number;
  readonly wins: number;
} {
  if (ended === null) return { roundTrips: 0, wins: 0 };
  return { roundTrips: 1, wins: ended.netPnl > 0n ? 1 : 0 };
}

/** Average entry price in ticks; NaN when flat. For screens and stop distances, never for the ledger. */
export function averageEntryTicks(position: Position, tickValue: Money): number {
  return Number(position.cost) / (Number(tickValue) * Math.abs(position.qty));
}

/** PnL of the open lots if they closed at `mark`, before fees. */
export function unrealizedPnl(position: Position, mark: Ticks, tickValue: Money): Money {
  if (position.qty === 0) return NO_MONEY;
  const worth = BigInt(mark) * BigInt(position.qty) * tickValue;
  return (worth - BigInt(Math.sign(position.qty)) * position.cost) as Money;
}

/** What `qty` lots cost at `price`: price in ticks x tick value x lots. */
export function valueOf(qty: Lots, price: Ticks, tickValue: Money): Money {
  return (BigInt(price) * BigInt(qty) * tickValue) as Money;
}

function ownBooking(before: Position, fill: FilledLots, tickValue: Money): Booking {
  const opposite = before.qty !== 0 && sideSign(fill.side) !== Math.sign(before.qty);
  if (!opposite) return increase(before, fill, tickValue);
  const closing = Math.min(fill.qty, Math.abs(before.qty)) as Lots;
  if (closing === fill.qty) return decrease(before, fill, tickValue);
  const opening = (fill.qty - closing) as Lots;
  const openingFee = ((fill.fee * BigInt(opening)) / BigInt(fill.qty)) as Money;
  const closingFee = (fill.fee - openingFee) as Money;
  const closed = decrease(before, { ...fill, qty: closing, fee: closingFee }, tickValue);
  const opened = increase(closed.position, { ...fill, qty: opening, fee: openingFee }, tickValue);
  return { ...closed, position: opened.position };
}

/** The difference belongs to the trip that the fill was of: the one it ended, or the one that goes on. */
function asTold(own: Booking, told: Money | undefined): Booking {
  if (told === undefined || told === own.grossPnl) return own;
  const more = told - own.grossPnl;
  const { position, roundTrip } = own;
  const { trip } = position;
  const ended = roundTrip && {
    ...roundTrip,
    grossPnl: (roundTrip.grossPnl + more) as Money,
    netPnl: (roundTrip.netPnl + more) as Money,
  };
  const open = trip && { ...trip, grossPnl: (trip.grossPnl + more) as Money };
  const after = ended === null ? { ...position, trip: open } : position;
  return { position: after, grossPnl: told, roundTrip: ended };
}

function increase(before: Position, fill: FilledLots, tickValue: Money): Booking {
  const value = valueOf(fill.qty, fill.price, tickValue);
  const trip = before.trip ?? newTrip(fill.owner, fill.side);
  const qty = (before.qty + sideSign(fill.side) * fill.qty) as SignedLots;
  const position: Position = {
    ...before,
    qty,
    cost: (before.cost + value) as Money,
    openedAt: before.qty === 0 ? fill.at : before.openedAt,
    trip: {
      ...trip,
      maxQty: Math.max(trip.maxQty, Math.abs(qty)) as Lots,
      entryQty: (trip.entryQty + fill.qty) as Lots,
      entryValue: (trip.entryValue + value) as Money,
      fees: (trip.fees + fill.fee) as Money,
    },
  };
  return { position, grossPnl: NO_MONEY, roundTrip: null };
}

function decrease(before: Position, fill: FilledLots, tickValue: Money): Booking {
  const value = valueOf(fill.qty, fill.price, tickValue);
  const basis = shareOf(before.cost, fill.qty, Math.abs(before.qty));
  const direction = BigInt(Math.sign(before.qty));
  const grossPnl = (direction * (value - basis)) as Money;
  const trip = before.trip ?? newTrip(fill.owner, before.qty > 0 ? "buy" : "sell");
  const after: OpenTrip = {
    ...trip,
    exitQty: (trip.exitQty + fill.qty) as Lots,
    exitValue: (trip.exitValue + value) as Money,
    grossPnl: (trip.grossPnl + grossPnl) as Money,
    fees: (trip.fees + fill.fee) as Money,
  };
  const qty = (before.qty + sideSign(fill.side) * fill.qty) as SignedLots;
  const isFlat = qty === 0;
  const position: Position = {
    ...before,
    qty,
    cost: (before.cost - basis) as Money,
    openedAt: isFlat ? fill.at : before.openedAt,
    trip: isFlat ? null : after,
  };
  return { position, grossPnl, roundTrip: isFlat ? roundTripOf(before, after, fill.at) : null };
}

/** The cost of `part` of `whole` lots, rounded to the nearest millionth; the rest stays with the others. */
function shareOf(cost: Money, part: number, whole: number): Money {
  const doubled = 2n * cost * BigInt(part);
  const divisor = 2n * BigInt(whole);
  const half = doubled >= 0n ? BigInt(whole) : -BigInt(whole);
  return ((doubled + half) / divisor) as Money;
}

function newTrip(owner: OrderSource, side: Side): OpenTrip {
  return {
    owner,
    side,
    maxQty: NO_LOTS,
    entryQty: NO_LOTS,
    entryValue: NO_MONEY,
    exitQty: NO_LOTS,
    exitValue: NO_MONEY,
    grossPnl: NO_MONEY,
    fees: NO_MONEY,
  };
}

function roundTripOf(before: Position, trip: OpenTrip, closedAt: EpochMs): RoundTrip {
  return {
    accountId: before.accountId,
    instrument: before.instrument,
    openedAt: before.openedAt,
    closedAt,
    netPnl: (trip.grossPnl - trip.fees) as Money,
    ...trip,
  };
}

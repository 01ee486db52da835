import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import { type Fill, sideSign } from "#core/domain/order.ts";
import type { AccountSnapshot, VenueOrder, VenuePosition } from "#core/domain/report.ts";
import { type EpochMs, signedLots } from "#core/domain/units.ts";
import type { BookOrder } from "./book-order.ts";

/** What the venue knows of one account. */
export class VenueAccount {
  readonly id: AccountId;
  readonly working = new Set<BookOrder>();
  /** Ascending by `endedAt`. */
  ended: BookOrder[] = [];
  /** Ascending by `at`. */
  fills: Fill[] = [];
  /** Open ones only. */
  readonly positions = new Map<InstrumentId, VenuePosition>();

  constructor(id: AccountId) {
    this.id = id;
  }

  /** Signed lots held of an instrument. */
  netLots(instrument: InstrumentId): number {
    return this.positions.get(instrument)?.qty ?? 0;
  }

  book(fill: Fill): void {
    this.fills.push(fill);
    const position = positionAfter(this.positions.get(fill.instrument), fill);
    if (position.qty === 0) this.positions.delete(fill.instrument);
    else this.positions.set(fill.instrument, position);
  }

  /** Every order that worked, and every fill, at or after `since`; every open position. */
  snapshot(since: EpochMs, asOf: EpochMs): AccountSnapshot {
    const orders = [...this.working, ...this.ended.slice(firstSince(this.ended, since, endOf))];
    return {
      accountId: this.id,
      since,
      asOf,
      orders: orders.sort((a, b) => a.number - b.number).map(asListed),
      fills: this.fills.slice(firstSince(this.fills, since, (fill) => fill.at)),
      positions: [...this.positions.values()],
    };
  }

  /** Drops what ended before `before` and returns the dropped orders. */
  forget(before: EpochMs): readonly BookOrder[] {
    const kept = firstSince(this.ended, before, endOf);
    const dropped = this.ended.slice(0, kept);
    this.ended = this.ended.slice(kept);
    this.fills = this.fills.slice(firstSince(this.fills, before, (fill) => fill.at));
    return dropped;
  }
}

/** The position after a fill: averaged when it grows, unchanged in price when it shrinks, anew when it flips. */
export function positionAfter(position: VenuePosition | undefined, fill: Fill): VenuePosition {
  const { instrument, price } = fill;
  const held = position?.qty ?? 0;
  const change = sideSign(fill.side) * fill.qty;
  const qty = signedLots(held + change);
  if (position === undefined || held * qty < 0) return { instrument, qty, avgEntryTicks: price };
  if (Math.abs(qty) <= Math.abs(held)) return { ...position, qty };
  const value = position.avgEntryTicks * held + price * change;
  return { instrument, qty, avgEntryTicks: value / qty };
}

/** Index of the first row at or after `since`, looking from the end: what is asked for is recent. */
function firstSince<T>(rows: readonly T[], since: EpochMs, at: (row: T) => number): number {
  return rows.findLastIndex((row) => at(row) < since) + 1;
}

function endOf(order: BookOrder): number {
  return order.endedAt as number;
}

function asListed(order: BookOrder): VenueOrder {
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId,
    instrument: order.instrument,
    side: order.side,
    qty: order.qty,
    filledQty: order.filledQty,
    terms: order.terms,
    reduceOnly: order.reduceOnly,
    state: order.status,
  };
}

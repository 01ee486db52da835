import type { AccountId, InstrumentId } from "./ids.ts";
import type { OrderSource, Side } from "./order.ts";
import type { EpochMs, Lots, Money, SignedLots } from "./units.ts";

/** Net lots of one instrument in one account. */
export type Position = {
  readonly accountId: AccountId;
  readonly instrument: InstrumentId;
  /** Positive long, negative short, zero flat. */
  readonly qty: SignedLots;
  /** Price paid or received for the open lots: average entry price x tick value x lots. Zero when flat. */
  readonly cost: Money;
  /** When it last left flat; when it became flat if it is. */
  readonly openedAt: EpochMs;
  /** What happened since it left flat. Null when flat. */
  readonly trip: OpenTrip | null;
};

/** A round trip in progress: from flat to now. */
export type OpenTrip = {
  /** Whose order left flat; what the trip earns is counted for it. */
  readonly owner: OrderSource;
  readonly side: Side;
  readonly maxQty: Lots;
  readonly entryQty: Lots;
  readonly entryValue: Money;
  readonly exitQty: Lots;
  readonly exitValue: Money;
  readonly grossPnl: Money;
  readonly fees: Money;
};

/** From flat to flat; what the win rate counts. */
export type RoundTrip = {
  readonly owner: OrderSource;
  readonly accountId: AccountId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs;
  readonly maxQty: Lots;
  readonly entryQty: Lots;
  readonly entryValue: Money;
  readonly exitQty: Lots;
  readonly exitValue: Money;
  readonly grossPnl: Money;
  readonly fees: Money;
  readonly netPnl: Money;
};

export function positionKey(accountId: AccountId, instrument: InstrumentId): string {
  return `${accountId}/${instrument}`;
}

/** The side that closes it. */
export function closingSide(qty: SignedLots): Side {
  return qty > 0 ? "sell" : "buy";
}

export function absLots(qty: SignedLots): Lots {
  return Math.abs(qty) as Lots;
}

import type { AccountId, ClientOrderId, InstrumentId } from "#core/domain/ids.ts";
import type { Bracket, Side } from "#core/domain/order.ts";
import type { Lots, Ticks } from "#core/domain/units.ts";

/** The protection of one filled entry: what its legs must cover and which orders they are now. */
export type BracketGroup = {
  readonly entryId: ClientOrderId;
  readonly accountId: AccountId;
  readonly instrument: InstrumentId;
  /** Of the entry; the legs are on the other side. */
  readonly side: Side;
  readonly bracket: Bracket;
  /** Whether the venue makes the legs out of the entry and keeps their size; false once one of them got lost. */
  readonly isVenueHeld: boolean;
  /** Lots the entry has filled so far and their summed price, in ticks x lots. */
  readonly entryQty: Lots;
  readonly entryTicks: number;
  /** Lots of them still open; what the legs must cover. */
  readonly openQty: Lots;
  /** Where the legs belong; null for a leg nobody wants: no target asked for, or withdrawn by hand. */
  readonly stopPrice: Ticks | null;
  readonly targetPrice: Ticks | null;
  readonly stopLossId: ClientOrderId | null;
  readonly takeProfitId: ClientOrderId | null;
  /** Stops the venue refused or ended without being asked; at the limit the position is closed instead. */
  readonly stopFailures: number;
};

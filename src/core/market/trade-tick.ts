import type { InstrumentId } from "#core/domain/ids.ts";
import { type EpochMs, type Lots, NO_LOTS, type Ticks } from "#core/domain/units.ts";

/** Side that crossed the spread in a public trade, where the venue tells. */
export type Aggressor = "buy" | "sell" | "unknown";

/**
 * One public trade print. A view: producers reuse one object for all trades, so readers copy
 * the fields they want to keep. `qty` may be zero: some feeds print a price without a quantity.
 */
export type TradeTick = {
  readonly kind: "tradeTick";
  readonly at: EpochMs;
  readonly instrument: InstrumentId;
  readonly price: Ticks;
  readonly qty: Lots;
  readonly aggressor: Aggressor;
};

/** The object behind a `TradeTick`, owned and changed in place by one producer. */
export class TradeTickView {
  readonly kind = "tradeTick" as const;
  at: EpochMs = 0 as EpochMs;
  instrument: InstrumentId;
  price: Ticks = 0 as Ticks;
  qty: Lots = NO_LOTS;
  aggressor: Aggressor = "unknown";

  constructor(instrument: InstrumentId) {
    this.instrument = instrument;
  }
}

import type { InstrumentId } from "#core/domain/ids.ts";
import { type EpochMs, type Lots, NO_LOTS, type Ticks } from "#core/domain/units.ts";

/** Stands for "no price on this side". Below every real price, and still a 32-bit integer. */
export const NO_PRICE = -2_147_483_648 as Ticks;

/**
 * Best bid and ask with quantities. A view: producers reuse one object for all quotes, so readers
 * copy the fields they want to keep. An absent side has the price `NO_PRICE` and quantity zero.
 */
export type Quote = {
  readonly kind: "quote";
  readonly at: EpochMs;
  readonly instrument: InstrumentId;
  readonly bidPrice: Ticks;
  readonly bidQty: Lots;
  readonly askPrice: Ticks;
  readonly askQty: Lots;
};

/** The object behind a `Quote`, owned and changed in place by one producer. */
export class QuoteView {
  readonly kind = "quote" as const;
  at: EpochMs = 0 as EpochMs;
  instrument: InstrumentId;
  bidPrice: Ticks = NO_PRICE;
  bidQty: Lots = NO_LOTS;
  askPrice: Ticks = NO_PRICE;
  askQty: Lots = NO_LOTS;

  constructor(instrument: InstrumentId) {
    this.instrument = instrument;
  }
}

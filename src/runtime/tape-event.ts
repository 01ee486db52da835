import type { MarketEvent } from "#core/desk/event.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs, Lots, Ticks } from "#core/domain/units.ts";
import { AGGRESSORS } from "#core/market/tick-block.ts";
import type { TapeEvent } from "#ports/tape.ts";

/** Stands on the tape for a clock event, which is of no instrument. */
export const NO_INSTRUMENT = "-" as InstrumentId;

/** A market event as the tape has it. */
export function tapeEvent(seq: number, event: MarketEvent): TapeEvent {
  switch (event.kind) {
    case "tradeTick": {
      const { at, instrument, price, qty } = event;
      const aggressor = AGGRESSORS.indexOf(event.aggressor) as TapeEvent["aggressor"];
      return { seq, kind: 0, at, instrument, price, qty, askPrice: 0, askQty: 0, aggressor };
    }
    case "quote": {
      const { at, instrument, bidPrice, bidQty, askPrice, askQty } = event;
      return {
        seq,
        kind: 1,
        at,
        instrument,
        price: bidPrice,
        qty: bidQty,
        askPrice,
        askQty,
        aggressor: 0,
      };
    }
    case "clockAdvanced": {
      const { at } = event;
      const nothing = { price: 0, qty: 0, askPrice: 0, askQty: 0, aggressor: 0 } as const;
      return { seq, kind: 2, at, instrument: NO_INSTRUMENT, ...nothing };
    }
  }
}

/** The market event behind a tape's row. */
export function marketEventOf(row: TapeEvent): MarketEvent {
  const { instrument } = row;
  const at = row.at as EpochMs;
  switch (row.kind) {
    case 0: {
      const aggressor = AGGRESSORS[row.aggressor];
      return {
        kind: "tradeTick",
        at,
        instrument,
        price: row.price as Ticks,
        qty: row.qty as Lots,
        aggressor,
      };
    }
    case 1:
      return {
        kind: "quote",
        at,
        instrument,
        bidPrice: row.price as Ticks,
        bidQty: row.qty as Lots,
        askPrice: row.askPrice as Ticks,
        askQty: row.askQty as Lots,
      };
    case 2:
      return { kind: "clockAdvanced", at };
  }
}

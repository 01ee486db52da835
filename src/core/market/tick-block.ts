import type { InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs, Lots, Ticks } from "#core/domain/units.ts";
import type { QuoteView } from "./quote.ts";
import type { Aggressor, TradeTickView } from "./trade-tick.ts";

/** Rows in a block: large enough that an `await` between blocks costs nothing per row. */
export const TICK_BLOCK_ROWS = 16_384;

export const TRADE_ROW = 0;
export const QUOTE_ROW = 1;

/** What the numbers in `TickBlock.aggressor` stand for, by index. */
export const AGGRESSORS = ["unknown", "buy", "sell"] as const satisfies readonly Aggressor[];

/**
 * Trades and quotes as columns of equal length, in time order; rows `0` to `count - 1` are filled.
 * Valid until the source is asked for its next block. `instrument` is an index into the source's
 * instruments. For a quote, `price` and `qty` are the bid; for a trade, `askPrice` and `askQty`
 * mean nothing.
 */
export type TickBlock = {
  readonly count: number;
  /** Epoch milliseconds. */
  readonly at: Float64Array;
  /** `TRADE_ROW` or `QUOTE_ROW`. */
  readonly kind: Uint8Array;
  readonly instrument: Uint8Array;
  /** Ticks. */
  readonly price: Int32Array;
  /** Lots. */
  readonly qty: Int32Array;
  readonly askPrice: Int32Array;
  readonly askQty: Int32Array;
  /** Index into `AGGRESSORS`. */
  readonly aggressor: Uint8Array;
};

/** Columns for `rows` rows, empty; whoever fills them hands them out with its own `count`. */
export function emptyTickBlock(rows: number): TickBlock {
  return {
    count: 0,
    at: new Float64Array(rows),
    kind: new Uint8Array(rows),
    instrument: new Uint8Array(rows),
    price: new Int32Array(rows),
    qty: new Int32Array(rows),
    askPrice: new Int32Array(rows),
    askQty: new Int32Array(rows),
    aggressor: new Uint8Array(rows),
  };
}

/** Copies a trade row into `view`. `row` is below `count` and a `TRADE_ROW`: nothing is checked here. */
export function loadTrade(
  block: TickBlock,
  row: number,
  instruments: readonly InstrumentId[],
  view: TradeTickView,
): void {
  view.at = block.at[row] as EpochMs;
  view.instrument = instruments[block.instrument[row] as number] as InstrumentId;
  view.price = block.price[row] as Ticks;
  view.qty = block.qty[row] as Lots;
  view.aggressor = AGGRESSORS[block.aggressor[row] as number] as Aggressor;
}

/** Copies a quote row into `view`. `row` is below `count` and a `QUOTE_ROW`: nothing is checked here. */
export function loadQuote(
  block: TickBlock,
  row: number,
  instruments: readonly InstrumentId[],
  view: QuoteView,
): void {
  view.at = block.at[row] as EpochMs;
  view.instrument = instruments[block.instrument[row] as number] as InstrumentId;
  view.bidPrice = block.price[row] as Ticks;
  view.bidQty = block.qty[row] as Lots;
  view.askPrice = block.askPrice[row] as Ticks;
  view.askQty = block.askQty[row] as Lots;
}

import type { InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs, Ticks } from "#core/domain/units.ts";
import { TRADE_ROW, type TickBlock, emptyTickBlock } from "./tick-block.ts";

/** Prices that concern nobody lie between both, without them. */
export type QuietPrices = { readonly tradeLow: number; readonly tradeHigh: number };

/**
 * Trades of one instrument, one after the other, that nobody waits for: they move prices and volumes, and that is
 * all. Taken together they leave every view as if it had been told of each by itself, in a fraction of the time.
 * Each has a quantity; a print without one is told by itself. A view: its owner fills it anew for every run.
 */
export class TradeRun {
  instrument: InstrumentId;
  high = 0 as Ticks;
  low = 0 as Ticks;
  volume = 0;
  #block = emptyTickBlock(0);
  // Rows `#from` to `#to - 1` of the block.
  #from = 0;
  #to = 0;
  // The last answer of `bidAfter`: books that saw the same data ask the same.
  #bidBefore = Number.NaN;
  #spread = 0;
  #bidAfter = 0;

  constructor(instrument: InstrumentId) {
    this.instrument = instrument;
  }

  get count(): number {
    return this.#to - this.#from;
  }

  get lastAt(): EpochMs {
    return this.#block.at[this.#to - 1] as EpochMs;
  }

  get lastPrice(): Ticks {
    return this.#block.price[this.#to - 1] as Ticks;
  }

  /**
   * Takes the trades from a row on that come before an instant at quiet prices. Returns the first row not taken;
   * when that is `row`, the run is as it was.
   */
  take(
    block: TickBlock,
    row: number,
    before: number,
    { tradeLow, tradeHigh }: QuietPrices,
  ): number {
    const { count, at, kind, instrument, price, qty } = block;
    const first = instrument[row];
    let low = price[row] as number;
    let high = low;
    let volume = 0;
    let next = row;
    for (; next < count; next += 1) {
      const traded = price[next] as number;
      const lots = qty[next] as number;
      if (kind[next] !== TRADE_ROW || instrument[next] !== first || lots === 0) break;
      if (traded <= tradeLow || traded >= tradeHigh || (at[next] as number) >= before) break;
      if (traded > high) high = traded;
      else if (traded < low) low = traded;
      volume += lots;
    }
    if (next > row) {
      this.#block = block;
      this.#from = row;
      this.#to = next;
      this.low = low as Ticks;
      this.high = high as Ticks;
      this.volume = volume;
      this.#bidBefore = Number.NaN;
    }
    return next;
  }

  /** Where a bid ends that these trades push down, and drag up behind the ask that is `spread` above it. */
  bidAfter(bid: Ticks, spread: number): Ticks {
    if (bid !== this.#bidBefore || spread !== this.#spread) {
      this.#bidBefore = bid;
      this.#spread = spread;
      this.#bidAfter = this.#dragged(bid, spread);
    }
    return this.#bidAfter as Ticks;
  }

  /**
   * Each trade moves the bid into its own reach, from `spread` below it up to it. The last trades say most about where
   * it ends, so they are asked first, until nothing is left open.
   */
  #dragged(from: number, spread: number): number {
    const { price } = this.#block;
    const last = price[this.#to - 1] as number;
    let low = last - spread;
    let high = last;
    for (let row = this.#to - 2; low < high && row >= this.#from; row -= 1) {
      const traded = price[row] as number;
      if (traded - spread > low) low = Math.min(traded - spread, high);
      if (traded < high) high = Math.max(traded, low);
    }
    return Math.min(Math.max(from, low), high);
  }
}

import type { InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { QuoteView } from "#core/market/quote.ts";
import { QUOTE_ROW, type TickBlock, loadQuote, loadTrade } from "#core/market/tick-block.ts";
import { TopOfBook } from "#core/market/top-of-book.ts";
import { TradeTickView } from "#core/market/trade-tick.ts";
import type { TimeRange } from "#ports/market-data.ts";
import type { SampleRows } from "#storage/catalog/sample.ts";

/**
 * Counts the rows of one instrument, and the longest times without news from the open to the close of
 * the market. A quote is usable when the top of the book takes it; trades before the open are warm-up.
 */
export class SessionTally {
  readonly #instruments: readonly InstrumentId[];
  readonly #opensAt: EpochMs;
  readonly #top = new TopOfBook();
  readonly #trade: TradeTickView;
  readonly #quote: QuoteView;
  readonly #counts = { warmUpTrades: 0, warmUpZeroQtyTrades: 0, trades: 0, zeroQtyTrades: 0 };
  #quotes = 0;
  readonly #gaps: Gaps;
  readonly #quoteGaps: Gaps;

  constructor(instrument: InstrumentId, openHours: Required<TimeRange>) {
    this.#instruments = [instrument];
    this.#opensAt = openHours.from;
    this.#trade = new TradeTickView(instrument);
    this.#quote = new QuoteView(instrument);
    this.#gaps = new Gaps(openHours);
    this.#quoteGaps = new Gaps(openHours);
  }

  get rows(): SampleRows {
    const { lockedQuotes, crossedQuotes, oneSidedQuotes } = this.#top;
    return { ...this.#counts, quotes: this.#quotes, lockedQuotes, crossedQuotes, oneSidedQuotes };
  }

  /** Without a usable quote or a trade. */
  get longestGapMs(): number {
    return this.#gaps.longestMs;
  }

  /** Without a usable quote. */
  get longestQuoteGapMs(): number {
    return this.#quoteGaps.longestMs;
  }

  add(block: TickBlock): void {
    for (let row = 0; row < block.count; row += 1) {
      if (block.kind[row] === QUOTE_ROW) this.#addQuote(block, row);
      else this.#addTrade(block, row);
    }
  }

  #addQuote(block: TickBlock, row: number): void {
    loadQuote(block, row, this.#instruments, this.#quote);
    this.#quotes += 1;
    const { updatedAt } = this.#top;
    this.#top.onQuote(this.#quote);
    const isUsable = this.#top.updatedAt !== updatedAt;
    if (!isUsable) return;
    this.#gaps.add(this.#quote.at);
    this.#quoteGaps.add(this.#quote.at);
  }

  #addTrade(block: TickBlock, row: number): void {
    loadTrade(block, row, this.#instruments, this.#trade);
    const zeroQty = this.#trade.qty === 0 ? 1 : 0;
    if (this.#trade.at < this.#opensAt) {
      this.#counts.warmUpTrades += 1;
      this.#counts.warmUpZeroQtyTrades += zeroQty;
      return;
    }
    this.#counts.trades += 1;
    this.#counts.zeroQtyTrades += zeroQty;
    this.#top.onTrade(this.#trade);
    if (zeroQty === 0) this.#gaps.add(this.#trade.at);
  }
}

/** The longest time between instants from the start to the end of a range, both counted as instants. */
class Gaps {
  readonly #until: EpochMs;
  #lastAt: EpochMs;
  #longestMs = 0;

  constructor(range: Required<TimeRange>) {
    this.#until = range.until;
    this.#lastAt = range.from;
  }

  get longestMs(): number {
    return Math.max(this.#longestMs, this.#until - this.#lastAt);
  }

  add(at: EpochMs): void {
    this.#longestMs = Math.max(this.#longestMs, at - this.#lastAt);
    this.#lastAt = at;
  }
}

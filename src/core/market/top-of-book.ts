import { type EpochMs, type Lots, NO_LOTS, type Ticks } from "#core/domain/units.ts";
import { NO_PRICE, type Quote } from "./quote.ts";
import type { TradeRun } from "./trade-run.ts";
import type { TradeTick } from "./trade-tick.ts";

/**
 * Best bid and ask of one instrument, from quotes and, between sparse quotes, from trades.
 *
 * A quote sets both touches. Locked (bid = ask), crossed (bid > ask) and one-sided quotes are
 * ignored and counted: nothing can be valued by them. A trade at or beyond a touch moves that touch
 * to its price and drags the other along at the last quoted spread, so that the spread does not
 * widen without evidence. A trade inside the spread moves neither; a print without a quantity
 * moves nothing at all. Whenever the touches are known, bid < ask.
 */
export class TopOfBook {
  /** `NO_PRICE` until the first two-sided quote, as is `askPrice`. */
  bidPrice: Ticks = NO_PRICE;
  /** Zero means not known: a trade that moves a touch tells nothing about the quantity there. */
  bidQty: Lots = NO_LOTS;
  askPrice: Ticks = NO_PRICE;
  askQty: Lots = NO_LOTS;
  /** `NO_PRICE` until the first trade. */
  lastPrice: Ticks = NO_PRICE;
  /** Zero until the first trade, which is older than any staleness limit. */
  lastTradeAt: EpochMs = 0 as EpochMs;
  /** When the last trade or two-sided quote came; zero until then. */
  updatedAt: EpochMs = 0 as EpochMs;
  lockedQuotes = 0;
  crossedQuotes = 0;
  oneSidedQuotes = 0;
  /** Ticks between the touches, at least one once they are known. */
  #spread = 0;

  onQuote(quote: Quote): void {
    const { bidPrice, askPrice } = quote;
    if (bidPrice === NO_PRICE || askPrice === NO_PRICE) {
      this.oneSidedQuotes += 1;
      return;
    }
    const spread = askPrice - bidPrice;
    if (spread <= 0) {
      if (spread === 0) this.lockedQuotes += 1;
      else this.crossedQuotes += 1;
      return;
    }
    this.bidPrice = bidPrice;
    this.bidQty = quote.bidQty;
    this.askPrice = askPrice;
    this.askQty = quote.askQty;
    this.updatedAt = quote.at;
    this.#spread = spread;
  }

  onTrade(tick: TradeTick): void {
    if (tick.qty === 0) return;
    const { price } = tick;
    this.lastPrice = price;
    this.lastTradeAt = tick.at;
    this.updatedAt = tick.at;
    if (this.bidPrice === NO_PRICE) return;
    if (price > this.askPrice) this.#move((price - this.#spread) as Ticks, price);
    else if (price < this.bidPrice) this.#move(price, (price + this.#spread) as Ticks);
  }

  /** `onTrade` for each trade of a run. */
  onTrades(run: TradeRun): void {
    this.lastPrice = run.lastPrice;
    this.lastTradeAt = run.lastAt;
    this.updatedAt = run.lastAt;
    if (this.bidPrice === NO_PRICE) return;
    if (run.low >= this.bidPrice && run.high <= this.askPrice) return;
    const bidPrice = run.bidAfter(this.bidPrice, this.#spread);
    this.#move(bidPrice, (bidPrice + this.#spread) as Ticks);
  }

  #move(bidPrice: Ticks, askPrice: Ticks): void {
    this.bidPrice = bidPrice;
    this.bidQty = NO_LOTS;
    this.askPrice = askPrice;
    this.askQty = NO_LOTS;
  }
}

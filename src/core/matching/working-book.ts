import type { InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Side } from "#core/domain/order.ts";
import type { EpochMs, Lots, Ticks } from "#core/domain/units.ts";
import { NO_PRICE, type Quote } from "#core/market/quote.ts";
import { TopOfBook } from "#core/market/top-of-book.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import { type BookOrder, limitOf, stopOf } from "./book-order.ts";
import type { FillModel } from "./fill-model.ts";

// Beyond every price, and still 32-bit integers: comparing with them is as cheap as with a price.
const BELOW_ALL = -2_147_483_648;
const ABOVE_ALL = 2_147_483_647;

/** The market of a book as plain data. */
export type BookMarket = {
  readonly instrument: InstrumentId;
  readonly bidPrice: Ticks;
  readonly bidQty: Lots;
  readonly askPrice: Ticks;
  readonly askQty: Lots;
  readonly lastPrice: Ticks;
  readonly takenBid: number;
  readonly takenAsk: number;
};

/**
 * The working orders of one instrument, and its market. A trigger band holds the prices between
 * which no order can do anything, so that a tick costs two compares while nothing happens.
 */
export class WorkingBook {
  readonly instrument: InstrumentId;
  readonly top = new TopOfBook();
  /** In no order that means anything. */
  readonly orders: BookOrder[] = [];
  /** Lots our orders took from the quantity displayed at each touch. */
  takenBid = 0;
  takenAsk = 0;
  /** A trade at or below `tradeLow` or at or above `tradeHigh` concerns an order. */
  tradeLow = BELOW_ALL;
  tradeHigh = ABOVE_ALL;
  // So does an ask at or below `#askLow` or a bid at or above `#bidHigh`.
  #askLow = BELOW_ALL;
  #bidHigh = ABOVE_ALL;

  constructor(instrument: InstrumentId) {
    this.instrument = instrument;
  }

  /** Takes a trade with a quantity in and tells whether it concerns an order. */
  onTrade(tick: TradeTick): boolean {
    const { price } = tick;
    this.top.onTrade(tick);
    return price <= this.tradeLow || price >= this.tradeHigh;
  }

  /** Takes a quote in and tells whether it concerns an order. One that tells no touch concerns none. */
  onQuote(quote: Quote): boolean {
    const { top } = this;
    const { bidPrice, bidQty, askPrice, askQty } = top;
    top.onQuote(quote);
    if (top.bidPrice !== quote.bidPrice || top.askPrice !== quote.askPrice) return false;
    if (top.bidPrice === NO_PRICE) return false;
    // What was taken comes back only with a new display.
    if (top.bidPrice !== bidPrice || top.bidQty !== bidQty) this.takenBid = 0;
    if (top.askPrice !== askPrice || top.askQty !== askQty) this.takenAsk = 0;
    return top.askPrice <= this.#askLow || top.bidPrice >= this.#bidHigh;
  }

  add(order: BookOrder): void {
    this.orders.push(order);
    this.#include(order);
  }

  remove(order: BookOrder): void {
    const index = this.orders.indexOf(order);
    invariant(index !== -1, "an order that ends was working in its book");
    this.orders.splice(index, 1);
    this.remeasure();
  }

  /** To be called when terms or phase of an order changed. */
  remeasure(): void {
    this.tradeLow = BELOW_ALL;
    this.tradeHigh = ABOVE_ALL;
    this.#askLow = BELOW_ALL;
    this.#bidHigh = ABOVE_ALL;
    for (const order of this.orders) this.#include(order);
  }

  /** Lots an order of this side finds at the touch. */
  depth(side: Side, model: FillModel): number {
    if (model.marketDepth === "whole") return Number.POSITIVE_INFINITY;
    const { top } = this;
    return Math.max(0, side === "buy" ? top.askQty - this.takenAsk : top.bidQty - this.takenBid);
  }

  take(side: Side, qty: number): void {
    if (side === "buy") this.takenAsk += qty;
    else this.takenBid += qty;
  }

  market(): BookMarket {
    const { top, instrument, takenBid, takenAsk } = this;
    const { bidPrice, bidQty, askPrice, askQty, lastPrice } = top;
    return { instrument, bidPrice, bidQty, askPrice, askQty, lastPrice, takenBid, takenAsk };
  }

  /** The last trade first: alone it moves no touch. */
  restoreMarket(market: BookMarket): void {
    const { instrument, bidPrice, bidQty, askPrice, askQty, lastPrice } = market;
    const at = 0 as EpochMs;
    const trade = { at, instrument, price: lastPrice, qty: 1 as Lots };
    this.top.onTrade({ kind: "tradeTick", aggressor: "unknown", ...trade });
    this.top.onQuote({ kind: "quote", at, instrument, bidPrice, bidQty, askPrice, askQty });
    this.takenBid = market.takenBid;
    this.takenAsk = market.takenAsk;
  }

  #include(order: BookOrder): void {
    switch (order.phase) {
      case "market":
        this.tradeLow = ABOVE_ALL;
        this.#askLow = ABOVE_ALL;
        return;
      case "sweeping":
        this.tradeLow = ABOVE_ALL;
        return;
      case "limit":
        this.#includeLimit(order.side, limitOf(order.terms) as number);
        return;
      case "stop":
        this.#includeStop(order);
    }
  }

  #includeLimit(side: Side, price: number): void {
    if (side === "buy") {
      this.tradeLow = Math.max(this.tradeLow, price);
      this.#askLow = Math.max(this.#askLow, price);
    } else {
      this.tradeHigh = Math.min(this.tradeHigh, price);
      this.#bidHigh = Math.min(this.#bidHigh, price);
    }
  }

  /** A stop waits for trades only; a trailing one also for those that move it. */
  #includeStop(order: BookOrder): void {
    const { side, terms } = order;
    const stop = stopOf(terms) as number;
    const trail = terms.type === "trailingStop" ? terms.trailTicks + 1 : null;
    if (side === "buy") {
      this.tradeHigh = Math.min(this.tradeHigh, stop);
      if (trail !== null) this.tradeLow = Math.max(this.tradeLow, stop - trail);
    } else {
      this.tradeLow = Math.max(this.tradeLow, stop);
      if (trail !== null) this.tradeHigh = Math.min(this.tradeHigh, stop + trail);
    }
  }
}

import type { OrderTerms, Side } from "#core/domain/order.ts";
import { type EpochMs, type Lots, NO_LOTS, type Ticks, ticks } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import {
  type BookOrder,
  isEnded,
  limitOf,
  openLots,
  type Phase,
  stopOf,
  triggeredPhase,
} from "./book-order.ts";
import {
  displayedAhead,
  type FillModel,
  isMarketable,
  printBudget,
  ticksPastStop,
  ticksThrough,
  touchPrice,
  worsened,
} from "./fill-model.ts";
import type { OrderLifecycle } from "./order-lifecycle.ts";
import type { OrderRegistry } from "./order-registry.ts";
import type { WorkingBook } from "./working-book.ts";

/** A public trade at the venue's own time. */
type Print = Pick<TradeTick, "price" | "qty" | "at">;

/** An order that a tick concerns. `through` is how far the price is past its limit or stop. */
type Concerned = { readonly order: BookOrder; readonly through: number };

/**
 * Decides which orders fill, how much and at what price. Orders share a print in price-time
 * priority: market orders first, then resting limit orders, then stops the print has reached.
 * They meet the public market only, never each other.
 */
export class Matcher {
  readonly #model: FillModel;
  readonly #registry: OrderRegistry;
  readonly #lifecycle: OrderLifecycle;

  constructor(model: FillModel, registry: OrderRegistry, lifecycle: OrderLifecycle) {
    this.#model = model;
    this.#registry = registry;
    this.#lifecycle = lifecycle;
  }

  /** An order that is new or was changed meets the market as it stands. */
  meet(order: BookOrder, at: EpochMs): void {
    this.#meet(order, at);
    this.#meetWoken(at);
  }

  /** The market of the book has taken the print in already. */
  onTrade(book: WorkingBook, print: Print): void {
    const { at } = print;
    const budget = printBudget(print.qty, this.#model.participation);
    let left = budget;
    // An order that waits in its queue holds back ours behind it.
    const holdsBack = { buy: false, sell: false };
    for (const { order, through } of inPriority(book.orders.map((o) => onPrice(o, print.price)))) {
      if (isEnded(order)) continue;
      switch (order.phase) {
        case "market":
        case "stop":
          this.#meet(order, at);
          break;
        case "sweeping":
          left -= this.#sweep(order, left, at);
          break;
        case "limit": {
          const reached = this.#reached(order, through, print.qty, budget - left);
          const mayTake = holdsBack[order.side] ? 0 : Math.min(left, reached);
          left -= this.#fillResting(order, mayTake, at);
          if (!isEnded(order)) holdsBack[order.side] = true;
        }
      }
    }
    this.#meetWoken(at);
  }

  /** The market of the book has taken the quote in already. Stops do not look at quotes. */
  onQuote(book: WorkingBook, at: EpochMs): void {
    const concerned = book.orders.map((order) =>
      order.phase === "market" || order.phase === "limit"
        ? onPrice(order, touchPrice(book.top, order.side))
        : undefined,
    );
    for (const { order } of inPriority(concerned)) {
      if (isEnded(order)) continue;
      if (order.phase === "market") this.#meet(order, at);
      else book.take(order.side, this.#fillResting(order, book.depth(order.side, this.#model), at));
    }
    this.#meetWoken(at);
  }

  #meetWoken(at: EpochMs): void {
    for (const leg of this.#lifecycle.takeWoken()) {
      if (!isEnded(leg)) this.#meet(leg, at);
    }
  }

  #meet(order: BookOrder, at: EpochMs): void {
    const book = this.#registry.bookOf(order);
    if (order.phase === "stop" && !this.#isTriggered(order, book)) return;
    this.#takeTouch(order, book, at);
    if (isEnded(order)) return;
    switch (order.timeInForce) {
      case "ioc":
        return this.#lifecycle.cancel(order, at, "immediate or cancel: no more was to be had");
      case "fok":
        return this.#lifecycle.cancel(order, at, "fill or kill: not all was to be had");
      case "day":
      case "gtc":
        return this.#leaveInBook(order, book);
    }
  }

  /** Triggers a stop that the last price has reached; otherwise lets a trailing one follow it. */
  #isTriggered(order: BookOrder, book: WorkingBook): boolean {
    const { lastPrice } = book.top;
    if (lastPrice === NO_PRICE) return false;
    const isReached = ticksPastStop(order.side, stopOf(order.terms) as Ticks, lastPrice) >= 0;
    const terms = trailed(order.side, order.terms, lastPrice);
    if (isReached) order.phase = triggeredPhase(terms);
    else if (terms === order.terms) return false;
    else order.terms = terms;
    book.remeasure();
    return isReached;
  }

  #takeTouch(order: BookOrder, book: WorkingBook, at: EpochMs): void {
    const { side } = order;
    const touch = touchPrice(book.top, side);
    const limit = limitOf(order.terms);
    if (touch === NO_PRICE) return;
    if (limit !== null && !isMarketable(side, limit, book.top, this.#model)) return;
    const open = openLots(order);
    const qty = Math.min(open, book.depth(side, this.#model));
    const isWhole = Math.min(qty, this.#lifecycle.fillableLots(order)) === open;
    if (order.timeInForce === "fok" && !isWhole) return;
    const price = limit === null ? this.#slipped(order, touch) : touch;
    book.take(side, this.#lifecycle.fill(order, { qty, price, liquidity: "taker", at }));
  }

  #leaveInBook(order: BookOrder, book: WorkingBook): void {
    if (order.phase === "limit") {
      const limit = limitOf(order.terms) as Ticks;
      order.queueAhead ??= displayedAhead(order.side, limit, book.top);
    } else if (touchPrice(book.top, order.side) !== NO_PRICE) {
      order.phase = "sweeping";
      book.remeasure();
    }
  }

  #sweep(order: BookOrder, left: number, at: EpochMs): number {
    const qty = Math.min(openLots(order), left);
    const { top } = this.#registry.bookOf(order);
    const price = this.#slipped(order, touchPrice(top, order.side));
    return this.#lifecycle.fill(order, { qty, price, liquidity: "taker", at });
  }

  #fillResting(order: BookOrder, reached: number, at: EpochMs): number {
    const qty = Math.min(openLots(order), reached);
    const price = limitOf(order.terms) as Ticks;
    return this.#lifecycle.fill(order, { qty, price, liquidity: "maker", at });
  }

  /** Lots of a print that reach a resting order. `spent` went to our orders before it. */
  #reached(order: BookOrder, through: number, printed: Lots, spent: number): number {
    if (this.#model.limitFill === "touch") return printed;
    // A print beyond its price leaves nobody before it.
    if (through > 0) order.queueAhead = NO_LOTS;
    const { top } = this.#registry.bookOf(order);
    const ahead =
      order.queueAhead ?? displayedAhead(order.side, limitOf(order.terms) as Ticks, top);
    if (ahead === null) return 0;
    order.queueAhead = Math.max(0, ahead - printed) as Lots;
    return Math.max(0, printed - ahead - spent);
  }

  #slipped(order: BookOrder, touch: Ticks): Ticks {
    const count = this.#model.slippage(order.instrument, this.#registry.fillCount + 1);
    return worsened(order.side, touch, count);
  }
}

const RANK = { market: 0, sweeping: 0, limit: 1, stop: 2 } as const satisfies Record<Phase, number>;

function inPriority(concerned: readonly (Concerned | undefined)[]): readonly Concerned[] {
  return concerned
    .filter((entry) => entry !== undefined)
    .sort(
      (a, b) =>
        RANK[a.order.phase] - RANK[b.order.phase] ||
        b.through - a.through ||
        a.order.priority - b.order.priority,
    );
}

/** What a price means to an order; undefined when it means nothing. */
function onPrice(order: BookOrder, price: Ticks): Concerned | undefined {
  const { phase, side, terms } = order;
  if (phase === "market" || phase === "sweeping") return { order, through: 0 };
  const through =
    phase === "limit"
      ? ticksThrough(side, limitOf(terms) as Ticks, price)
      : ticksPastStop(side, stopOf(terms) as Ticks, price);
  return through >= 0 || terms.type === "trailingStop" ? { order, through } : undefined;
}

/** The terms after the market was at `price`: a trailing stop follows it, and never goes back. */
export function trailed(side: Side, terms: OrderTerms, price: Ticks): OrderTerms {
  if (terms.type !== "trailingStop") return terms;
  const stop = side === "buy" ? price + terms.trailTicks : price - terms.trailTicks;
  if (ticksThrough(side, terms.stopPrice, ticks(stop)) <= 0) return terms;
  return { ...terms, stopPrice: ticks(stop) };
}

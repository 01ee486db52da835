import { invariant } from "#core/domain/invariant.ts";
import { CME_ROLL, type TradingDay, tradingDayOf } from "#core/domain/trading-day.ts";
import type { EpochMs, Ticks } from "#core/domain/units.ts";
import { NO_PRICE, type Quote } from "#core/market/quote.ts";
import { TopOfBook } from "#core/market/top-of-book.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { Contract } from "#practice/projectx/contracts/contract-list.ts";

/** The public market of one contract as far as the data tells, in the trading day so far. */
export class ContractMarket {
  readonly contract: Contract;
  readonly top = new TopOfBook();
  /** `NO_PRICE` until the first trade of the day. */
  open: Ticks = NO_PRICE;
  high: Ticks = NO_PRICE;
  low: Ticks = NO_PRICE;
  volume = 0;
  /** Last price of the trading day before; `NO_PRICE` when none is known. */
  closeBefore: Ticks = NO_PRICE;
  updatedAt: EpochMs = 0 as EpochMs;
  /** Lots traded today at each price. */
  readonly volumeAt = new Map<Ticks, number>();
  #day: TradingDay | null = null;
  #lastSide: 0 | 1 = 0;

  constructor(contract: Contract) {
    this.contract = contract;
  }

  onQuote(quote: Quote): void {
    this.top.onQuote(quote);
    this.updatedAt = quote.at;
  }

  onTrade(tick: TradeTick): void {
    const { at, price, qty } = tick;
    const day = tradingDayOf(at, CME_ROLL);
    if (day !== this.#day) this.#beginDay(day);
    this.#lastSide = this.#aggressorOf(tick);
    this.top.onTrade(tick);
    this.updatedAt = at;
    if (qty === 0) return;
    if (this.open === NO_PRICE) this.open = price;
    if (this.high === NO_PRICE || price > this.high) this.high = price;
    if (this.low === NO_PRICE || price < this.low) this.low = price;
    this.volume += qty;
    this.volumeAt.set(price, (this.volumeAt.get(price) ?? 0) + qty);
  }

  /** Who crossed the spread in the trade shown last: 0 a buyer, 1 a seller. A guess where the data does not tell. */
  get lastSide(): 0 | 1 {
    return this.#lastSide;
  }

  /** What a position of these lots would be closed at; undefined while nothing is known. */
  closingTicks(qty: number): Ticks | undefined {
    const { bidPrice, askPrice, lastPrice } = this.top;
    const touch = qty > 0 ? bidPrice : askPrice;
    const price = touch === NO_PRICE ? lastPrice : touch;
    return price === NO_PRICE ? undefined : price;
  }

  #beginDay(day: TradingDay): void {
    if (this.#day !== null) this.closeBefore = this.top.lastPrice;
    this.#day = day;
    this.open = NO_PRICE;
    this.high = NO_PRICE;
    this.low = NO_PRICE;
    this.volume = 0;
    this.volumeAt.clear();
  }

  /** By the touch it met, else by the direction from the trade before. */
  #aggressorOf({ aggressor, price }: TradeTick): 0 | 1 {
    if (aggressor !== "unknown") return aggressor === "buy" ? 0 : 1;
    const { bidPrice, askPrice, lastPrice } = this.top;
    if (askPrice !== NO_PRICE && price >= askPrice) return 0;
    if (bidPrice !== NO_PRICE && price <= bidPrice) return 1;
    if (lastPrice === NO_PRICE || price === lastPrice) return this.#lastSide;
    return price > lastPrice ? 0 : 1;
  }
}

/** The market of each contract that has data. */
export class Markets {
  readonly #byInstrument: ReadonlyMap<string, ContractMarket>;

  constructor(contracts: readonly Contract[]) {
    this.#byInstrument = new Map(
      contracts.flatMap((one) =>
        one.instrument === null ? [] : [[one.instrument as string, new ContractMarket(one)]],
      ),
    );
  }

  all(): Iterable<ContractMarket> {
    return this.#byInstrument.values();
  }

  of({ id, instrument }: Contract): ContractMarket {
    const market = this.#byInstrument.get(instrument ?? "");
    invariant(market !== undefined, `a contract that trades has a market, found ${id}`);
    return market;
  }

  /** Takes a row of data in and returns the market it concerns. */
  show(shown: TradeTick | Quote): ContractMarket | undefined {
    const market = this.#byInstrument.get(shown.instrument);
    if (shown.kind === "tradeTick") market?.onTrade(shown);
    else market?.onQuote(shown);
    return market;
  }
}

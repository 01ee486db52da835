import { tradingHours } from "#core/domain/calendar/cme-hours.ts";
import { feePerSide } from "#core/domain/fees.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Touch } from "#core/domain/report.ts";
import { CME_ROLL, nextRoll, tradingDayBounds, tradingDayOf } from "#core/domain/trading-day.ts";
import { isOpen, isRegular } from "#core/domain/trading-hours.ts";
import { type EpochMs, NO_MONEY, type Ticks } from "#core/domain/units.ts";
import type { Bar } from "#core/market/bar.ts";
import { InstrumentMarket } from "#core/market/instrument-market.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { MarketReader } from "#core/risk/risk-view.ts";

/** The market views of every instrument of a session, and what gate, rules and strategies read of them. */
export class MarketViews implements MarketReader {
  readonly #markets = new Map<InstrumentId, InstrumentMarket>();
  #last: InstrumentMarket | undefined;
  /**
   * The next instant at which a bar closes or a trading day rolls; -Infinity until the first market event tells
   * which trading day it is, +Infinity without instruments.
   */
  dueAt = Number.POSITIVE_INFINITY;

  open(instruments: readonly Instrument[]): void {
    for (const instrument of instruments) {
      const market = new InstrumentMarket(instrument, (at) =>
        tradingDayBounds(tradingDayOf(at, CME_ROLL), CME_ROLL),
      );
      this.#markets.set(instrument.id, market);
    }
    this.dueAt = Number.NEGATIVE_INFINITY;
  }

  /** The views of an instrument. Ids are shared strings, so the last one is found by comparing references. */
  of(id: InstrumentId): InstrumentMarket {
    if (this.#last !== undefined && this.#last.instrument.id === id) return this.#last;
    const market = this.#markets.get(id);
    invariant(market !== undefined, `market data is of an instrument of the session, found ${id}`);
    this.#last = market;
    return market;
  }

  /** Passes a trade on; the bars it completes go to `onBar`. */
  onTrade(market: InstrumentMarket, tick: TradeTick, onBar: (bar: Bar) => void): void {
    market.onTrade(tick, onBar);
    if (market.dueAt < this.dueAt) this.dueAt = market.dueAt;
  }

  /**
   * Closes the next bar due at or before `at`, in the order of their ends over all instruments; undefined when
   * none is left.
   */
  takeDue(at: EpochMs): Bar | undefined {
    while (this.dueAt <= at) {
      const due = Number.isFinite(this.dueAt) ? (this.dueAt as EpochMs) : at;
      const bar = this.#earliest()?.takeDue(due);
      this.dueAt = this.#earliest()?.dueAt ?? Number.POSITIVE_INFINITY;
      if (bar !== undefined) return bar;
    }
    return undefined;
  }

  instrument(id: InstrumentId): Instrument | undefined {
    return this.#markets.get(id)?.instrument;
  }

  touch(id: InstrumentId): Touch {
    const book = this.#markets.get(id)?.book;
    return {
      bidPrice: known(book?.bidPrice),
      askPrice: known(book?.askPrice),
      lastPrice: known(book?.lastPrice),
    };
  }

  updatedAt(id: InstrumentId): EpochMs {
    return this.#markets.get(id)?.book.updatedAt ?? (0 as EpochMs);
  }

  isOpen(id: InstrumentId, at: EpochMs): boolean {
    const instrument = this.instrument(id);
    return instrument !== undefined && isOpen(tradingHours(instrument.hours), at);
  }

  isRegular(id: InstrumentId, at: EpochMs): boolean {
    const instrument = this.instrument(id);
    return instrument !== undefined && isRegular(tradingHours(instrument.hours), at);
  }

  tradingDay(at: EpochMs) {
    return tradingDayOf(at, CME_ROLL);
  }

  dayStart(at: EpochMs): EpochMs {
    return tradingDayBounds(tradingDayOf(at, CME_ROLL), CME_ROLL).from;
  }

  nextRoll(at: EpochMs): EpochMs {
    return nextRoll(at, CME_ROLL);
  }

  feePerSide(id: InstrumentId, at: EpochMs) {
    const root = this.instrument(id)?.root;
    return root === undefined ? NO_MONEY : (feePerSide(root, this.tradingDay(at)) ?? NO_MONEY);
  }

  #earliest(): InstrumentMarket | undefined {
    let earliest: InstrumentMarket | undefined;
    for (const market of this.#markets.values()) {
      if (earliest === undefined || market.dueAt < earliest.dueAt) earliest = market;
    }
    return earliest;
  }
}

function known(price: Ticks | undefined): Ticks | null {
  return price === undefined || price === NO_PRICE ? null : price;
}

import type { Instrument } from "#core/domain/instrument.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { BarBuilder } from "./bar-builder.ts";
import { type Bar, type BarSpec, barSpecKey } from "./bar.ts";
import type { Quote } from "./quote.ts";
import { TopOfBook } from "./top-of-book.ts";
import type { TradeRun } from "./trade-run.ts";
import type { TradeTick } from "./trade-tick.ts";

/** Start and end of the trading day that holds an instant. */
export type DayBounds = (at: EpochMs) => { readonly from: EpochMs; readonly until: EpochMs };

/**
 * The market views of one instrument: top of the book and the bars anybody asked for. Rebuilt from market data,
 * never journaled. `dueAt` is the next instant at which a bar closes or the trading day rolls, one compare a tick.
 */
export class InstrumentMarket {
  readonly instrument: Instrument;
  readonly book = new TopOfBook();
  dueAt = Number.NEGATIVE_INFINITY;
  readonly #dayBounds: DayBounds;
  readonly #builders: BarBuilder[] = [];
  #rollAt = Number.NEGATIVE_INFINITY;

  constructor(instrument: Instrument, dayBounds: DayBounds) {
    this.instrument = instrument;
    this.#dayBounds = dayBounds;
  }

  /** Builds bars of a spec from the next trade on; asking twice builds once. */
  subscribe(spec: BarSpec): void {
    const key = barSpecKey(spec);
    if (this.#builders.some((builder) => barSpecKey(builder.spec) === key)) return;
    this.#builders.push(new BarBuilder(this.instrument.id, spec));
    this.#rollAt = Number.NEGATIVE_INFINITY;
    this.dueAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * Closes the next bar that ends at or before `at` and returns it; undefined when none is left. Bars that end
   * together close in the order of their subscription.
   */
  takeDue(at: EpochMs): Bar | undefined {
    while (this.dueAt <= at) {
      const bar = this.#rollAt <= this.dueAt ? this.#roll(at) : this.#closeNext(at);
      this.#refresh();
      if (bar !== undefined) return bar;
    }
    return undefined;
  }

  /** Takes a trade; the bars it completes go to `onBar`. The owner has taken everything due before. */
  onTrade(tick: TradeTick, onBar: (bar: Bar) => void): void {
    this.book.onTrade(tick);
    const builders = this.#builders;
    for (let index = 0; index < builders.length; index += 1) {
      const builder = builders[index];
      if (builder === undefined) continue;
      const bar = builder.onTrade(tick);
      if (builder.dueAt < this.dueAt) this.dueAt = builder.dueAt;
      if (bar !== undefined) onBar(bar);
    }
  }

  /** Whether trades before `dueAt` complete no bar and open none, so that they may come as a run. */
  get takesRuns(): boolean {
    for (const builder of this.#builders) {
      if (!builder.takesRuns) return false;
    }
    return true;
  }

  /** `onTrade` for each trade of a run, while `takesRuns`. */
  onTrades(run: TradeRun): void {
    this.book.onTrades(run);
    for (const builder of this.#builders) builder.onTrades(run);
  }

  onQuote(quote: Quote): void {
    this.book.onQuote(quote);
  }

  /** Ends the day for one builder at a time, so that each closing bar is returned by itself. */
  #roll(at: EpochMs): Bar | undefined {
    const ended = this.#builders.find(
      (builder) => Number.isFinite(builder.dueAt) && builder.dueAt <= this.#rollAt,
    );
    if (ended !== undefined) return ended.closeDue(this.#rollAt as EpochMs);
    const { from, until } = this.#dayBounds(at);
    for (const builder of this.#builders) builder.startTradingDay(from, until);
    this.#rollAt = until;
    return undefined;
  }

  #closeNext(at: EpochMs): Bar | undefined {
    const due = this.dueAt;
    return this.#builders.find((builder) => builder.dueAt <= due)?.closeDue(at);
  }

  #refresh(): void {
    let dueAt = this.#rollAt;
    for (const builder of this.#builders) {
      if (builder.dueAt < dueAt) dueAt = builder.dueAt;
    }
    this.dueAt = dueAt;
  }
}

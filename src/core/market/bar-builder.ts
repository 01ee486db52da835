import type { InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import { type EpochMs, type Lots, NO_LOTS, type Ticks } from "#core/domain/units.ts";
import type { Bar, BarSpec } from "./bar.ts";
import type { TradeRun } from "./trade-run.ts";
import type { TradeTick } from "./trade-tick.ts";

const NEVER = Number.POSITIVE_INFINITY as EpochMs;

/**
 * Builds the bars of one instrument and spec from its trades.
 *
 * The owner keeps time: whenever an instant reaches `dueAt` it calls `closeDue`, before it passes
 * on a trade of that instant, so a trade exactly at a bar's end belongs to the next bar, and a bar
 * closes at its end even when no further trade comes. At every roll of the trading day it calls
 * `startTradingDay`. No bar spans a roll.
 *
 * Time bars are aligned to whole multiples of their length since 1970-01-01T00:00Z and clipped at
 * the roll; an interval without trades yields no bar. A tick or volume bar closes with the trade
 * that completes it. That trade is not split: what it trades beyond the bar's quantity counts in
 * the bar it completes, and the next bar starts empty.
 *
 * A print without a quantity moves open, high, low and close, and may open a bar; it adds nothing
 * to the volume or to the number of trades.
 *
 * One class for every kind, with the completion rule as numbers: the call site stays monomorphic
 * and each trade costs a few compares.
 */
export class BarBuilder {
  readonly instrument: InstrumentId;
  readonly spec: BarSpec;
  readonly #everyMs: number;
  readonly #tradesMax: number;
  readonly #volumeMax: number;
  #dayStartAt = Number.NEGATIVE_INFINITY as EpochMs;
  #nextRollAt = NEVER;
  #dueAt = NEVER;
  #isOpen = false;
  #barStart = 0 as EpochMs;
  #open = 0 as Ticks;
  #high = 0 as Ticks;
  #low = 0 as Ticks;
  #close = 0 as Ticks;
  #volume = NO_LOTS;
  #trades = 0;

  constructor(instrument: InstrumentId, spec: BarSpec) {
    const limit = completion(spec);
    invariant(
      limit.everyMs > 0 && limit.tradesMax > 0 && limit.volumeMax > 0,
      "a bar is longer than nothing",
    );
    this.instrument = instrument;
    this.spec = spec;
    this.#everyMs = limit.everyMs;
    this.#tradesMax = limit.tradesMax;
    this.#volumeMax = limit.volumeMax;
  }

  /** When the open bar ends whatever trades come; +Infinity while none is open or only trades end it. */
  get dueAt(): EpochMs {
    return this.#dueAt;
  }

  /** Starts the day `[startAt, nextRollAt)` and closes the bar that is still open from the day before. */
  startTradingDay(startAt: EpochMs, nextRollAt: EpochMs): Bar | undefined {
    invariant(startAt < nextRollAt, "a trading day ends after it starts");
    const bar = this.#isOpen
      ? this.#take(startAt < this.#dueAt ? startAt : this.#dueAt)
      : undefined;
    this.#dayStartAt = startAt;
    this.#nextRollAt = nextRollAt;
    return bar;
  }

  /** The open bar, closed, if it ends at or before `at`. */
  closeDue(at: EpochMs): Bar | undefined {
    return at < this.#dueAt ? undefined : this.#take(this.#dueAt);
  }

  /** The bar that this trade completes: of a tick or volume spec, never of a time spec. */
  onTrade(tick: TradeTick): Bar | undefined {
    const { price, qty } = tick;
    if (this.#isOpen) {
      invariant(tick.at < this.#dueAt, "a bar that is due is closed before the next trade");
      if (price > this.#high) this.#high = price;
      else if (price < this.#low) this.#low = price;
      this.#close = price;
    } else {
      this.#begin(tick.at, price);
    }
    if (qty === 0) return undefined;
    this.#volume = (this.#volume + qty) as Lots;
    this.#trades += 1;
    if (this.#trades < this.#tradesMax && this.#volume < this.#volumeMax) return undefined;
    return this.#take(tick.at);
  }

  /** Whether trades before `dueAt` only move the open bar, so that they may come as a run. */
  get takesRuns(): boolean {
    return this.#isOpen && this.#everyMs !== Number.POSITIVE_INFINITY;
  }

  /** `onTrade` for each trade of a run, while `takesRuns`. */
  onTrades(run: TradeRun): void {
    invariant(run.lastAt < this.#dueAt, "a bar that is due is closed before the next trade");
    if (run.high > this.#high) this.#high = run.high;
    if (run.low < this.#low) this.#low = run.low;
    this.#close = run.lastPrice;
    this.#volume = (this.#volume + run.volume) as Lots;
    this.#trades += run.count;
  }

  #begin(at: EpochMs, price: Ticks): void {
    invariant(at < this.#nextRollAt, "a trading day is started before its first trade");
    this.#isOpen = true;
    this.#open = price;
    this.#high = price;
    this.#low = price;
    this.#close = price;
    this.#volume = NO_LOTS;
    this.#trades = 0;
    if (this.#everyMs === Number.POSITIVE_INFINITY) {
      this.#barStart = at;
      this.#dueAt = this.#nextRollAt;
      return;
    }
    const start = Math.floor(at / this.#everyMs) * this.#everyMs;
    const end = start + this.#everyMs;
    this.#barStart = start > this.#dayStartAt ? (start as EpochMs) : this.#dayStartAt;
    this.#dueAt = end < this.#nextRollAt ? (end as EpochMs) : this.#nextRollAt;
  }

  #take(barEnd: EpochMs): Bar {
    this.#isOpen = false;
    this.#dueAt = NEVER;
    return {
      instrument: this.instrument,
      spec: this.spec,
      barStart: this.#barStart,
      barEnd,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
      trades: this.#trades,
    };
  }
}

type Completion = {
  readonly everyMs: number;
  readonly tradesMax: number;
  readonly volumeMax: number;
};

/** What a spec does not limit is without end. */
function completion(spec: BarSpec): Completion {
  const everyMs = Number.POSITIVE_INFINITY;
  const tradesMax = Number.POSITIVE_INFINITY;
  const volumeMax = Number.POSITIVE_INFINITY;
  switch (spec.kind) {
    case "time":
      return { everyMs: spec.everyMs, tradesMax, volumeMax };
    case "tick":
      return { everyMs, tradesMax: spec.count, volumeMax };
    case "volume":
      return { everyMs, tradesMax, volumeMax: spec.qty };
  }
}

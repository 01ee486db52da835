import type { InstrumentId } from "#core/domain/ids.ts";
import { CME_ROLL, nextRoll } from "#core/domain/trading-day.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { QuoteView } from "#core/market/quote.ts";
import { TRADE_ROW, type TickBlock, loadQuote, loadTrade } from "#core/market/tick-block.ts";
import { TradeRun } from "#core/market/trade-run.ts";
import { TradeTickView } from "#core/market/trade-tick.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import { meetDeadline, nextDeadline } from "./deadlines.ts";
import type { DeskLoop } from "./desk-loop.ts";

/** What ended longer ago the venue forgets; no desk asks for it any more. */
const KEPT_MS = 7 * 86_400_000;

/**
 * Plays recorded market data into a desk and the simulated venue beside it, in event time. Whatever is due comes in its order before the data of an instant: the venue's events, the desk's timers, the ends of bars. A quote that ends
 * a minute is part of it, so bars that end at its instant close after it.
 */
export class TapePlayer {
  readonly #loop: DeskLoop;
  readonly #venue: SimulatedVenue;
  readonly #instruments: readonly InstrumentId[];
  readonly #trade: TradeTickView;
  readonly #quote: QuoteView;
  readonly #run: TradeRun;
  #forgetAt = Number.NEGATIVE_INFINITY;

  constructor(loop: DeskLoop, venue: SimulatedVenue, instruments: readonly InstrumentId[]) {
    const [first] = instruments;
    if (first === undefined)
      throw new RangeError("Expected market data of at least one instrument");
    this.#loop = loop;
    this.#venue = venue;
    this.#instruments = instruments;
    this.#trade = new TradeTickView(first);
    this.#quote = new QuoteView(first);
    this.#run = new TradeRun(first);
  }

  /** Plays rows from `row` on that are not later than `until`; returns the first row not played. */
  play(block: TickBlock, row: number, until: number): number {
    const { at, kind, count } = block;
    let next = row;
    while (next < count && (at[next] as number) <= until) {
      const isTrade = kind[next] === TRADE_ROW;
      next = isTrade ? this.#playTrades(block, next, until) : this.#playQuote(block, next);
    }
    return next;
  }

  /** Plays rows as history: views and indicators are built, nothing else happens and no time passes. */
  warmUp(block: TickBlock): void {
    const { kind, count } = block;
    for (let index = 0; index < count; index += 1) {
      if (kind[index] === TRADE_ROW) {
        loadTrade(block, index, this.#instruments, this.#trade);
        this.#loop.apply(this.#trade);
        this.#venue.onTrade(this.#trade);
      } else {
        loadQuote(block, index, this.#instruments, this.#quote);
        this.#loop.apply(this.#quote);
        this.#venue.onQuote(this.#quote);
      }
    }
  }

  /** Lets everything happen that is due at or before an instant, bars that end exactly then included. */
  advance(until: EpochMs): void {
    this.#drain(until, until);
  }

  /** Plays as many trades together as nobody waits for, or one that somebody does. Returns the row after them. */
  #playTrades(block: TickBlock, row: number, until: number): number {
    const now = block.at[row] as EpochMs;
    if (this.#nextAt() <= now) this.#drain(now, now);
    const next = this.#playRun(block, row, until);
    if (next > row) return next;
    loadTrade(block, row, this.#instruments, this.#trade);
    this.#venue.onTrade(this.#trade);
    this.#loop.apply(this.#trade);
    if (this.#loop.hasOutput) this.#loop.release();
    return row + 1;
  }

  /** Returns the first row not played, which may be the one asked for. */
  #playRun(block: TickBlock, row: number, until: number): number {
    const run = this.#run;
    run.instrument = this.#instruments[block.instrument[row] as number] as InstrumentId;
    const prices = this.#venue.quietPrices(run.instrument);
    if (prices === undefined || !this.#loop.takesRuns(run.instrument)) return row;
    const next = run.take(block, row, Math.min(this.#nextAt(), Math.floor(until) + 1), prices);
    if (next === row) return row;
    this.#venue.onTrades(run);
    this.#loop.applyRun(run);
    return next;
  }

  #playQuote(block: TickBlock, row: number): number {
    const now = block.at[row] as EpochMs;
    if (this.#nextAt() <= now) this.#drain(now, now - 1);
    loadQuote(block, row, this.#instruments, this.#quote);
    this.#venue.onQuote(this.#quote);
    this.#loop.apply(this.#quote);
    if (this.#loop.hasOutput) this.#loop.release();
    return row + 1;
  }

  /** When something is next due; bars at their end, though a quote of that instant would come before. */
  #nextAt(): number {
    const { nextBarAt } = this.#loop.desk;
    return Math.min(this.#venue.nextDueAt, this.#loop.timerAt, nextBarAt, this.#forgetAt);
  }

  #drain(until: number, barsUntil: number): void {
    const loop = this.#loop;
    for (;;) {
      const venueAt = this.#venue.nextDueAt;
      const deskAt = nextDeadline(loop, barsUntil);
      if (this.#forgetAt <= Math.min(until, venueAt, deskAt)) this.#forget(until);
      else if (venueAt > until && deskAt > until) return;
      else if (venueAt <= deskAt) this.#venue.runDue(venueAt as EpochMs, this.#onVenueEvent);
      else meetDeadline(loop, deskAt as EpochMs);
      if (loop.hasOutput) loop.release();
    }
  }

  /** At every roll, so that the venue of years holds no more than that of a week. */
  #forget(now: number): void {
    const at = Number.isFinite(this.#forgetAt) ? this.#forgetAt : now;
    this.#venue.forget((at - KEPT_MS) as EpochMs);
    this.#forgetAt = nextRoll(at as EpochMs, CME_ROLL);
  }

  readonly #onVenueEvent = (event: VenueEvent): void => {
    this.#loop.apply(event);
    if (this.#loop.hasOutput) this.#loop.release();
  };
}

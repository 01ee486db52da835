import type { EpochMs } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TickBlock } from "#core/market/tick-block.ts";
import { TickRows } from "#core/market/tick-rows.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import type { Clock } from "#ports/clock.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { VenueLine } from "#ports/venue-lines.ts";
import type { MarketClock } from "./market-clock.ts";

/** Between two looks at the clock when nothing else wakes the market. */
const STEP_MS = 5;
/** Where nothing is recorded for longer, as over a weekend, nobody waits for it to pass. */
const GAP_SKIPPED_MS = 3_600_000;
/** What ended longer ago is forgotten; no desk asks for it any more. */
const KEPT_MS = 7 * 86_400_000;
const FORGET_EVERY_MS = 3_600_000;

export type MarketParts = {
  readonly clock: Clock;
  readonly time: MarketClock;
  readonly venue: SimulatedVenue;
  readonly source: MarketDataSource;
  readonly period: MarketPeriod;
};

/** Data from `historyFrom` only builds the market; from `from` on it is played. */
export type MarketPeriod = {
  readonly historyFrom: EpochMs;
  readonly from: EpochMs;
  readonly until: EpochMs;
};

/** Who is told what happens, in the one order in which it does. */
export type MarketListener = {
  readonly onLine: (line: VenueLine) => void;
  readonly onReport: (event: VenueEvent) => void;
  /** Everything up to and including an instant has been told. */
  readonly onStep: (at: EpochMs) => void;
};

/**
 * Plays recorded data into the simulated venue at the pace of its own time, whether or not anybody listens. For each
 * instant the venue's events come first, then the data, as everywhere.
 */
export class VenueMarket {
  readonly #parts: MarketParts;
  readonly #listener: MarketListener;
  readonly #rows: TickRows;
  #wake = new AbortController();
  #forgottenAt = 0;

  constructor(parts: MarketParts, listener: MarketListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#rows = new TickRows(parts.source.instruments);
  }

  /** Looks again at once: a command came or the pace changed. */
  wake(): void {
    this.#wake.abort();
  }

  /** Plays until `stop` says so. After the end of the data the venue goes on answering. */
  async run(stop: AbortSignal): Promise<void> {
    const { source, time, period } = this.#parts;
    stop.addEventListener("abort", () => this.wake(), { once: true });
    const { historyFrom, from, until } = period;
    for await (const block of source.blocks({ from: historyFrom, until: from })) {
      for (let row = 0; row < block.count; row += 1) this.#show(block, row);
    }
    time.start();
    for await (const block of source.blocks({ from, until })) {
      for (let row = 0; row < block.count;) {
        if (stop.aborted) return;
        this.#skipGap(block.at[row] as EpochMs);
        row = this.#play(block, row, time.now());
        if (row < block.count) await this.#rest();
      }
    }
    this.#skipGap(until);
    await this.#pass(() => time.now() < until && !stop.aborted);
    this.#listener.onLine({ kind: "marketEnded", at: until });
    await this.#pass(() => !stop.aborted);
  }

  /** Lets time pass without data. */
  async #pass(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      this.#step(this.#parts.time.now());
      await this.#rest();
    }
  }

  #skipGap(nextAt: EpochMs): void {
    const { time } = this.#parts;
    if (nextAt - time.now() > GAP_SKIPPED_MS) time.skipTo((nextAt - 1) as EpochMs);
  }

  /** Plays rows up to an instant; where the block holds later ones too, the instant has passed. */
  #play(block: TickBlock, from: number, until: EpochMs): number {
    let row = from;
    for (; row < block.count && (block.at[row] as number) <= until; row += 1) {
      this.#playRow(block, row);
    }
    if (row < block.count) this.#step(until);
    return row;
  }

  #playRow(block: TickBlock, row: number): void {
    this.#parts.venue.runDue(block.at[row] as EpochMs, this.#listener.onReport);
    this.#listener.onLine(this.#show(block, row));
  }

  /** Shows a row to the venue and returns it; valid until the next one. */
  #show(block: TickBlock, row: number): TradeTick | Quote {
    const { venue } = this.#parts;
    const shown = this.#rows.at(block, row);
    if (shown.kind === "tradeTick") venue.onTrade(shown);
    else venue.onQuote(shown);
    return shown;
  }

  #step(at: EpochMs): void {
    const { venue } = this.#parts;
    venue.runDue(at, this.#listener.onReport);
    if (at > this.#forgottenAt + FORGET_EVERY_MS) {
      this.#forgottenAt = at;
      venue.forget((at - KEPT_MS) as EpochMs);
    }
    this.#listener.onStep(at);
  }

  async #rest(): Promise<void> {
    await this.#parts.clock.sleep(STEP_MS, this.#wake.signal);
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }
}

import type { EpochMs } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TickBlock } from "#core/market/tick-block.ts";
import { TickRows } from "#core/market/tick-rows.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { VenueLine } from "#ports/venue-lines.ts";
import type { MarketPace } from "./market-pace.ts";

/** What ended longer ago is forgotten; no desk asks for it any more. */
const KEPT_MS = 7 * 86_400_000;
const FORGET_EVERY_MS = 3_600_000;

export type MarketParts = {
  readonly pace: MarketPace;
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
  /** Data from before the session, shown to the venue only. */
  readonly onHistory: (shown: TradeTick | Quote) => void;
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
    const { source, pace, period } = this.#parts;
    stop.addEventListener("abort", () => this.wake(), { once: true });
    const { historyFrom, from, until } = period;
    for await (const block of source.blocks({ from: historyFrom, until: from })) {
      for (let row = 0; row < block.count; row += 1) {
        this.#listener.onHistory(this.#show(block, row));
      }
    }
    pace.start();
    for await (const block of source.blocks({ from, until })) {
      for (let row = 0; row < block.count;) {
        if (stop.aborted) return;
        row = this.#play(block, row, pace.playUntil(block.at[row] as number));
        if (row < block.count) await this.#rest();
      }
    }
    let at = pace.playUntil(until);
    for (; at < until && !stop.aborted; at = pace.playUntil(until)) {
      this.#step(at);
      await this.#rest();
    }
    this.#listener.onLine({ kind: "marketEnded", at: until });
    while (!stop.aborted) {
      this.#step(pace.playUntil(Number.POSITIVE_INFINITY));
      await this.#rest();
    }
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
    await this.#parts.pace.rest(this.#wake.signal);
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }
}

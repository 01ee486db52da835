import { tradingHours } from "#core/domain/calendar/cme-hours.ts";
import { isOpen } from "#core/domain/trading-hours.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { ContractBook } from "./contract-book.ts";

/** A feed is silent when the market has been open for so long by the venue's time, and as long by ours, and nothing came. */
const SILENT_MS = 60_000;
const SILENT_REAL_MS = 5_000;
/** Where a new connection does not help, the market may be quiet: the next look is later. */
const SILENT_MOST_MS = 960_000;
/** A market that has spoken so long without a silence is no quiet one. What greets a new connection says nothing. */
const STEADY_MS = 600_000;

/** `begins`: for the first time since the market spoke steadily. */
export type Silence = "none" | "begins" | "lasts";

/** Watches for a market hub that is connected and tells nothing. */
export class SilenceWatch {
  readonly #book: ContractBook;
  #heard: { readonly at: number; readonly realMs: number } | null = null;
  #patienceMs = SILENT_MS;
  #steadySince = Number.NEGATIVE_INFINITY;

  constructor(book: ContractBook) {
    this.#book = book;
  }

  /** Market data came. */
  heard(at: EpochMs, realMs: number): void {
    if (this.#heard !== null && at - this.#heard.at > SILENT_MS) this.#steadySince = at;
    if (at - this.#steadySince >= STEADY_MS) this.#patienceMs = SILENT_MS;
    this.#heard = { at, realMs };
  }

  /** A new connection: silence begins now. */
  began(at: EpochMs, realMs: number): void {
    this.#heard = { at, realMs };
  }

  /** Whether to connect anew. */
  look(at: EpochMs, realMs: number): Silence {
    const heard = this.#heard;
    if (heard === null) return "none";
    const isQuiet = at - heard.at > this.#patienceMs && realMs - heard.realMs > SILENT_REAL_MS;
    // Open now and when the silence began: an opening is not a silence.
    const shouldSpeak = this.#book.contracts.some(({ instrument }) => {
      const hours = tradingHours(instrument.hours);
      return isOpen(hours, at) && isOpen(hours, (at - this.#patienceMs) as EpochMs);
    });
    if (!isQuiet || !shouldSpeak) return "none";
    const silence = this.#patienceMs === SILENT_MS ? "begins" : "lasts";
    this.#heard = { at, realMs };
    this.#steadySince = at;
    this.#patienceMs = Math.min(SILENT_MOST_MS, this.#patienceMs * 2);
    return silence;
  }
}

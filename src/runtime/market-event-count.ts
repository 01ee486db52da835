import { type DeskEvent, isMarketEvent } from "#core/desk/event.ts";
import { type Journal, JournalDamagedError } from "#ports/journal.ts";
import type { CountedEvents } from "#ports/session-marks.ts";
import { decodeRecord } from "./recovery.ts";

const NOTHING_COUNTED: CountedEvents = { seq: 0, count: 0, warmingUp: false };

/**
 * Counts the market events of a session from its records: every event takes a number, and only market events without
 * an outcome take one without a record. History that builds the views is not counted; nor is what a process was told
 * after its last record, because the next one is told it again.
 */
export class MarketEventCount {
  #count: number;
  #lastSeq: number;
  #isWarmingUp: boolean;

  /** Goes on from what was counted before. */
  constructor({ seq, count, warmingUp }: CountedEvents = NOTHING_COUNTED) {
    this.#count = count;
    this.#lastSeq = seq;
    this.#isWarmingUp = warmingUp;
  }

  /** As far as the last record. */
  get counted(): CountedEvents {
    return { seq: this.#lastSeq, count: this.#count, warmingUp: this.#isWarmingUp };
  }

  /** The next record of the session. */
  add(seq: number, event: DeskEvent): void {
    const { kind } = event;
    if (kind !== "deskStarted") this.#count = this.upTo(seq - 1);
    if (isMarketEvent(event) && !this.#isWarmingUp) this.#count += 1;
    if (kind === "warmupBegan") this.#isWarmingUp = true;
    if (kind === "warmupEnded" || kind === "deskStarted") this.#isWarmingUp = false;
    this.#lastSeq = seq;
  }

  /** How many there were up to an event that is not before the last record. */
  upTo(seq: number): number {
    return this.#isWarmingUp ? this.#count : this.#count + seq - this.#lastSeq;
  }
}

/** Where to go on counting: from what was counted before, if the journal reaches as far. */
export function countBegun(journal: Journal, before: CountedEvents | null): MarketEventCount {
  const isUsable = before !== null && before.seq <= journal.head().seq;
  return new MarketEventCount(isUsable ? before : NOTHING_COUNTED);
}

/** What the records of a session tell, from where they were counted last. */
export function countFrom(journal: Journal, before: CountedEvents | null): MarketEventCount {
  const count = countBegun(journal, before);
  try {
    for (const { seq, body } of journal.read(count.counted.seq)) {
      count.add(seq, decodeRecord(body).event);
    }
  } catch (error) {
    // Folded from a snapshot behind it, the session is sound; only this number is short.
    if (!(error instanceof JournalDamagedError)) throw error;
  }
  return count;
}

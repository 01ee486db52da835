import { type DeskEvent, isMarketEvent } from "#core/desk/event.ts";

/**
 * Counts the market events of a session from its records: every event takes a number, and only market events without
 * an outcome take one without a record. History that builds the views is not counted; nor is what a process was told
 * after its last record, because the next one is told it again.
 */
export class MarketEventCount {
  #count = 0;
  #lastSeq = 0;
  #isWarmingUp = false;

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

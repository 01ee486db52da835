import type { Clock } from "#ports/clock.ts";
import type { FeedEvent, OnFeed } from "#ports/venue.ts";

/** More than comes during the longest warm-up; beyond it the desk cannot keep up and must not pretend to. */
const WAITING_MAX = 2_000_000;

/** What a link has brought and the desk has not looked at yet. */
export class FeedInbox {
  readonly #clock: Clock;
  #waiting: FeedEvent[] = [];
  #arrival = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly onFeed: OnFeed = (events) => {
    for (const event of events) this.#waiting.push(event);
    if (this.#waiting.length > WAITING_MAX) {
      throw new Error(`More than ${WAITING_MAX} events of the venue wait: the desk is too slow`);
    }
    this.wake();
  };

  /** Everything that waits, in its order. */
  take(): readonly FeedEvent[] {
    const events = this.#waiting;
    this.#waiting = [];
    return events;
  }

  /** Puts back what was taken and not looked at, ahead of everything that came since. */
  putBack(events: readonly FeedEvent[]): void {
    this.#waiting = [...events, ...this.#waiting];
  }

  wake(): void {
    this.#arrival.abort();
  }

  /** Resolves at once when something waits, else when something comes, after a time, or when woken. */
  async arrival(ms: number): Promise<void> {
    if (this.#waiting.length === 0) await this.#clock.sleep(ms, this.#arrival.signal);
    else await this.#clock.yieldTurn();
    if (this.#arrival.signal.aborted) this.#arrival = new AbortController();
  }
}

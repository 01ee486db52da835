import type { Clock } from "#ports/clock.ts";
import type { FeedEvent, OnFeed } from "#ports/venue.ts";

/** More than comes during the longest warm-up; beyond it the desk cannot keep up and must not pretend to. */
const WAITING_MAX = 2_000_000;

/** What may wait for history: the market, and its end, which comes after it. */
export type HeldEvent = Extract<FeedEvent, { kind: "tradeTick" | "quote" | "marketEnded" }>;

/** What a link has brought and the desk has not looked at yet. */
export class FeedInbox {
  readonly #clock: Clock;
  #waiting: FeedEvent[] = [];
  /** The market that is held back; null while it is not. */
  #held: HeldEvent[] | null = null;
  #arrival = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly onFeed: OnFeed = (events) => {
    for (const event of events) this.#waiting.push(event);
    if (this.#waiting.length + (this.#held?.length ?? 0) > WAITING_MAX) {
      throw new Error(`More than ${WAITING_MAX} events of the venue wait: the desk is too slow`);
    }
    this.wake();
  };

  /**
   * What waits, in its order, up to a greeting: what comes after one depends on what the desk makes of it. What is held
   * back stays.
   */
  take(): readonly FeedEvent[] {
    const greeting = this.#waiting.findIndex(({ kind }) => kind === "venueGreeted");
    const taken = this.#waiting.splice(0, greeting === -1 ? this.#waiting.length : greeting + 1);
    const held = this.#held;
    if (held === null) return taken;
    return taken.filter((event) => {
      if (!mayWait(event)) return true;
      held.push(event);
      return false;
    });
  }

  /** From now on the market waits; what was held before is dropped. */
  hold(): void {
    this.#held = [];
  }

  /** The market that was held back, which waits no more. */
  letGo(): readonly HeldEvent[] {
    const held = this.#held ?? [];
    this.#held = null;
    return held;
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

function mayWait(event: FeedEvent): event is HeldEvent {
  return event.kind === "tradeTick" || event.kind === "quote" || event.kind === "marketEnded";
}

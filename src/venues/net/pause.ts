import type { Clock } from "#ports/clock.ts";

/** A pause between two attempts that can be cut short. */
export class Pause {
  readonly #clock: Clock;
  #early = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it is over, was cut short, or `closing` is aborted. */
  take(ms: number, closing: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, AbortSignal.any([closing, this.#early.signal]));
  }

  /** Ends the one that is taken now, if any; the next one is as long as ever. */
  cut(): void {
    this.#early.abort();
    this.#early = new AbortController();
  }
}

import type { EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";

/** Market seconds per second of the wall; `max` does not wait at all. */
export type Speed = number | "max";

/** Says how far the market may have got, by the wall and a factor. */
export class MarketPace {
  readonly #clock: Clock;
  readonly #speed: Speed;
  readonly #from: EpochMs;
  #startedMs: number;

  constructor(clock: Clock, speed: Speed, from: EpochMs) {
    this.#clock = clock;
    this.#speed = speed;
    this.#from = from;
    this.#startedMs = clock.monotonicMs();
  }

  /** Begins to count now: loading and warm-up take no market time. */
  restart(): void {
    this.#startedMs = this.#clock.monotonicMs();
  }

  /** The instant up to which data may be played; +Infinity without a pace. */
  now(): number {
    if (this.#speed === "max") return Number.POSITIVE_INFINITY;
    const passedMs = this.#clock.monotonicMs() - this.#startedMs;
    return Math.floor(this.#from + passedMs * this.#speed);
  }
}

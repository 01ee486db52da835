import type { EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";

/** The venue's own time: the time of the wall times a factor, from an instant of the recorded data. Never goes back. */
export class MarketClock {
  readonly #clock: Clock;
  #speed: number;
  #baseAt: number;
  #baseMs: number;

  constructor(clock: Clock, speed: number, from: EpochMs) {
    this.#clock = clock;
    this.#speed = speed;
    this.#baseAt = from;
    this.#baseMs = clock.monotonicMs();
  }

  now(): EpochMs {
    const passedMs = this.#clock.monotonicMs() - this.#baseMs;
    return Math.floor(this.#baseAt + passedMs * this.#speed) as EpochMs;
  }

  /** Begins to count now: loading takes no market time. */
  start(): void {
    this.#baseMs = this.#clock.monotonicMs();
  }

  /** Market seconds per second of the wall from now on; above zero. */
  setSpeed(speed: number): void {
    this.#restart(this.now());
    this.#speed = speed;
  }

  /** Goes on from a later instant: what lies between happens at once. */
  skipTo(at: EpochMs): void {
    if (at > this.now()) this.#restart(at);
  }

  #restart(at: EpochMs): void {
    this.#baseAt = at;
    this.#baseMs = this.#clock.monotonicMs();
  }
}

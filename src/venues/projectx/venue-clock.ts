import type { EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";

/**
 * The time of the venue: of the wall for a real one, and what a practice gateway says for one that plays recorded
 * data. Never goes back.
 */
export type VenueClock = {
  readonly now: () => EpochMs;
};

/** A wall clock that moves by more than this at once was set. */
const JUMP_MS = 5_000;

/**
 * The wall clock, which never goes back. It runs on what cannot be set; a wall that is ahead is followed, one that is
 * behind is waited for. One that was set back far is not: time would stand still for as long.
 */
export class WallClock implements VenueClock {
  readonly #clock: Clock;
  readonly #onJump: (byMs: number) => void;
  #base: number;
  #baseMs: number;
  #last: number;
  #isAhead = false;

  constructor(clock: Clock, onJump: (byMs: number) => void) {
    this.#clock = clock;
    this.#onJump = onJump;
    this.#base = clock.now();
    this.#baseMs = clock.monotonicMs();
    this.#last = this.#base;
  }

  readonly now = (): EpochMs => {
    const running = this.#base + (this.#clock.monotonicMs() - this.#baseMs);
    const wall = this.#clock.now();
    const byMs = wall - running;
    if (byMs < -JUMP_MS) {
      if (!this.#isAhead) this.#jumped(byMs);
      this.#isAhead = true;
      return this.#advance(running);
    }
    this.#isAhead = false;
    this.#base = wall;
    this.#baseMs = this.#clock.monotonicMs();
    if (byMs > JUMP_MS) this.#jumped(byMs);
    return this.#advance(wall);
  };

  #advance(to: number): EpochMs {
    this.#last = Math.max(this.#last, Math.floor(to));
    return this.#last as EpochMs;
  }

  #jumped(byMs: number): void {
    this.#onJump(Math.round(byMs));
  }
}

/** Stands still between what the gateway tells. */
export class ToldClock implements VenueClock {
  #now: EpochMs;

  constructor(now: EpochMs) {
    this.#now = now;
  }

  readonly now = (): EpochMs => this.#now;

  tell(now: EpochMs): void {
    if (now > this.#now) this.#now = now;
  }
}

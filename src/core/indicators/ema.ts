import { invariant } from "#core/domain/invariant.ts";

/**
 * Exponential moving average over `period` values, in their unit: `alpha = 2 / (period + 1)`, seeded
 * with the first value, then `alpha * x + (1 - alpha) * value`. Written in this form it agrees with
 * other platforms to the last digit; `value + alpha * (x - value)` rounds differently.
 */
export class Ema {
  readonly period: number;
  /** The average so far; zero before the first update. */
  value = 0;
  readonly #alpha: number;
  readonly #keep: number;
  #count = 0;

  constructor(period: number) {
    invariant(Number.isSafeInteger(period) && period > 0, "a period is a whole number above zero");
    this.period = period;
    this.#alpha = 2 / (period + 1);
    this.#keep = 1 - this.#alpha;
  }

  /** Whether `period` values were seen; before that the seed weighs too much to act on. */
  get ready(): boolean {
    return this.#count === this.period;
  }

  /** Returns the new average. */
  update(x: number): number {
    this.value = this.#count === 0 ? x : this.#alpha * x + this.#keep * this.value;
    if (this.#count < this.period) this.#count += 1;
    return this.value;
  }
}

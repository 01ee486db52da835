import { invariant } from "#core/domain/invariant.ts";

/**
 * Simple moving average of the last `period` values, in their unit.
 *
 * It only ever adds, so it cannot drift: no matter how many values came before, the sum is one of
 * at most `period` additions, and exact for integers such as ticks. The window is kept in two parts:
 * the values since the ring last wrapped, whose running sum is `#newer`, and the older ones, of
 * which the ring holds the sums from each to the last. A new value takes the slot of the sum that
 * leaves the window. When the ring is full of values they are turned into such sums, last to first;
 * that pass comes once per `period` updates.
 */
export class Sma {
  readonly period: number;
  /** The mean of the window, of the values so far while fewer than `period`; zero before the first. */
  value = 0;
  readonly #ring: Float64Array;
  #next = 0;
  #newer = 0;
  #count = 0;

  constructor(period: number) {
    invariant(Number.isSafeInteger(period) && period > 0, "a period is a whole number above zero");
    this.period = period;
    this.#ring = new Float64Array(period + 1);
  }

  /** Whether the window is full. */
  get ready(): boolean {
    return this.#count === this.period;
  }

  /** Returns the new average. */
  update(x: number): number {
    this.#ring[this.#next] = x;
    this.#newer += x;
    this.#next += 1;
    if (this.#count < this.period) this.#count += 1;
    this.value = (this.#newer + (this.#ring[this.#next] as number)) / this.#count;
    if (this.#next === this.period) this.#wrap();
    return this.value;
  }

  #wrap(): void {
    const ring = this.#ring;
    let sum = 0;
    for (let slot = this.period - 1; slot >= 0; slot -= 1) {
      sum += ring[slot] as number;
      ring[slot] = sum;
    }
    this.#newer = 0;
    this.#next = 0;
  }
}

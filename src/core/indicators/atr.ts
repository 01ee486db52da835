import { invariant } from "#core/domain/invariant.ts";

/** The prices of a closed bar that its true range depends on, all in one unit. */
export type HighLowClose = {
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

/**
 * Average true range after Wilder, over closed bars only, in the unit of the prices given.
 * `TR = max(high - low, |high - previous close|, |low - previous close|)`, for the first bar
 * `high - low`. The mean of the true ranges while there are fewer than `period`, then
 * `(ATR * (period - 1) + TR) / period`.
 */
export class Atr {
  readonly period: number;
  /** The average so far; zero before the first update. */
  value = 0;
  #count = 0;
  #prevClose = 0;

  constructor(period: number) {
    invariant(Number.isSafeInteger(period) && period > 0, "a period is a whole number above zero");
    this.period = period;
  }

  /** Whether `period` bars were seen. */
  get ready(): boolean {
    return this.#count === this.period;
  }

  /** Takes one closed bar and returns the new average. */
  update(bar: HighLowClose): number {
    const { high, low } = bar;
    const range = this.#count === 0 ? high - low : trueRange(high, low, this.#prevClose);
    if (this.#count < this.period) this.#count += 1;
    this.value = (this.value * (this.#count - 1) + range) / this.#count;
    this.#prevClose = bar.close;
    return this.value;
  }
}

/** The distance from the lower of low and previous close to the higher of high and previous close. */
function trueRange(high: number, low: number, prevClose: number): number {
  const top = high > prevClose ? high : prevClose;
  const bottom = low < prevClose ? low : prevClose;
  return top - bottom;
}

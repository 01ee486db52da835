/** Bounds older than this are forgotten, because clocks drift. */
const KEPT_MS = 600_000;
/** A date is cut to whole seconds, and servers write it anew once a second. */
const DATE_LATE_MS = 2_000;

type Bound = { readonly ms: number; readonly at: number };

/**
 * How far our clock is ahead of the venue's, as far as that can be known. What the venue stamps arrives later than it
 * was stamped, so no stamp can be farther back than we are ahead; the `Date` of an answer, in whole seconds, was
 * written between our question and its arrival, which bounds it from both sides.
 */
export class ClockSkew {
  #most: Bound = { ms: Number.POSITIVE_INFINITY, at: 0 };
  #least: Bound = { ms: Number.NEGATIVE_INFINITY, at: 0 };

  /** An event that the venue stamped `stampedAt` is here. */
  noteEvent(stampedAt: number, arrivedAt: number): void {
    this.#noteMost(arrivedAt - stampedAt, arrivedAt);
  }

  /** The answer to a question of `askedAt` carried a date, cut to whole seconds. */
  noteDate(date: number, askedAt: number, arrivedAt: number): void {
    const most = arrivedAt - date;
    const least = askedAt - (date + DATE_LATE_MS);
    // What was seen before and this cannot both be true of one clock: it was set since.
    if (least > this.#most.ms || most < this.#least.ms) this.#forget();
    this.#noteMost(most, arrivedAt);
    const isOld = arrivedAt - this.#least.at > KEPT_MS;
    if (isOld || least > this.#least.ms) this.#least = { ms: least, at: arrivedAt };
  }

  /** The smallest skew that explains everything seen: what is shown and acted on is certain, not feared. */
  get ms(): number {
    const most = this.#most.ms;
    const least = Math.min(this.#least.ms, most);
    if (least > 0) return Math.round(least);
    return most < 0 ? Math.round(most) : 0;
  }

  /** How far our clock may be ahead; zero when it is certainly not. */
  get aheadAtMostMs(): number {
    return Number.isFinite(this.#most.ms) ? Math.max(0, Math.ceil(this.#most.ms)) : 0;
  }

  #forget(): void {
    this.#most = { ms: Number.POSITIVE_INFINITY, at: 0 };
    this.#least = { ms: Number.NEGATIVE_INFINITY, at: 0 };
  }

  #noteMost(ms: number, at: number): void {
    if (at - this.#most.at > KEPT_MS || ms < this.#most.ms) this.#most = { ms, at };
  }
}

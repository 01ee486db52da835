/** Counts what happened within the last `windowMs`, by whatever clock the caller keeps. */
export class SlidingWindow {
  readonly #windowMs: number;
  #times: number[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  note(now: number): void {
    this.#forget(now);
    this.#times.push(now);
  }

  count(now: number): number {
    this.#forget(now);
    return this.#times.length;
  }

  /** An instant is in the window until `windowMs` have passed. */
  #forget(now: number): void {
    let old = 0;
    while (old < this.#times.length && (this.#times[old] ?? now) <= now - this.#windowMs) old += 1;
    if (old > 0) this.#times = this.#times.slice(old);
  }
}

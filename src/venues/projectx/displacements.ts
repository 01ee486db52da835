import { SlidingWindow } from "#venues/net/sliding-window.ts";

const WITHIN_MS = 600_000;
const MOST = 3;

/**
 * Another program or a web login that uses the same ProjectX user ends our session, and our next log-in ends its one.
 * After the third time within ten minutes we stop, or both would go on for ever.
 */
export class Displacements {
  readonly #recent = new SlidingWindow(WITHIN_MS);
  #isFinal = false;

  note(now: number): void {
    this.#recent.note(now);
    if (this.#recent.count(now) >= MOST) this.#isFinal = true;
  }

  count(now: number): number {
    return this.#recent.count(now);
  }

  /** Whether to stop logging in, until a person says otherwise. */
  get isFinal(): boolean {
    return this.#isFinal;
  }

  /** A person has ended the other login. */
  forgive(): void {
    this.#isFinal = false;
  }
}

import { SlidingWindow } from "#venues/net/sliding-window.ts";

const WITHIN_MS = 600_000;
const MOST = 3;

/**
 * Another program or a web login that uses the same ProjectX user ends our session, and our next log-in ends its one.
 * After the third time within ten minutes we stop, or both would go on for ever. What reduces risk may still log in.
 */
export class Displacements {
  readonly #recent = new SlidingWindow(WITHIN_MS);
  #isFinal = false;

  note(now: number): void {
    this.#recent.note(now);
    if (this.isFought(now)) this.#isFinal = true;
  }

  count(now: number): number {
    return this.#recent.count(now);
  }

  /** Whether the fight for the session is on: three times within the last ten minutes. */
  isFought(now: number): boolean {
    return this.#recent.count(now) >= MOST;
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

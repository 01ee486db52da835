import { SlidingWindow } from "#venues/net/sliding-window.ts";

/** How urgent a request is. `reduce` is what cancels, closes and protects. */
export type Priority = "reduce" | "mutate" | "read";

/** The venue takes 200 requests a minute and 50 for bars in 30 seconds; we use four fifths of each. */
const GENERAL = { windowMs: 60_000, limit: 160 };
const HISTORY = { windowMs: 30_000, limit: 40 };
/** What reads leave to orders, and both to what reduces risk. */
const SHARES = { read: 100, mutate: 130 } as const;
/** How long nothing but what reduces risk is sent after the venue has said that it is too much, by how often it did in a row. */
const PAUSES_MS = [5_000, 15_000, 30_000] as const;

/**
 * Keeps requests below the limits of the venue, in the venue's time. What reduces risk never waits for it (R12): the
 * reserve is there for it, and beyond the reserve it is the venue that decides.
 */
export class RequestBudget {
  readonly #general = new SlidingWindow(GENERAL.windowMs);
  readonly #history = new SlidingWindow(HISTORY.windowMs);
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #refusals = 0;

  /** Whether a request may go now. */
  admits(window: "general" | "history", priority: Priority, now: number): boolean {
    if (priority === "reduce") return true;
    if (now < this.#pausedUntil) return false;
    if (window === "history") return this.#history.count(now) < HISTORY.limit;
    return this.#general.count(now) < SHARES[priority];
  }

  note(window: "general" | "history", now: number): void {
    (window === "history" ? this.#history : this.#general).note(now);
  }

  /** The venue refused a request as one too many (HTTP 429). Returns the pause where it is the first in a row, or null. */
  limited(now: number, retryAfterMs: number | null): number | null {
    const isFirst = this.#refusals === 0;
    const pause = PAUSES_MS[Math.min(this.#refusals, PAUSES_MS.length - 1)] ?? 0;
    const pauseMs = Math.max(pause, retryAfterMs ?? 0);
    this.#refusals += 1;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    return isFirst ? pauseMs : null;
  }

  /** The venue took a request: the next refusal is the first again. */
  taken(now: number): void {
    if (now >= this.#pausedUntil) this.#refusals = 0;
  }

  /** Requests that may still go within the window, for screens. */
  left(now: number): { readonly general: number; readonly history: number } {
    return {
      general: Math.max(0, GENERAL.limit - this.#general.count(now)),
      history: Math.max(0, HISTORY.limit - this.#history.count(now)),
    };
  }
}

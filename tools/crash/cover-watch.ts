import { setTimeout as sleep } from "node:timers/promises";
import { CoverBook, type Look } from "./cover-book.ts";

/** Within so many seconds of the wall of its first fill every position has its stop, however fast the market runs. */
export const COVER_MS = 2_000;
const LOOK_EVERY_MS = 50;

/** What is there to be seen; null while the venue cannot be reached. */
export type AskVenue = () => Promise<Pick<Look, "at" | "held"> | null>;

/** Looks at the venue all the time, while a desk trades there, dies and comes back. */
export class CoverWatch {
  readonly book = new CoverBook(COVER_MS);
  readonly #ask: AskVenue;
  readonly #closing = new AbortController();
  #hasDesk = false;
  /** Since when both are there without a break. */
  #wasReachable = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(ask: AskVenue) {
    this.#ask = ask;
  }

  start(): void {
    this.#ended = this.#look();
  }

  /** A desk has answered: from now on it has to see to the stops. */
  deskCame(): void {
    this.#hasDesk = true;
  }

  deskWent(): void {
    this.#hasDesk = false;
    this.#wasReachable = false;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ended;
  }

  async #look(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const seen = await this.#ask();
      const counts = this.#wasReachable && seen !== null;
      this.#wasReachable = this.#hasDesk && seen !== null;
      if (seen !== null) this.book.add({ ...seen, atMs: performance.now(), counts });
      await sleep(LOOK_EVERY_MS);
    }
  }
}

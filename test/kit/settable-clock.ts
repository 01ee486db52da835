import { type EpochMs, epochMs } from "#core/domain/units.ts";
import type { SendHttp } from "#ports/http.ts";
import { OPENING } from "./builders.ts";

/** The wall clock of a desk, wrong by as much as a test says, and a venue's that began at the opening and is right. */
export class SettableClock {
  /** How far the desk's clock is ahead, in milliseconds. */
  aheadMs: number;
  readonly #beganMs = performance.now();

  constructor(aheadMs: number) {
    this.aheadMs = aheadMs;
  }

  readonly now = (): EpochMs => epochMs(Math.floor(this.#venueMs() + this.aheadMs));

  /** Answers carry the venue's date, in whole seconds as servers write them. */
  readonly dated =
    (send: SendHttp): SendHttp =>
    async (request) => {
      const answer = await send(request);
      const date = new Date(this.#venueMs()).toUTCString();
      return { ...answer, headers: { ...answer.headers, date } };
    };

  #venueMs(): number {
    return OPENING + (performance.now() - this.#beganMs);
  }
}

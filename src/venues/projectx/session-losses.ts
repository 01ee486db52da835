import { backoffMs } from "#venues/net/backoff.ts";
import { SlidingWindow } from "#venues/net/sliding-window.ts";
import { Displacements } from "./displacements.ts";

const WITHIN_MS = 600_000;
/** So many unexplained losses within ten minutes are followed by a log-in at once. */
const AT_ONCE = 2;
/** The pauses after more of them, from a second up to a minute, are so many times those of connections. */
const SLOWER = 12;

/** What became of a session that the venue does not accept. */
export type Loss = "displaced" | "unexplained";

/**
 * Tells another log-in from a venue that lost our session, or let it expire. Only the first is a fight. It is one when
 * the hub was told so (`GatewayLogout`), and when the venue answered all the time, accepted us before and nobody was
 * there whom it could have told. A restart shows as failures; an expiry as a hub that stays and says nothing. Those
 * that nothing explains do not stop the desk, but log-ins after them come slower, should it be a fight after all.
 */
export class SessionLosses {
  readonly displacements = new Displacements();
  #unexplained = new SlidingWindow(WITHIN_MS);
  #listening = 0;
  /** The venue could not be reached, or cut us off, and has not accepted the session since. */
  #isTroubled = false;
  #isTold = false;

  /** A hub is subscribed in the session: it would be told of another log-in. Returns what ends that. */
  listen(): () => void {
    this.#listening += 1;
    return () => void (this.#listening -= 1);
  }

  troubled(): void {
    this.#isTroubled = true;
  }

  /** The session was accepted. */
  accepted(): void {
    this.#isTroubled = false;
    this.#isTold = false;
  }

  /** A hub was told that the session is over. */
  told(): void {
    this.#isTold = true;
  }

  /** The session is lost; the next one is another matter. */
  lost(now: number): Loss {
    const isQuiet = !this.#isTroubled && this.#listening === 0;
    const loss = this.#isTold || isQuiet ? "displaced" : "unexplained";
    if (loss === "displaced") this.displacements.note(now);
    else this.#unexplained.note(now);
    return loss;
  }

  /** A new session. */
  began(): void {
    this.accepted();
  }

  /** How long not to log in again after a loss. */
  pauseMs(now: number, random: number): number {
    const more = this.#unexplained.count(now) - AT_ONCE;
    return more <= 0 ? 0 : SLOWER * backoffMs(more, random);
  }

  /** A person says that it is well again. */
  forgive(): void {
    this.displacements.forgive();
    this.#unexplained = new SlidingWindow(WITHIN_MS);
  }
}

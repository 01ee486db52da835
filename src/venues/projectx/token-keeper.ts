import { z } from "zod";
import type { Clock } from "#ports/clock.ts";
import { HttpFailure, type SendHttp } from "#ports/http.ts";
import { backoffMs } from "#venues/net/backoff.ts";
import { DISPLACED, LOST_OFTEN, type NoToken, refusedToken, unreachableToken } from "./no-token.ts";
import type { Outcome } from "./outcome.ts";
import { type Answered, readAnswer } from "./read-answer.ts";
import type { Priority } from "./request-budget.ts";
import { SessionLosses } from "./session-losses.ts";
import { type Token, renewAt, tokenOf } from "./token.ts";
import type { VenueClock } from "./venue-clock.ts";
import { orAbsent } from "./wire-values.ts";

export type Credentials = { readonly userName: string; readonly apiKey: string };

export type TokenParts = {
  readonly apiUrl: string;
  readonly credentials: Credentials;
  readonly http: SendHttp;
  readonly clock: Clock;
  readonly venueClock: VenueClock;
  readonly random: () => number;
  /** What to do with a new key. */
  readonly keyHelp?: string | undefined;
};

/** Credentials that were refused are not tried again for so long: hammering blocks the user. */
const REFUSED_MS = 60_000;
const ANSWER_MS = 10_000;
const CHECKED_EVERY_MS = 1_000;
/** With less life than this a token that could not be renewed is given up for a new one. */
const LAST_MINUTES_MS = 300_000;
const RENEW_AGAIN_MS = 30_000;
/** How often what reduces risk takes the session back from whoever fights for it. */
const TAKEN_BACK_MS = 60_000;

const LOGIN: Answered<string> = {
  path: "/api/Auth/loginKey",
  // Refused is refused, whatever the code: nothing was traded.
  effect: "reads",
  payload: z.object({ token: z.string().min(1) }).transform(({ token }) => token),
  codes: [
    "the venue does not know this user name",
    "the password was refused",
    "the API key was refused",
    "the application is unknown",
    "the application was refused",
    "the device was refused",
    "agreements have to be signed on the web page first",
    "unknown error",
    "this user has no API subscription",
    "log-in by API key is disabled for this user",
  ],
  unclear: [8],
};
const VALIDATE: Answered<string | null> = {
  path: "/api/Auth/validate",
  effect: "reads",
  payload: z.object({ newToken: orAbsent(z.string()) }).transform(({ newToken }) => newToken),
  codes: ["InvalidSession", "SessionNotFound", "ExpiredToken", "UnknownError"],
  unclear: [4],
};

/**
 * Keeps one session at the venue: logs in when asked, renews long before the end, and does not fight for it. At most
 * one log-in is under way, whoever asks.
 */
export class TokenKeeper {
  readonly #parts: TokenParts;
  readonly #losses = new SessionLosses();
  readonly #stopChecking: () => void;
  readonly #closing = new AbortController();
  #token: Token | null = null;
  #loggingIn: Promise<Token | NoToken> | null = null;
  #renewing: Promise<void> | null = null;
  #renewFrom = 0;
  /** A token that may have been exchanged for one that never arrived: its end is nobody's doing. */
  #doubtful: Token | null = null;
  #failure: NoToken | null = null;
  #failures = 0;
  #notBeforeMs = 0;
  #takenBackMs = Number.NEGATIVE_INFINITY;
  /** Before this nothing but what reduces risk logs in, since sessions were lost too often. */
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  /** The tokens of the present session: a hub that is told of its end may have an older one. */
  readonly #ofSession = new Set<string>();

  constructor(parts: TokenParts) {
    this.#parts = parts;
    this.#stopChecking = parts.clock.every(CHECKED_EVERY_MS, () => this.#renewIfDue());
  }

  /** The session to use now, or null when there is none. */
  current(): Token | null {
    const token = this.#token;
    return token !== null && this.#parts.venueClock.now() < token.expiresAt ? token : null;
  }

  /** The session for a request, if it can be had at once. */
  currentFor(priority: Priority): Token | null {
    return this.isDisplaced && priority === "mutate" ? null : this.current();
  }

  /**
   * A session, by logging in if there is none. Failures are not repeated at once. While somebody else has taken ours
   * for good, only what reduces risk logs in (R12), and only that and reads use what it gets.
   */
  async ensure(priority: Priority = "mutate"): Promise<Token | NoToken> {
    // The old token may be worthless already, and the new one on its way.
    if (this.#renewing !== null) await this.#renewing;
    const token = this.currentFor(priority);
    if (token !== null) return token;
    if (this.isDisplaced && (priority !== "reduce" || !this.#mayTakeBack())) {
      return DISPLACED;
    }
    const isPaused = this.#parts.clock.monotonicMs() < this.#pausedUntilMs;
    if (isPaused && priority !== "reduce" && this.#loggingIn === null) return LOST_OFTEN;
    this.#loggingIn ??= this.#logIn().finally(() => (this.#loggingIn = null));
    return this.#loggingIn;
  }

  /** The venue does not accept a session that has not ended by itself. */
  refused(text: string): void {
    const token = this.#token;
    if (token === null || token.text !== text || this.#renewing !== null) return;
    this.#token = null;
    const { venueClock, clock, random } = this.#parts;
    const now = venueClock.now();
    if (now >= token.expiresAt || token === this.#doubtful) return;
    if (this.#losses.lost(now) === "displaced") return;
    this.#pausedUntilMs = clock.monotonicMs() + this.#losses.pauseMs(now, random());
  }

  /** A hub that is connected with this token was told that the session is over: someone else took it. */
  loggedOut(text: string): void {
    if (this.#token === null || !this.#ofSession.has(text)) return;
    this.#losses.told();
    this.refused(text);
  }

  /** The venue has accepted this token. */
  accepted(text: string): void {
    if (this.#token?.text === text) this.#losses.accepted();
  }

  /** The venue could not be reached, failed, or ended a connection. */
  troubled(): void {
    this.#losses.troubled();
  }

  /** A hub is subscribed, and would be told of another log-in. Returns what ends that. */
  listen(): () => void {
    return this.#losses.listen();
  }

  get displaced(): number {
    return this.#losses.displacements.count(this.#parts.venueClock.now());
  }

  get isDisplaced(): boolean {
    return this.#losses.displacements.isFinal;
  }

  /** A person has ended the other login. */
  resume(): void {
    this.#losses.forgive();
    this.#notBeforeMs = 0;
    this.#pausedUntilMs = 0;
  }

  close(): void {
    this.#stopChecking();
    this.#closing.abort();
  }

  /** At most once a minute, until ten minutes have passed without a fight. Several that ask at once share one log-in. */
  #mayTakeBack(): boolean {
    if (this.#loggingIn !== null) return true;
    const { clock, venueClock } = this.#parts;
    if (!this.#losses.displacements.isFought(venueClock.now())) return true;
    return clock.monotonicMs() - this.#takenBackMs >= TAKEN_BACK_MS;
  }

  async #logIn(): Promise<Token | NoToken> {
    const { clock, credentials, venueClock, random, keyHelp } = this.#parts;
    if (this.#failure !== null && clock.monotonicMs() < this.#notBeforeMs) return this.#failure;
    if (this.isDisplaced) this.#takenBackMs = clock.monotonicMs();
    const outcome = await this.#ask(LOGIN, JSON.stringify(credentials), null);
    if (outcome.kind === "confirmed") {
      this.#failures = 0;
      this.#failure = null;
      this.#losses.began();
      this.#ofSession.clear();
      return this.#hold(tokenOf(outcome.value, venueClock.now()));
    }
    this.#failures += 1;
    const isRefused = outcome.kind === "refused" && outcome.code !== 429;
    const waitMs = isRefused ? REFUSED_MS : backoffMs(this.#failures, random());
    this.#notBeforeMs = clock.monotonicMs() + waitMs;
    this.#failure = isRefused ? refusedToken(outcome, keyHelp) : unreachableToken(outcome);
    return this.#failure;
  }

  #hold(token: Token): Token {
    this.#token = token;
    this.#ofSession.add(token.text);
    this.#renewFrom = renewAt(token);
    return token;
  }

  #renewIfDue(): void {
    const token = this.current();
    const now = this.#parts.venueClock.now();
    if (token === null || this.#renewing !== null || now < this.#renewFrom) return;
    this.#renewing = this.#renew(token);
  }

  async #renew(token: Token): Promise<void> {
    const outcome = await this.#ask(VALIDATE, "", token.text);
    this.#renewing = null;
    if (this.#token === token) this.#renewed(token, outcome);
  }

  #renewed(token: Token, outcome: Outcome<string | null>): void {
    const now = this.#parts.venueClock.now();
    switch (outcome.kind) {
      case "confirmed": {
        const fresh = tokenOf(outcome.value ?? token.text, now);
        this.#hold(fresh);
        // A token that was not exchanged still ends when it did before.
        if (fresh.text === token.text)
          this.#renewFrom = Math.max(this.#renewFrom, now + RENEW_AGAIN_MS);
        return;
      }
      case "refused":
        // HTTP 429 and the like say nothing about the session.
        if (outcome.code !== 401 && outcome.code >= 400) break;
        this.refused(token.text);
        return;
      case "unknown":
        this.#doubtful = token;
        break;
      case "notSent":
        break;
    }
    if (token.expiresAt - now < LAST_MINUTES_MS) this.#token = null;
    else this.#renewFrom = now + RENEW_AGAIN_MS;
  }

  async #ask<T>(operation: Answered<T>, body: string, bearer: string | null): Promise<Outcome<T>> {
    const { clock, http, apiUrl, credentials } = this.#parts;
    const giveUp = new AbortController();
    const answered = new AbortController();
    void clock
      .sleep(ANSWER_MS, AbortSignal.any([answered.signal, this.#closing.signal]))
      .then(() => giveUp.abort());
    try {
      const answer = await http({
        method: "POST",
        url: `${apiUrl}${operation.path}`,
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        },
        body,
        signal: giveUp.signal,
      });
      return readAnswer(operation, answer, [credentials.apiKey, bearer ?? ""]);
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { kind: error.mayHaveArrived ? "unknown" : "notSent", reason: error.message };
    } finally {
      answered.abort();
    }
  }
}

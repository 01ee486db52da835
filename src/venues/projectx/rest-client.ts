import type { DurationMs, EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import { type HttpAnswer, HttpFailure, type SendHttp } from "#ports/http.ts";
import { readHttpDate, readRetryAfter } from "./http-date.ts";
import type { Operation } from "./operations.ts";
import type { Outcome } from "./outcome.ts";
import { readAnswer } from "./read-answer.ts";
import { type Priority, RequestBudget } from "./request-budget.ts";
import type { TokenKeeper } from "./token-keeper.ts";
import type { Token } from "./token.ts";
import type { VenueClock } from "./venue-clock.ts";

export type RestParts = {
  readonly apiUrl: string;
  /** After this long the answer about an order is not waited for: the desk takes it for unknown by then. */
  readonly answerTimeout: DurationMs;
  readonly http: SendHttp;
  readonly clock: Clock;
  readonly venueClock: VenueClock;
  readonly tokens: TokenKeeper;
  /** Told of the date of an answer, for the skew of our clock. */
  readonly onDate: (date: EpochMs, askedAt: EpochMs) => void;
  /** The venue has begun to refuse requests as too many: what can wait waits for so long. */
  readonly onLimited?: (pauseMs: number) => void;
};

/** How long a list may take. */
const READ_MS = 10_000;
const BUDGET_LOOK_MS = 20;
/** Reads under way at once; orders do not count. */
const READS_MOST = 4;
/** Reads that wait for their turn; more means that nobody looks at the answers. */
const WAITING_MOST = 500;
/** Longer than a pause of the venue and a full window together; whoever asked has to know that nobody answers. */
const WAIT_MOST_MS = 130_000;
/** How often what reduces risk is sent again after the venue said that it is too much, and how long after. */
const LIMITED_TRIES = 3;
const LIMITED_PAUSE_MS = 1_000;
/** Why a request may not go any more, or null; asked before every time that it is sent. */
export type MayGo = () => string | null;

/** A token that was being exchanged, then one that somebody else ended. */
const REFUSALS_MOST = 2;

/**
 * Sends requests within the limits of the venue and reads the answers. A request that can go goes in the same turn of
 * the event loop. One is sent again only when the venue has said that it did not take it: the session or the limit.
 */
export class RestClient {
  readonly #parts: RestParts;
  readonly #budget = new RequestBudget();
  readonly #closing = new AbortController();
  readonly #underWay = new Set<AbortController>();
  #reading = 0;
  #waiting = 0;

  constructor(parts: RestParts) {
    this.#parts = parts;
  }

  /** Requests that have not been sent because the window is full. */
  get waiting(): number {
    return this.#waiting;
  }

  get budgetLeft(): { readonly general: number; readonly history: number } {
    return this.#budget.left(this.#parts.venueClock.now());
  }

  async call<T>(
    operation: Operation<T>,
    body: Readonly<Record<string, unknown>>,
    priority: Priority,
    mayGo: MayGo = always,
  ): Promise<Outcome<T>> {
    const isRead = priority === "read";
    if (isRead) {
      const refusal = await this.#awaitTurn(() => this.#reading < READS_MOST);
      if (refusal !== null) return refusal;
      this.#reading += 1;
    }
    try {
      return await this.#callNow(operation, body, priority, mayGo);
    } finally {
      if (isRead) this.#reading -= 1;
    }
  }

  close(): void {
    this.#closing.abort();
    for (const request of this.#underWay) request.abort();
  }

  async #callNow<T>(
    operation: Operation<T>,
    body: Readonly<Record<string, unknown>>,
    priority: Priority,
    mayGo: MayGo,
  ): Promise<Outcome<T>> {
    let refusedTokens = 0;
    for (let limited = 0; ;) {
      const { tokens, venueClock, clock } = this.#parts;
      const isAdmitted = () => this.#budget.admits(operation.window, priority, venueClock.now());
      if (!isAdmitted()) {
        if (priority !== "read") return notSent("too many requests: the venue's limit is near");
        const refusal = await this.#awaitTurn(isAdmitted);
        if (refusal !== null) return refusal;
      }
      const known = refusedTokens === 0 ? tokens.currentFor(priority) : null;
      const token = known ?? (await tokens.ensure(priority));
      if ("kind" in token) return notSent(token.reason);
      // A log-in or a pause may have taken long.
      const withheld = mayGo();
      if (withheld !== null) return notSent(withheld);
      const answer = await this.#exchange(operation, body, token);
      if ("kind" in answer) {
        tokens.troubled();
        return answer;
      }
      if (answer.status === 401) {
        tokens.refused(token.text);
        refusedTokens += 1;
        if (refusedTokens > REFUSALS_MOST)
          return notSent("the venue refuses our sessions (HTTP 401)");
        continue;
      }
      if (answer.status >= 500) tokens.troubled();
      else tokens.accepted(token.text);
      const now = venueClock.now();
      if (answer.status !== 429) {
        this.#budget.taken(now);
        return readAnswer(operation, answer, [token.text]);
      }
      this.#limited(now, answer);
      limited += 1;
      const isGivenUp = limited > LIMITED_TRIES || this.#closing.signal.aborted;
      if (isGivenUp || priority === "mutate") {
        return notSent("the venue takes no more requests for now (HTTP 429)");
      }
      if (priority === "reduce") await clock.sleep(LIMITED_PAUSE_MS, this.#closing.signal);
    }
  }

  #limited(now: EpochMs, { headers }: HttpAnswer): void {
    const pauseMs = this.#budget.limited(now, readRetryAfter(headers["retry-after"]));
    if (pauseMs !== null) this.#parts.onLimited?.(pauseMs);
  }

  /** Waits until a read may go. Null when it may. */
  async #awaitTurn(isFree: () => boolean): Promise<Outcome<never> | null> {
    if (isFree()) return null;
    if (this.#waiting >= WAITING_MOST) return notSent("too many requests wait already");
    const { signal } = this.#closing;
    const { clock } = this.#parts;
    const untilMs = clock.monotonicMs() + WAIT_MOST_MS;
    const isLate = (): boolean => clock.monotonicMs() > untilMs;
    this.#waiting += 1;
    while (!isFree() && !signal.aborted && !isLate()) await clock.sleep(BUDGET_LOOK_MS, signal);
    this.#waiting -= 1;
    if (signal.aborted) return notSent("the link is closed");
    return isFree() ? null : notSent(`no turn within ${WAIT_MOST_MS / 1_000} s: too many requests`);
  }

  async #exchange(
    operation: Operation<unknown>,
    body: Readonly<Record<string, unknown>>,
    token: Token,
  ): Promise<HttpAnswer | Outcome<never>> {
    const { http, apiUrl, answerTimeout, clock, venueClock, onDate } = this.#parts;
    const giveUp = new AbortController();
    this.#underWay.add(giveUp);
    const askedAt = venueClock.now();
    this.#budget.note(operation.window, askedAt);
    const waiting = http({
      method: "POST",
      url: `${apiUrl}${operation.path}`,
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        authorization: `Bearer ${token.text}`,
      },
      body: JSON.stringify(body),
      signal: giveUp.signal,
    });
    const answered = new AbortController();
    const waitMs = operation.effect === "mutates" ? answerTimeout : READ_MS;
    void clock.sleep(waitMs, answered.signal).then(() => giveUp.abort());
    try {
      const answer = await waiting;
      const date = readHttpDate(answer.headers["date"]);
      if (date !== null) onDate(date, askedAt);
      return answer;
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      const reason = `${operation.path}: ${error.message}`;
      return error.mayHaveArrived ? { kind: "unknown", reason } : notSent(reason);
    } finally {
      answered.abort();
      this.#underWay.delete(giveUp);
    }
  }
}

function always(): null {
  return null;
}

function notSent(reason: string): Outcome<never> {
  return { kind: "notSent", reason };
}

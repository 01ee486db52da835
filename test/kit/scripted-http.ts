import { type EpochMs, epochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import { type HttpAnswer, HttpFailure, type SendHttp } from "#ports/http.ts";
import { OPENING } from "./builders.ts";

export type HttpCall = {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly bearer: string | null;
};

/** What a server says: a JSON body with status 200, another answer, or no answer at all. */
export type Scripted =
  | { readonly json: object; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly status: number;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly failure: string; readonly mayHaveArrived: boolean };

export type ScriptedHttp = { readonly http: SendHttp; readonly calls: HttpCall[] };

/** A server that says what the test says it does, in the next turn. */
export function scriptedHttp(
  answer: (call: HttpCall, count: number) => Scripted | Promise<Scripted>,
): ScriptedHttp {
  const calls: HttpCall[] = [];
  const http: SendHttp = async ({ url, body, headers }) => {
    const call: HttpCall = {
      path: new URL(url).pathname,
      body: body === "" ? {} : (JSON.parse(body) as HttpCall["body"]),
      bearer: headers["authorization"]?.replace("Bearer ", "") ?? null,
    };
    calls.push(call);
    const said = await answer(call, calls.filter(({ path }) => path === call.path).length);
    if ("failure" in said) throw new HttpFailure(said.failure, said.mayHaveArrived);
    const given = said.headers ?? {};
    if ("json" in said) return answerOf(200, JSON.stringify(said.json), given);
    return answerOf(said.status, said.text ?? "", given);
  };
  return { http, calls };
}

export const SUCCESS = { success: true, errorCode: 0, errorMessage: null };

/** A token as the venue makes them: its payload names its end. */
export function aToken(name: string, expiresAt: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part({ name, exp: Math.floor(expiresAt / 1_000) })}.${name}`;
}

/** A clock that a test moves, with its timers. */
export class HandClock implements Clock {
  #now: number = OPENING;
  readonly #repeating: { readonly ms: number; readonly run: () => void; dueAt: number }[] = [];
  readonly #sleeping: { readonly dueAt: number; readonly wake: () => void }[] = [];

  readonly now = (): EpochMs => epochMs(this.#now);
  readonly monotonicMs = (): number => this.#now;
  readonly processorMs = (): number => this.#now;

  readonly sleep: Clock["sleep"] = (ms, signal) =>
    new Promise((wake) => {
      if (signal?.aborted === true) return wake();
      signal?.addEventListener("abort", () => wake(), { once: true });
      this.#sleeping.push({ dueAt: this.#now + ms, wake });
    });

  readonly yieldTurn: Clock["yieldTurn"] = () => new Promise((done) => void setImmediate(done));

  readonly every: Clock["every"] = (ms, run) => {
    const timer = { ms, run, dueAt: this.#now + ms };
    this.#repeating.push(timer);
    return () => void this.#repeating.splice(this.#repeating.indexOf(timer), 1);
  };

  /** Lets time pass: everything due happens once, and what follows from it is waited for. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    for (const timer of this.#repeating.slice()) {
      if (timer.dueAt > this.#now) continue;
      timer.dueAt = this.#now + timer.ms;
      timer.run();
    }
    for (const sleeper of this.#sleeping.splice(0)) {
      if (sleeper.dueAt <= this.#now) sleeper.wake();
      else this.#sleeping.push(sleeper);
    }
    await this.yieldTurn();
    await this.yieldTurn();
  }
}

function answerOf(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): HttpAnswer {
  return { status, headers, body };
}

import type { BotId } from "#core/domain/ids.ts";
import type { CallbackWatch } from "#core/strategy/bots.ts";
import type { Clock } from "#ports/clock.ts";
import type { HangWatch } from "./world.ts";

/** How long one callback of a strategy may take. Longer blocks every order of the desk. */
export const CALLBACK_BUDGET_MS = 250;

export type Overrun = { readonly botId: BotId; readonly reason: string };

/**
 * Times the callbacks of strategies, since the core has no clock. A bot that overran is halted after the event; one
 * that never returns is a matter of the hang watch.
 */
export class CallbackTimer implements CallbackWatch {
  readonly #clock: Clock;
  readonly #hangWatch: HangWatch;
  #overruns: Overrun[] = [];
  #beganAt = 0;

  constructor(clock: Clock, hangWatch: HangWatch) {
    this.#clock = clock;
    this.#hangWatch = hangWatch;
  }

  readonly began = (botId: BotId): void => {
    this.#hangWatch.began(botId);
    this.#beganAt = this.#clock.monotonicMs();
  };

  readonly ended = (botId: BotId): void => {
    this.#hangWatch.ended();
    const tookMs = this.#clock.monotonicMs() - this.#beganAt;
    if (tookMs <= CALLBACK_BUDGET_MS) return;
    const reason = `a callback took ${Math.round(tookMs)} ms, its budget is ${CALLBACK_BUDGET_MS} ms`;
    this.#overruns.push({ botId, reason });
  };

  takeOverruns(): readonly Overrun[] {
    if (this.#overruns.length === 0) return this.#overruns;
    const overruns = this.#overruns;
    this.#overruns = [];
    return overruns;
  }
}

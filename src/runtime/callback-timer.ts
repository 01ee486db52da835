import type { BotId } from "#core/domain/ids.ts";
import type { CallbackWatch } from "#core/strategy/bots.ts";
import type { Clock } from "#ports/clock.ts";

/** How long one callback of a strategy may take. Longer blocks every order of the desk. */
export const CALLBACK_BUDGET_MS = 250;

export type Overrun = { readonly botId: BotId; readonly reason: string };

/** Times the callbacks of strategies, since the core has no clock. A bot that overran is halted after the event. */
export class CallbackTimer implements CallbackWatch {
  readonly #clock: Clock;
  #overruns: Overrun[] = [];
  #beganAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly began = (_botId: BotId): void => {
    this.#beganAt = this.#clock.monotonicMs();
  };

  readonly ended = (botId: BotId): void => {
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

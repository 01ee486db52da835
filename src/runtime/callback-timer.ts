import type { BotId } from "#core/domain/ids.ts";
import type { CallbackWatch } from "#core/strategy/bots.ts";
import type { Clock } from "#ports/clock.ts";
import type { HangWatch } from "./world.ts";

/** How much of a processor's time one callback of a strategy may take. Longer blocks every order of the desk. */
export const CALLBACK_BUDGET_MS = 250;
/**
 * A callback that took as long and did not compute was stopped, by the machine or by waiting for something. Machines
 * stop now and then; a strategy that waits does it again.
 */
export const WAITS_MAX = 3;
export const WAITS_WINDOW_MS = 60_000;

export type Overrun = { readonly botId: BotId; readonly reason: string };

/**
 * Times the callbacks of strategies, since the core has no clock. A bot that overran is halted after the event; one
 * that never returns is a matter of the hang watch.
 */
export class CallbackTimer implements CallbackWatch {
  readonly #clock: Clock;
  readonly #hangWatch: HangWatch;
  /** When each bot waited, in the last window. */
  readonly #waits = new Map<BotId, readonly number[]>();
  #overruns: Overrun[] = [];
  #beganAt = 0;
  #beganAtProcessor = 0;

  constructor(clock: Clock, hangWatch: HangWatch) {
    this.#clock = clock;
    this.#hangWatch = hangWatch;
  }

  readonly began = (botId: BotId): void => {
    this.#hangWatch.began(botId);
    this.#beganAt = this.#clock.monotonicMs();
    this.#beganAtProcessor = this.#clock.processorMs();
  };

  readonly ended = (botId: BotId): void => {
    this.#hangWatch.ended();
    const now = this.#clock.monotonicMs();
    const tookMs = now - this.#beganAt;
    if (tookMs <= CALLBACK_BUDGET_MS) return;
    const computedMs = this.#clock.processorMs() - this.#beganAtProcessor;
    const reason =
      computedMs > CALLBACK_BUDGET_MS
        ? `a callback took ${Math.round(computedMs)} ms, its budget is ${CALLBACK_BUDGET_MS} ms`
        : this.#noteWait(botId, now);
    if (reason !== undefined) this.#overruns.push({ botId, reason });
  };

  takeOverruns(): readonly Overrun[] {
    if (this.#overruns.length === 0) return NO_OVERRUNS;
    const overruns = this.#overruns;
    this.#overruns = [];
    return overruns;
  }

  /** What is wrong with the bot, once it has waited too often. */
  #noteWait(botId: BotId, now: number): string | undefined {
    const before = this.#waits.get(botId) ?? [];
    const waits = [...before.filter((at) => now - at < WAITS_WINDOW_MS), now];
    this.#waits.set(botId, waits);
    if (waits.length < WAITS_MAX) return undefined;
    return `${waits.length} callbacks within a minute waited longer than their budget of ${CALLBACK_BUDGET_MS} ms`;
  }
}

const NO_OVERRUNS: readonly Overrun[] = [];

import { z } from "zod";
import type { EpochMs } from "#core/domain/units.ts";
import type { FeedTeller } from "./feed-teller.ts";
import { instant } from "./wire-values.ts";

/** What a practice gateway says of its time; the body of `GET /practice/time` is its first three members. */
export const PRACTICE_TIME = z.object({
  now: instant,
  speed: z.number(),
  lockstep: z.boolean(),
});
export const PRACTICE_MARK = PRACTICE_TIME.extend({ step: z.int(), ended: z.boolean() });
type PracticeMark = z.output<typeof PRACTICE_MARK>;

export type HubName = "user" | "market";

export type PaceParts = {
  readonly teller: FeedTeller;
  /** Moves the clock of the venue. */
  readonly onTime: (now: EpochMs) => void;
  /** Whether requests wait for their answers. */
  readonly isBusy: () => boolean;
  /** Lets the gateway go on. False when it cannot be told now. */
  readonly settle: (step: number, wakeAt: EpochMs | null) => boolean;
};

/**
 * Follows the time of a practice gateway. A mark says that everything up to its instant was told on that hub, so time
 * passes when both have said so. In lockstep the gateway plays one step and waits: what a step has brought is told
 * together, market data first, and the step is settled when the desk has handled it and nothing is under way.
 */
export class PracticePace {
  readonly #parts: PaceParts;
  readonly #marks = new Map<HubName, PracticeMark>();
  readonly #held: Record<HubName, (() => void)[]> = { user: [], market: [] };
  #isLockstep: boolean;
  #toldStep = -1;
  #settledStep = -1;
  #hasEnded = false;
  #isHandled = true;
  #wakeAt: EpochMs | null = null;

  constructor(parts: PaceParts, isLockstep: boolean) {
    this.#parts = parts;
    this.#isLockstep = isLockstep;
  }

  /** Tells what a hub has brought: at once, or in lockstep with the rest of its step. */
  hear(hub: HubName, tell: () => void): void {
    if (this.#isLockstep) this.#held[hub].push(tell);
    else tell();
  }

  mark(hub: HubName, mark: PracticeMark): void {
    this.#marks.set(hub, mark);
    this.#isLockstep = mark.lockstep;
    const marks = [...this.#marks.values()];
    if (mark.lockstep && marks.some(({ step }) => step !== mark.step)) return;
    this.#tellHeld();
    const now = Math.min(...marks.map((one) => one.now)) as EpochMs;
    this.#parts.onTime(now);
    this.#isHandled = false;
    this.#toldStep = mark.step;
    const hasEnded = marks.every(({ ended }) => ended);
    if (hasEnded && !this.#hasEnded) this.#parts.teller.ended(now);
    else this.#parts.teller.passed(now);
    this.#hasEnded = hasEnded;
  }

  /** The desk was told something that it has not handled yet. */
  told(): void {
    this.#isHandled = false;
  }

  /** The desk has handled everything it was told and sent what follows; it next wants to be woken at `wakeAt`. */
  handled(wakeAt: EpochMs | null): void {
    this.#isHandled = true;
    this.#wakeAt = wakeAt;
    this.look();
  }

  /** Settles the step if nothing is left of it. */
  look(): void {
    if (!this.#isLockstep || !this.#isHandled || this.#parts.isBusy()) return;
    if (this.#toldStep <= this.#settledStep) return;
    if (this.#parts.settle(this.#toldStep, this.#wakeAt)) this.#settledStep = this.#toldStep;
  }

  /** A hub is gone: what it said last does not hold the other up, and what it still says belongs to no step. */
  lost(hub: HubName): void {
    this.#marks.delete(hub);
    this.#tellHeld();
    if (hub === "market") {
      this.#toldStep = -1;
      this.#settledStep = -1;
      return;
    }
    const market = this.#marks.get("market");
    if (market !== undefined && market.step > this.#toldStep) this.mark("market", market);
  }

  #tellHeld(): void {
    for (const hub of ["market", "user"] as const) {
      for (const tell of this.#held[hub].splice(0)) tell();
    }
  }
}

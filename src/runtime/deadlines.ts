import type { EpochMs } from "#core/domain/units.ts";
import type { DeskLoop } from "./desk-loop.ts";

/** When the desk next has to be woken: by its timer, or by a bar that ends at or before `barsUntil` without a trade. */
export function nextDeadline(loop: DeskLoop, barsUntil: number): number {
  const barAt = loop.desk.nextBarAt;
  const isBarDue = barAt <= barsUntil && barAt > Number.NEGATIVE_INFINITY;
  return isBarDue && barAt < loop.timerAt ? barAt : loop.timerAt;
}

/** Wakes the desk at its next deadline. A timer comes before a bar that ends at the same instant. */
export function meetDeadline(loop: DeskLoop, at: EpochMs): void {
  if (loop.timerAt > at) return loop.apply({ kind: "clockAdvanced", at });
  loop.timerAt = Number.POSITIVE_INFINITY;
  loop.apply({ kind: "timerFired", at, dueAt: at });
}

/** Wakes the desk at every deadline up to an instant, in order. Nothing is released. */
export function meetDeadlines(loop: DeskLoop, until: number, barsUntil: number): void {
  for (let at = nextDeadline(loop, barsUntil); at <= until; at = nextDeadline(loop, barsUntil)) {
    meetDeadline(loop, at as EpochMs);
  }
}

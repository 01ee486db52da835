import type { DurationMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import { realClock } from "#runtime/real/real-clock.ts";

/** Pauses are shorter than this. */
const PAUSE_MOST_MS = 10_000;

/** Real, but for pauses between attempts, which would only be waited for. An answer has its time. */
export function hastyClock(answerTimeout: DurationMs): Clock {
  const isPause = (ms: number): boolean => ms < PAUSE_MOST_MS && ms !== answerTimeout;
  return { ...realClock, sleep: (ms, signal) => realClock.sleep(isPause(ms) ? 2 : ms, signal) };
}

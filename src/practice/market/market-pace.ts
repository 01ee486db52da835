import type { EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { MarketClock } from "./market-clock.ts";

/** Between two looks at the clock when nothing else wakes the market. */
const STEP_MS = 5;
/** Where nothing is recorded for longer, as over a weekend, nobody waits for it to pass. */
const GAP_SKIPPED_MS = 3_600_000;

/** How fast recorded data is played. */
export type MarketPace = {
  /** Time begins now: loading takes none. */
  readonly start: () => void;
  /** The instant up to which to play now; it never falls. The next data is at `nextAt`, Infinity after the last. */
  readonly playUntil: (nextAt: number) => EpochMs;
  /** Resolves when it is time to ask again, or when `wake` aborts. */
  readonly rest: (wake: AbortSignal) => Promise<void>;
};

/** Plays along with a clock. */
export function clockPace(clock: Clock, time: MarketClock): MarketPace {
  return {
    start: () => time.start(),
    playUntil(nextAt) {
      const wait = nextAt - time.now();
      if (wait > GAP_SKIPPED_MS && Number.isFinite(wait)) time.skipTo((nextAt - 1) as EpochMs);
      return time.now();
    },
    rest: (wake) => clock.sleep(STEP_MS, wake),
  };
}

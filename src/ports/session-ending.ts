import type { EpochMs } from "#core/domain/units.ts";

/** Where a session had played its data to the end: nothing of it is left. */
export type SessionEnding = {
  /** Number of its last record; a session that was recorded further has not ended there. */
  readonly seq: number;
  /** In the time of the market. */
  readonly at: EpochMs;
  /** By the clock on the wall. */
  readonly endedAt: EpochMs;
};

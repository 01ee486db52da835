import type { EpochMs } from "#core/domain/units.ts";

/** What is noted of a session beside its journal. What cannot be noted costs a message, never the session. */
export type SessionMarks = {
  /** Whether records were durable once; before that nothing was sent anywhere. */
  readonly begun: boolean;
  readonly ended: SessionEnding | null;
  readonly counted: CountedEvents | null;
};

/** Where a session had played its data to the end: nothing of it is left. */
export type SessionEnding = {
  /** Number of its last record; a session that was recorded further has not ended there. */
  readonly seq: number;
  /** In the time of the market. */
  readonly at: EpochMs;
  /** By the clock on the wall. */
  readonly endedAt: EpochMs;
};

/** Market events of a session up to one of its records, which saves counting them again. */
export type CountedEvents = {
  readonly seq: number;
  readonly count: number;
  /** Whether the record is part of a warm-up, whose events are not counted. */
  readonly warmingUp: boolean;
};

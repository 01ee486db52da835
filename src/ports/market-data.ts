import type { InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { TickBlock } from "#core/market/tick-block.ts";

/** Which part of a source to read: `from` inclusive, `until` exclusive, both open when absent. */
export type TimeRange = {
  readonly from?: EpochMs;
  readonly until?: EpochMs;
};

/**
 * Recorded trades and quotes of one or more instruments, read in blocks of columns.
 *
 * Rows come in one stable order: by time; quotes before trades of the same instant (a minute quote
 * bar yields its closing quote at the minute's end, before the trades of the next minute); then as
 * recorded. A block is valid until the next one is asked for. Broken data (a missing file, rows out
 * of order, quantities below zero, prices off the tick) ends the reading with an `Error` that names
 * the file, the row, what was expected and what was found; rows before it may have been handed out.
 */
export type MarketDataSource = {
  /** At most 256; `TickBlock.instrument` indexes into it. */
  readonly instruments: readonly InstrumentId[];
  blocks(range?: TimeRange): AsyncIterable<TickBlock>;
  /** Frees files and memory; a running `blocks` ends with an error. Closing twice is allowed. */
  close(): Promise<void>;
};

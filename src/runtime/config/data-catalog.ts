import type { InstrumentId } from "#core/domain/ids.ts";
import type { DurationMs, EpochMs } from "#core/domain/units.ts";
import type { MarketDataSource } from "#ports/market-data.ts";

/** The stored market data that a configuration can name. */
export type DataCatalog = {
  /** Names of the recorded days that come with the program. */
  readonly samples: readonly string[];
  /** Checks a sample and describes it. Errors: `DataError`. */
  readonly sample: (name: string) => Promise<StoredDay>;
  /** Ticks of one instrument from files, each list in time order. */
  readonly files: (series: {
    readonly instrument: InstrumentId;
    readonly trades: readonly string[];
    readonly quotes: readonly string[];
  }) => MarketDataSource;
};

/** A recorded day that comes with the program. */
export type StoredDay = {
  readonly instrument: InstrumentId;
  readonly session: { readonly from: EpochMs; readonly until: EpochMs };
  readonly warmUp: { readonly from: EpochMs; readonly until: EpochMs };
  /** Older prices of this recording count as stale. */
  readonly staleAfterMs: DurationMs;
  /** SHA-256 of each file by its name. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly open: () => MarketDataSource;
};

/** Market data that is missing or broken. The message says which file, what was expected and what to do. */
export class DataError extends Error {
  override readonly name = "DataError";
}

import type { TickBlock } from "#core/market/tick-block.ts";
import type { MarketDataSource, TimeRange } from "#ports/market-data.ts";
import { type DataCatalog, DataError, type StoredDay } from "#runtime/config/data-catalog.ts";
import { ParquetTickSource } from "#storage/catalog/parquet-tick-source.ts";
import { GOLD_SAMPLE, openSample, readSample } from "#storage/catalog/sample.ts";

/** The market data that comes with the program or lies in Parquet files. */
export const storedData: DataCatalog = {
  samples: [GOLD_SAMPLE],
  sample: storedDay,
  files: (series) => explained(new ParquetTickSource([series])),
};

async function storedDay(name: string): Promise<StoredDay> {
  const sample = await asDataError(readSample(name));
  const { trades, quotes } = sample.files;
  return {
    instrument: sample.instrument,
    session: sample.session,
    warmUp: sample.warmUp,
    staleAfterMs: sample.staleAfterMs,
    hashes: Object.fromEntries(
      [trades, quotes].map((file) => [`${name}/${file.name}`, file.sha256]),
    ),
    open: () => explained(openSample(sample)),
  };
}

/** Tells broken market data from every other failure, so that the program can end with its own exit code. */
function explained(source: MarketDataSource): MarketDataSource {
  return {
    instruments: source.instruments,
    close: () => source.close(),
    async *blocks(range?: TimeRange): AsyncGenerator<TickBlock, void> {
      const blocks = source.blocks(range)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await asDataError(blocks.next());
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        await blocks.return?.();
      }
    },
  };
}

/** What a source says is broken comes as a plain `Error`; subclasses are somebody else's. */
async function asDataError<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    if (!(cause instanceof Error) || cause.constructor !== Error) throw cause;
    throw new DataError(cause.message, { cause });
  }
}

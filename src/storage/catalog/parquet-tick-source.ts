import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { InstrumentId } from "#core/domain/ids.ts";
import {
  TICK_BLOCK_ROWS,
  TRADE_ROW,
  type TickBlock,
  emptyTickBlock,
} from "#core/market/tick-block.ts";
import type { MarketDataSource, TimeRange } from "#ports/market-data.ts";
import { openDuckDb } from "./duckdb.ts";
import { tickChunks } from "./tick-chunks.ts";
import { QUOTE_FILE, TRADE_FILE } from "./tick-columns.ts";
import { TickCursor } from "./tick-cursor.ts";

/** Parquet files of one instrument, each list in time order and possibly empty. */
export type TickSeries = {
  readonly instrument: InstrumentId;
  readonly trades: readonly string[];
  readonly quotes: readonly string[];
};

const INSTRUMENTS_MAX = 256;

/**
 * Trades and quotes from Parquet files. Trade files have the columns `at` (epoch ms), `price`
 * (ticks), `qty` (lots) and optionally `aggressor` ("buy", "sell", "unknown"); quote files have `at`,
 * `bid_price`, `bid_qty`, `ask_price`, `ask_qty`, with a null price for an absent side. Rows of equal
 * time come quotes first, then in the order of the series. Opens nothing until it is read.
 */
export class ParquetTickSource implements MarketDataSource {
  readonly instruments: readonly InstrumentId[];
  readonly #series: readonly TickSeries[];
  #db: Promise<DuckDBInstance> | undefined;
  #zeroQtyTrades = 0;
  #isClosed = false;

  constructor(series: readonly TickSeries[]) {
    if (series.length > INSTRUMENTS_MAX) {
      throw new RangeError(
        `Expected at most ${INSTRUMENTS_MAX} instruments in one source, found ${series.length}; split it`,
      );
    }
    this.instruments = series.map(({ instrument }) => instrument);
    this.#series = series;
  }

  /** Trades without a quantity among all rows handed out so far. */
  get zeroQtyTrades(): number {
    return this.#zeroQtyTrades;
  }

  async *blocks(range: TimeRange = {}): AsyncGenerator<TickBlock, void> {
    const connections: DuckDBConnection[] = [];
    const cursors: TickCursor[] = [];
    try {
      for (const files of this.#files()) {
        const connection = await this.#connect();
        connections.push(connection);
        cursors.push(new TickCursor(tickChunks(connection, files, range)));
      }
      for await (const block of merged(cursors)) {
        this.#checkOpen();
        this.#zeroQtyTrades += zeroQtyTradesOf(block);
        yield block;
      }
    } finally {
      await Promise.all(cursors.map((cursor) => cursor.close()));
      for (const connection of connections) connection.closeSync();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const db = await this.#db;
    this.#db = undefined;
    db?.closeSync();
  }

  /** In the order of rank at equal times. */
  #files() {
    const quotes = this.#series.map((series, instrument) => ({
      layout: QUOTE_FILE,
      instrument,
      paths: series.quotes,
    }));
    const trades = this.#series.map((series, instrument) => ({
      layout: TRADE_FILE,
      instrument,
      paths: series.trades,
    }));
    return [...quotes, ...trades].filter(({ paths }) => paths.length > 0);
  }

  async #connect(): Promise<DuckDBConnection> {
    this.#checkOpen();
    this.#db ??= openDuckDb();
    const db = await this.#db;
    return db.connect();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error("Expected an open market data source, found it closed");
  }
}

/** Rows of all cursors by time, then by the order of the cursors, in blocks of reused columns. */
async function* merged(cursors: readonly TickCursor[]): AsyncGenerator<TickBlock, void> {
  const block = emptyTickBlock(TICK_BLOCK_ROWS);
  let count = 0;
  for (const cursor of cursors) await cursor.refill();
  for (;;) {
    const rank = earliest(cursors);
    const cursor = cursors[rank];
    if (cursor === undefined) break;
    count = cursor.copyRun(block, count, runEnd(cursors, rank));
    if (cursor.isEmpty) await cursor.refill();
    if (count === TICK_BLOCK_ROWS) {
      yield { ...block, count };
      count = 0;
    }
  }
  if (count > 0) yield { ...block, count };
}

/** The rank of the cursor whose row comes next, or -1 when all rows are read. */
function earliest(cursors: readonly TickCursor[]): number {
  let first = -1;
  let firstAt = Number.POSITIVE_INFINITY;
  cursors.forEach(({ nextAt }, rank) => {
    if (nextAt >= firstAt) return;
    first = rank;
    firstAt = nextAt;
  });
  return first;
}

/** Up to which instant, exclusive, the rows of one cursor come before those of all others. */
function runEnd(cursors: readonly TickCursor[], rank: number): number {
  let end = Number.POSITIVE_INFINITY;
  cursors.forEach(({ nextAt }, other) => {
    if (other === rank) return;
    const until = other < rank ? nextAt : nextAt + 1;
    if (until < end) end = until;
  });
  return end;
}

function zeroQtyTradesOf({ count, kind, qty }: TickBlock): number {
  let found = 0;
  for (let row = 0; row < count; row += 1) {
    if (qty[row] === 0 && kind[row] === TRADE_ROW) found += 1;
  }
  return found;
}

import { existsSync } from "node:fs";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { type TickBlock, emptyTickBlock } from "#core/market/tick-block.ts";
import type { TimeRange } from "#ports/market-data.ts";
import { doublesOf, quoted } from "./duckdb.ts";
import type { TickColumn, TickLayout } from "./tick-columns.ts";

/** Parquet files of one instrument and layout, in time order. */
export type TickFiles = {
  readonly layout: TickLayout;
  /** Index into the source's instruments. */
  readonly instrument: number;
  readonly paths: readonly string[];
};

/**
 * The rows of some files in order, every value checked, in the chunks of about 2,000 rows in which
 * DuckDB reads them. One set of columns is reused: a chunk is valid until the next is asked for.
 * While it runs, the connection serves nothing else.
 */
export async function* tickChunks(
  connection: DuckDBConnection,
  files: TickFiles,
  range: TimeRange,
): AsyncGenerator<TickBlock, void> {
  let block = emptyTickBlock(0);
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const path of files.paths) {
    const columns = await columnsOf(connection, path, files.layout);
    for await (const chunk of rawChunks(connection, path, query(path, columns, range))) {
      const count = chunk.rowCount;
      if (count > block.at.length) block = emptyTickBlock(count);
      block.kind.fill(files.layout.kind);
      block.instrument.fill(files.instrument);
      if (!columns.some(({ field }) => field === "aggressor")) block.aggressor.fill(0);
      copyChecked(chunk, columns, block, path);
      lastAt = inOrder(chunk, columns, lastAt, path);
      yield { ...block, count };
    }
  }
}

/** The columns of the layout that the file has; those that it needs and lacks are an error. */
async function columnsOf(
  connection: DuckDBConnection,
  path: string,
  layout: TickLayout,
): Promise<readonly TickColumn[]> {
  if (!existsSync(path)) {
    throw new Error(`Expected market data in ${path}, found no such file; check the path`);
  }
  const sql = `DESCRIBE SELECT * FROM read_parquet(${quoted(path)})`;
  const described = await readable(path, connection.runAndReadAll(sql));
  const names = described.getColumns()[0] ?? [];
  const missing = layout.columns.filter(
    (column) => column.isNeeded && !names.includes(column.name),
  );
  if (missing.length > 0) {
    throw new Error(
      `${path}: expected the columns ${missing.map(({ name }) => name).join(", ")}, found ${names.join(", ")}; write ticks as the catalog's documentation says`,
    );
  }
  return layout.columns.filter((column) => names.includes(column.name));
}

/** Rows without a time are kept whatever the range, so that the check finds them. */
function query(path: string, columns: readonly TickColumn[], range: TimeRange): string {
  const values = [...columns.map(({ sql }) => sql), "file_row_number::DOUBLE"].join(", ");
  const bounds = [
    ...(range.from === undefined ? [] : [`"at" >= ${range.from}`]),
    ...(range.until === undefined ? [] : [`"at" < ${range.until}`]),
  ];
  const where = bounds.length === 0 ? "" : `WHERE (${bounds.join(" AND ")}) OR "at" IS NULL`;
  return `SELECT ${values} FROM read_parquet(${quoted(path)}, file_row_number = true) ${where}`;
}

async function* rawChunks(
  connection: DuckDBConnection,
  path: string,
  sql: string,
): AsyncGenerator<DuckDBDataChunk, void> {
  const result = await readable(path, connection.stream(sql));
  for (;;) {
    const chunk = await readable(path, result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}

/** Says which file it was that DuckDB could not read. */
async function readable<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${path}: expected a Parquet file of ticks, found: ${found}`, { cause });
  }
}

function copyChecked(
  chunk: DuckDBDataChunk,
  columns: readonly TickColumn[],
  block: TickBlock,
  path: string,
): void {
  columns.forEach((column, index) => {
    const values = doublesOf(chunk, index);
    const row = firstWrong(values, column);
    if (row >= 0) throw wrongValue({ path, chunk, columns, row }, column, values[row] as number);
    block[column.field].set(values);
  });
}

/** The first row whose value the column may not hold, or -1. */
function firstWrong(values: Float64Array, column: TickColumn): number {
  const { min, max } = column;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (!(value >= min && value <= max && Number.isInteger(value))) return row;
  }
  return -1;
}

/** Returns the last instant of the chunk. */
function inOrder(
  chunk: DuckDBDataChunk,
  columns: readonly TickColumn[],
  after: number,
  path: string,
): number {
  const ats = doublesOf(chunk, 0);
  let lastAt = after;
  for (let row = 0; row < ats.length; row += 1) {
    const at = ats[row] as number;
    if (at < lastAt) throw outOfOrder({ path, chunk, columns, row }, lastAt, at);
    lastAt = at;
  }
  return lastAt;
}

/** A row of a chunk of a file; the number that people know it by is in the column after the last. */
type Place = {
  readonly path: string;
  readonly chunk: DuckDBDataChunk;
  readonly columns: readonly TickColumn[];
  readonly row: number;
};

function wrongValue(place: Place, column: TickColumn, value: number): Error {
  const found = Number.isNaN(value) ? "nothing readable" : String(value);
  return new Error(
    `${rowOf(place)}: expected ${column.name} to be ${column.expected}, found ${found}; ${column.remedy}`,
  );
}

function outOfOrder(place: Place, lastAt: number, at: number): Error {
  return new Error(
    `${rowOf(place)}: expected a time of ${lastAt} or later, found ${at}; sort the rows by at, and list files in time order`,
  );
}

function rowOf({ path, chunk, columns, row }: Place): string {
  return `${path} row ${(doublesOf(chunk, columns.length)[row] as number) + 1}`;
}

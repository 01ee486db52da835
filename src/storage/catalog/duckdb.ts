import type { DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";

/** A DuckDB in memory with one thread and 512 MB at most. The library loads with the first call. */
export async function openDuckDb(): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  return DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "512MB" });
}

/**
 * The values of a DOUBLE column without nulls. The library keeps them in a field its types hide, and
 * hands out one value at a time four times slower; should that field change, reading ends here.
 */
export function doublesOf(chunk: DuckDBDataChunk, column: number): Float64Array {
  const items: unknown = Reflect.get(chunk.getColumnVector(column), "items");
  if (items instanceof Float64Array) return items;
  throw new TypeError(
    "Expected @duckdb/node-api to keep a DOUBLE column as Float64Array, found another shape; install the version of the lock file (npm ci)",
  );
}

/** A file path as SQL text. */
export function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}

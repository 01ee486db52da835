import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDuckDb, quoted } from "#storage/catalog/duckdb.ts";
import { OPENING } from "./builders.ts";

/** A trade as it stands in a file: epoch milliseconds, ticks, lots. A test may write what no exchange would. */
export type Print = readonly [at: number, price: number, qty: number];

/** Writes trades as a Parquet file. */
export async function writeTrades(path: string, prints: readonly Print[]): Promise<void> {
  const rows = prints.map((print) => `(${print.join()})`).join();
  const db = await openDuckDb();
  try {
    const connection = await db.connect();
    const sql = `SELECT * FROM (VALUES ${rows}) trades("at", price, qty)`;
    await connection.run(`COPY (${sql}) TO ${quoted(path)} (FORMAT parquet)`);
    connection.closeSync();
  } finally {
    db.closeSync();
  }
}

/** Gold that swings around 26,500 every few seconds, from the opening on. */
export function swings(count: number, everyMs = 2_000): readonly Print[] {
  return Array.from({ length: count }, (_, index) => {
    const price = 26_500 + Math.round(30 * Math.sin(index / 3)) + (index % 2);
    return [OPENING + 1_000 + index * everyMs, price, 1 + (index % 3)];
  });
}

/**
 * Writes `session.yaml` and its trades into a folder: one hour of gold, one account, one bot that trades often. A
 * replay of it takes no time. Returns the path of the configuration.
 */
export async function writeSmallSession(
  folder: string,
  prints: readonly Print[] = swings(120),
): Promise<string> {
  await writeTrades(join(folder, "trades.parquet"), prints);
  const path = join(folder, "session.yaml");
  writeFileSync(path, SMALL_SESSION);
  return path;
}

const instant = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toString();

/** The configuration of `writeSmallSession`. */
export const SMALL_SESSION = `
accounts:
  PRACTICE-1: { balance: 50000 }
bots:
  - bot: { id: often }
    account: PRACTICE-1
    instrument: { symbol: MGC }
    strategy: { type: ema-cross, params: { bars: 2t, fast: 1, slow: 2, atr: 1, minStopTicks: 5 } }
data:
  instrument: MGC
  trades: [trades.parquet]
  from: ${instant(OPENING)}
  until: ${instant(OPENING + 3_600_000)}
`;

// Makes samples/gold-2013-10-08 from LEAN's recorded gold futures: node tools/build-sample.ts [LEAN data folder].
// The same input gives the same bytes with the DuckDB of the lock file.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { instrumentId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { quoted } from "#storage/catalog/duckdb.ts";
import { ParquetTickSource } from "#storage/catalog/parquet-tick-source.ts";
import { GOLD_SAMPLE, type SampleFile, samplesFolder } from "#storage/catalog/sample.ts";
import { SessionTally } from "./session-tally.ts";
import { readZipEntry } from "./zip.ts";

const MINUTE_MS = 60_000;
const STALE_STEP_MS = 30_000;

const MGC = instrumentId("MGC");
const CONTRACT = "201312";
/** UTC days, each a file of its own; the trading day lies in both. */
const DATES = ["2013-10-07", "2013-10-08"] as const;
const SESSION = { from: "2013-10-07T22:00:00Z", until: "2013-10-08T22:00:00Z" };
const WARM_UP = { from: "2013-10-07T00:00:00Z", until: SESSION.from };
const MARKET_CLOSES_AT = "2013-10-08T21:15:00Z";

const SESSION_FROM = instant(SESSION.from);
const MARKET_CLOSES = instant(MARKET_CLOSES_AT);

type Table = {
  readonly file: string;
  /** Names of the columns after `at`, all whole numbers. */
  readonly columns: readonly string[];
  /** `at`, then the columns; null stands for a side without a price. */
  readonly rows: readonly (readonly [at: number, ...rest: (number | null)[]])[];
};

if (import.meta.main) {
  const lean = process.argv[2] ?? fileURLToPath(new URL("../../shared/data/lean", import.meta.url));
  const folder = join(samplesFolder(), GOLD_SAMPLE);
  await buildSample(lean, folder);
  console.log(await readFile(join(folder, "session.json"), "utf8"));
}

/** Writes `trades.parquet`, `quotes.parquet` and `session.json` to `folder`. */
export async function buildSample(lean: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const trades = await writeTable(folder, await readTrades(lean));
  const quotes = await writeTable(folder, await readQuotes(lean));
  const { rows, longestGapMs, longestQuoteGapMs } = await measured(
    folder,
    trades.name,
    quotes.name,
  );
  const description = {
    instrument: MGC,
    tickSize: 0.1,
    tradingDay: "2013-10-08",
    session: SESSION,
    warmUp: WARM_UP,
    marketClosesAt: MARKET_CLOSES_AT,
    longestGapMs,
    longestQuoteGapMs,
    staleAfterMs: Math.ceil(longestQuoteGapMs / STALE_STEP_MS) * STALE_STEP_MS,
    rows,
    files: { trades, quotes },
  };
  await writeFile(join(folder, "session.json"), `${JSON.stringify(description, undefined, 2)}\n`);
}

/** Lines are `ms since midnight UTC, price, quantity, exchange, conditions, suspicious`. */
async function readTrades(lean: string): Promise<Table> {
  const lines = await Promise.all(DATES.map((date) => readLines(lean, date, "tick", "trade")));
  const rows = lines.flat().map(([at, [price, qty]]) => [at, ticks(price), whole(qty)] as const);
  return {
    file: "trades.parquet",
    columns: ["price", "qty"],
    rows: rows.filter(([at]) => at < MARKET_CLOSES),
  };
}

/**
 * Lines are `ms since midnight UTC, bid open, high, low, close, quantity, ask open, high, low, close,
 * quantity` of the minute that starts then. What is known at its end is the close.
 */
async function readQuotes(lean: string): Promise<Table> {
  const lines = await Promise.all(DATES.map((date) => readLines(lean, date, "minute", "quote")));
  const rows = lines.flat().map(([start, cells]) => {
    const [, , , bid, bidQty, , , , ask, askQty] = cells;
    return [start + MINUTE_MS, ticks(bid), whole(bidQty), ticks(ask), whole(askQty)] as const;
  });
  return {
    file: "quotes.parquet",
    columns: ["bid_price", "bid_qty", "ask_price", "ask_qty"],
    rows: rows.filter(([at]) => at > SESSION_FROM && at <= MARKET_CLOSES),
  };
}

type Line = readonly [at: number, cells: readonly string[]];

/** The lines of one contract and UTC day: the instant, and the cells after it. */
async function readLines(
  lean: string,
  date: string,
  resolution: "tick" | "minute",
  kind: "trade" | "quote",
): Promise<Line[]> {
  const day = date.replaceAll("-", "");
  const zip = await readFile(join(lean, `future/comex/${resolution}/gc/${day}_${kind}.zip`));
  const entry = readZipEntry(zip, `${day}_gc_${resolution}_${kind}_${CONTRACT}.csv`);
  const midnight = instant(`${date}T00:00:00Z`);
  const lines = entry.toString("latin1").split(/\r?\n/u);
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const [ms = "", ...cells] = line.split(",");
      return [midnight + whole(ms), cells];
    });
}

function instant(text: string): EpochMs {
  return Temporal.Instant.from(text).epochMilliseconds as EpochMs;
}

/** A price of at most one decimal, exactly, in tenths; nothing stays nothing. */
function ticks(price = ""): number | null {
  if (price === "") return null;
  const [, points = "", tenth = "0"] = /^(\d+)(?:\.(\d))?$/u.exec(price) ?? [];
  if (points === "") throw new Error(`Expected a price in tenths, found ${price}`);
  return Number(points) * 10 + Number(tenth);
}

function whole(text = ""): number {
  if (!/^\d+$/u.test(text)) throw new Error(`Expected a whole number, found ${text}`);
  return Number(text);
}

async function writeTable(folder: string, table: Table): Promise<SampleFile> {
  const path = join(folder, table.file);
  const db = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await db.connect();
  try {
    await fill(connection, table);
    // Version 2 of the format has delta encoding for integers: times and prices take a sixth less.
    await connection.run(`COPY ticks TO ${quoted(path)}
      (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 22)`);
  } finally {
    connection.closeSync();
    db.closeSync();
  }
  const bytes = await readFile(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name: table.file, rows: table.rows.length, bytes: bytes.length, sha256 };
}

async function fill(connection: DuckDBConnection, { columns, rows }: Table): Promise<void> {
  const integers = columns.map((name) => `${name} INTEGER`).join(", ");
  await connection.run(`CREATE TABLE ticks ("at" BIGINT, ${integers})`);
  const appender = await connection.createAppender("ticks");
  for (const [at, ...values] of rows) {
    appender.appendBigInt(BigInt(at));
    for (const value of values) {
      if (value === null) appender.appendNull();
      else appender.appendInteger(value);
    }
    appender.endRow();
  }
  appender.closeSync();
}

/** Reads the files back as a session would, from the open to the close of the market. */
async function measured(folder: string, trades: string, quotes: string): Promise<SessionTally> {
  const source = new ParquetTickSource([
    { instrument: MGC, trades: [join(folder, trades)], quotes: [join(folder, quotes)] },
  ]);
  const tally = new SessionTally(MGC, { from: SESSION_FROM, until: MARKET_CLOSES });
  for await (const block of source.blocks()) tally.add(block);
  await source.close();
  return tally;
}

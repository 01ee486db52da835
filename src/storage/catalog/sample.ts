import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type InstrumentId, instrumentId } from "#core/domain/ids.ts";
import { type TradingDay, tradingDay } from "#core/domain/trading-day.ts";
import { type DurationMs, type EpochMs, epochMs } from "#core/domain/units.ts";
import type { TimeRange } from "#ports/market-data.ts";
import { ParquetTickSource } from "./parquet-tick-source.ts";

/** A recorded trading day that comes with the program, as its `session.json` describes it. */
export type Sample = {
  readonly name: string;
  readonly folder: string;
  readonly instrument: InstrumentId;
  readonly tickSize: number;
  readonly tradingDay: TradingDay;
  /** The trading day, from roll to roll; `until` is exclusive. */
  readonly session: Required<TimeRange>;
  /** Trades only, before the session, for indicators to settle. */
  readonly warmUp: Required<TimeRange>;
  readonly marketClosesAt: EpochMs;
  /** The longest time without a usable quote or a trade while the market is open. */
  readonly longestGapMs: DurationMs;
  /** The same without a usable quote: two-sided, and bid below ask. */
  readonly longestQuoteGapMs: DurationMs;
  /** Older prices of this recording count as stale. Large, since its quotes come once a minute at best. */
  readonly staleAfterMs: DurationMs;
  readonly rows: SampleRows;
  readonly files: { readonly trades: SampleFile; readonly quotes: SampleFile };
};

/** How many rows there are of each kind; without quantity, locked, crossed and one-sided are among them. */
export type SampleRows = {
  readonly warmUpTrades: number;
  readonly warmUpZeroQtyTrades: number;
  readonly trades: number;
  readonly zeroQtyTrades: number;
  readonly quotes: number;
  readonly lockedQuotes: number;
  readonly crossedQuotes: number;
  readonly oneSidedQuotes: number;
};

export type SampleFile = {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
};

/** One day of gold futures, sized as the micro contract. */
export const GOLD_SAMPLE = "gold-2013-10-08";

/** Where the samples are: beside the program's sources. */
export function samplesFolder(): string {
  return fileURLToPath(new URL("../../../samples", import.meta.url));
}

/** Reads the description of a sample and checks that its files are the ones described. */
export async function readSample(name: string, samples = samplesFolder()): Promise<Sample> {
  const folder = join(samples, name);
  const sample = sampleFrom(await manifest(join(folder, "session.json")), name, folder);
  for (const file of [sample.files.trades, sample.files.quotes]) await checkFile(folder, file);
  return sample;
}

/** The trades and quotes of a sample; the caller closes it. */
export function openSample({ instrument, folder, files }: Sample): ParquetTickSource {
  const trades = [join(folder, files.trades.name)];
  const quotes = [join(folder, files.quotes.name)];
  return new ParquetTickSource([{ instrument, trades, quotes }]);
}

/** `session.json`: as `Sample`, with instants as ISO text in UTC. */
type Manifest = Omit<Sample, "name" | "folder" | "session" | "warmUp" | "marketClosesAt"> & {
  readonly session: { readonly from: string; readonly until: string };
  readonly warmUp: { readonly from: string; readonly until: string };
  readonly marketClosesAt: string;
};

async function manifest(path: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Manifest;
  } catch (cause) {
    throw new Error(`Expected the description of a sample in ${path}; install Keel again`, {
      cause,
    });
  }
}

function sampleFrom(from: Manifest, name: string, folder: string): Sample {
  return {
    ...from,
    name,
    folder,
    instrument: instrumentId(from.instrument),
    tradingDay: tradingDay(from.tradingDay),
    session: { from: instant(from.session.from), until: instant(from.session.until) },
    warmUp: { from: instant(from.warmUp.from), until: instant(from.warmUp.until) },
    marketClosesAt: instant(from.marketClosesAt),
  };
}

function instant(text: string): EpochMs {
  return epochMs(Temporal.Instant.from(text).epochMilliseconds);
}

async function checkFile(folder: string, { name, sha256 }: SampleFile): Promise<void> {
  const path = join(folder, name);
  const found = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  if (found === sha256) return;
  throw new Error(
    `Expected ${path} to have the SHA-256 ${sha256}, found ${found}; install Keel again`,
  );
}

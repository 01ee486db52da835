import { appendFile, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { QUOTE_ROW } from "#core/market/tick-block.ts";
import type { MarketDataSource, TimeRange } from "#ports/market-data.ts";
import { GOLD_SAMPLE, openSample, readSample, samplesFolder } from "./sample.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keel-sample-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A copy of the samples that a test may spoil. */
async function aCopy(name: string): Promise<string> {
  const copy = join(folder, name);
  await cp(samplesFolder(), copy, { recursive: true });
  return copy;
}

test("the gold sample says what it is", async () => {
  const sample = await readSample(GOLD_SAMPLE);

  const day = (text: string) => Temporal.Instant.from(text).epochMilliseconds;
  expect(sample).toMatchObject({
    name: "gold-2013-10-08",
    instrument: "MGC",
    tickSize: 0.1,
    tradingDay: "2013-10-08",
    session: { from: day("2013-10-07T22:00Z"), until: day("2013-10-08T22:00Z") },
    warmUp: { from: day("2013-10-07T00:00Z"), until: day("2013-10-07T22:00Z") },
    marketClosesAt: day("2013-10-08T21:15Z"),
    longestGapMs: 196_590,
    longestQuoteGapMs: 300_000,
    staleAfterMs: 300_000,
  });
});

test("the gold sample holds the rows that it says, in its ranges", async () => {
  const sample = await readSample(GOLD_SAMPLE);
  const source = openSample(sample);

  const warmUp = await counted(source, sample.warmUp);
  const session = await counted(source, sample.session);
  await source.close();

  expect({ warmUp, session, zeroQty: source.zeroQtyTrades }).toEqual({
    warmUp: { trades: 39_306, quotes: 0 },
    session: { trades: 50_995, quotes: 1_382 },
    zeroQty: 80 + 70,
  });
  expect(sample.rows).toEqual({
    warmUpTrades: 39_306,
    warmUpZeroQtyTrades: 80,
    trades: 50_995,
    zeroQtyTrades: 70,
    quotes: 1_382,
    lockedQuotes: 37,
    crossedQuotes: 2,
    oneSidedQuotes: 31,
  });
});

test("a sample whose file was changed is refused", async () => {
  const samples = await aCopy("changed");
  const path = join(samples, GOLD_SAMPLE, "quotes.parquet");
  await appendFile(path, "more");

  await expect(readSample(GOLD_SAMPLE, samples)).rejects.toThrow(
    `Expected ${path} to have the SHA-256`,
  );
});

test("a sample that is not there or not described is refused", async () => {
  const samples = await aCopy("broken");
  const path = join(samples, GOLD_SAMPLE, "session.json");
  await writeFile(path, "{");

  await expect(readSample(GOLD_SAMPLE, samples)).rejects.toThrow(
    `description of a sample in ${path}`,
  );
  await expect(readSample("silver", samples)).rejects.toThrow(
    join(samples, "silver", "session.json"),
  );
});

async function counted(source: MarketDataSource, range: TimeRange) {
  const counts = { trades: 0, quotes: 0 };
  for await (const { count, kind } of source.blocks(range)) {
    const quotes = kind.subarray(0, count).filter((code) => code === QUOTE_ROW).length;
    counts.quotes += quotes;
    counts.trades += count - quotes;
  }
  return counts;
}

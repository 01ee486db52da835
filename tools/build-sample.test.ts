import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type TestContext, expect, test } from "vitest";
import { BarBuilder } from "#core/market/bar-builder.ts";
import { type Bar, parseBarSpec } from "#core/market/bar.ts";
import { TRADE_ROW, loadTrade } from "#core/market/tick-block.ts";
import { TradeTickView } from "#core/market/trade-tick.ts";
import {
  GOLD_SAMPLE,
  type Sample,
  openSample,
  readSample,
  samplesFolder,
} from "#storage/catalog/sample.ts";
import { buildSample } from "./build-sample.ts";
import { readZipEntry } from "./zip.ts";

const LEAN = fileURLToPath(new URL("../../shared/data/lean", import.meta.url));

function needsRecordedData({ skip }: TestContext): void {
  if (!existsSync(LEAN)) skip("needs the recorded data ../shared/data/lean");
}

test("building the gold sample again gives the same bytes", async (context) => {
  needsRecordedData(context);
  const folder = await mkdtemp(join(tmpdir(), "keel-build-"));

  await buildSample(LEAN, folder);

  for (const name of ["trades.parquet", "quotes.parquet", "session.json"]) {
    const built = await readFile(join(folder, name));
    const shipped = await readFile(join(samplesFolder(), GOLD_SAMPLE, name));
    expect(built.equals(shipped), name).toBe(true);
  }
  await rm(folder, { recursive: true });
});

test("minute bars built from the gold sample are the recorded minute bars", async (context) => {
  needsRecordedData(context);
  const sample = await readSample(GOLD_SAMPLE);

  const bars = await minuteBars(sample);

  const recorded = await Promise.all(["20131007", "20131008"].map(recordedMinutes));
  const expected = recorded.flat().filter(({ barEnd }) => barEnd <= sample.marketClosesAt);
  const differences = bars
    .map(({ barEnd, open, high, low, close, volume }) => ({
      barEnd,
      open,
      high,
      low,
      close,
      volume,
    }))
    .filter((bar, row) => !isDeepStrictEqual(bar, expected[row]));
  expect(bars).toHaveLength(expected.length);
  // In the ticks of the last minute before midnight the final trade, of two lots, is there twice.
  expect(differences).toMatchObject([{ barEnd: Date.UTC(2013, 9, 8), volume: 16 }]);
});

/** Minute bars of warm-up and session; the roll falls on a minute. */
async function minuteBars(sample: Sample): Promise<Bar[]> {
  const source = openSample(sample);
  const builder = new BarBuilder(sample.instrument, parseBarSpec("1m"));
  const trade = new TradeTickView(sample.instrument);
  const bars: (Bar | undefined)[] = [];
  for await (const block of source.blocks()) {
    for (let row = 0; row < block.count; row += 1) {
      if (block.kind[row] !== TRADE_ROW) continue;
      loadTrade(block, row, source.instruments, trade);
      bars.push(builder.closeDue(trade.at), builder.onTrade(trade));
    }
  }
  await source.close();
  bars.push(builder.closeDue(sample.session.until));
  return bars.filter((bar) => bar !== undefined);
}

/** Lines are `ms since midnight UTC at the start of the minute, open, high, low, close, volume`. */
async function recordedMinutes(day: string) {
  const zip = await readFile(join(LEAN, `future/comex/minute/gc/${day}_trade.zip`));
  const text = readZipEntry(zip, `${day}_gc_minute_trade_201312.csv`).toString();
  const midnight = Temporal.PlainDate.from(day).toZonedDateTime("UTC").epochMilliseconds;
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [ms = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = line
        .split(",")
        .map(Number);
      const inTicks = (price: number) => Math.round(price * 10);
      return {
        barEnd: midnight + ms + 60_000,
        open: inTicks(open),
        high: inTicks(high),
        low: inTicks(low),
        close: inTicks(close),
        volume,
      };
    });
}

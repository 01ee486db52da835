import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type InstrumentId, instrumentId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import { AGGRESSORS, TICK_BLOCK_ROWS, TRADE_ROW } from "#core/market/tick-block.ts";
import type { TimeRange } from "#ports/market-data.ts";
import { openDuckDb, quoted } from "./duckdb.ts";
import { ParquetTickSource, type TickSeries } from "./parquet-tick-source.ts";

const MGC = instrumentId("MGC");
const MES = instrumentId("MES");

let folder = "";
let db: DuckDBInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keel-ticks-"));
  db = await openDuckDb();
});
afterAll(async () => {
  db.closeSync();
  await rm(folder, { recursive: true });
});

let files = 0;

/** Writes the rows of a query to a new Parquet file. */
async function written(sql: string): Promise<string> {
  files += 1;
  const path = join(folder, `it's ${files}.parquet`);
  const connection = await db.connect();
  await connection.run(`COPY (${sql}) TO ${quoted(path)} (FORMAT parquet)`);
  connection.closeSync();
  return path;
}

type Print = readonly [at: number, price: number, qty: number];

function trades(...rows: Print[]): Promise<string> {
  return written(
    `SELECT * FROM (VALUES ${rows.map((row) => `(${row.join()})`).join()}) t("at", price, qty)`,
  );
}

function quotes(...rows: readonly (number | "NULL")[][]): Promise<string> {
  const values = rows.map((row) => `(${row.join()})`).join();
  return written(
    `SELECT * FROM (VALUES ${values}) t("at", bid_price, bid_qty, ask_price, ask_qty)`,
  );
}

function aSeries(series: Partial<TickSeries>): TickSeries {
  return { instrument: MGC, trades: [], quotes: [], ...series };
}

/** Every row as people would write it: instrument, time, kind and its numbers. */
async function rowsOf(source: ParquetTickSource, range?: TimeRange) {
  const rows: (string | number)[][] = [];
  for await (const block of source.blocks(range)) {
    for (let row = 0; row < block.count; row += 1) {
      const instrument = source.instruments[block.instrument[row] as number] as InstrumentId;
      const [at, price, qty] = [block.at, block.price, block.qty].map(
        (column) => column[row] ?? NaN,
      );
      const ask = [block.askPrice[row] ?? NaN, block.askQty[row] ?? NaN];
      const isTrade = block.kind[row] === TRADE_ROW;
      const rest = isTrade ? [AGGRESSORS[block.aggressor[row] as number] ?? ""] : ask;
      rows.push([
        instrument,
        at ?? NaN,
        isTrade ? "trade" : "quote",
        price ?? NaN,
        qty ?? NaN,
        ...rest,
      ]);
    }
  }
  await source.close();
  return rows;
}

const read = (series: Partial<TickSeries>, range?: TimeRange) =>
  rowsOf(new ParquetTickSource([aSeries(series)]), range);

describe("order", () => {
  test("rows come by time, quotes before trades of the same instant, then as recorded", async () => {
    const path = await trades([1, 10, 1], [60_000, 11, 1], [60_000, 12, 2], [60_001, 13, 1]);
    const quotePath = await quotes([60_000, 10, 5, 12, 6], [60_001, 12, 7, 14, 8]);

    const rows = await read({ trades: [path], quotes: [quotePath] });

    expect(rows).toEqual([
      ["MGC", 1, "trade", 10, 1, "unknown"],
      ["MGC", 60_000, "quote", 10, 5, 12, 6],
      ["MGC", 60_000, "trade", 11, 1, "unknown"],
      ["MGC", 60_000, "trade", 12, 2, "unknown"],
      ["MGC", 60_001, "quote", 12, 7, 14, 8],
      ["MGC", 60_001, "trade", 13, 1, "unknown"],
    ]);
  });

  test("instruments are merged by time, at equal times in the order of the series", async () => {
    const mgc = aSeries({
      trades: [await trades([1, 10, 1], [3, 11, 1])],
      quotes: [await quotes([3, 9, 1, 11, 1])],
    });
    const mes = aSeries({
      instrument: MES,
      trades: [await trades([1, 20, 1], [2, 21, 1], [3, 22, 1])],
      quotes: [await quotes([3, 19, 1, 21, 1])],
    });

    const rows = await rowsOf(new ParquetTickSource([mgc, mes]));

    expect(rows.map((row) => row.slice(0, 3).join(" "))).toEqual([
      "MGC 1 trade",
      "MES 1 trade",
      "MES 2 trade",
      "MGC 3 quote",
      "MES 3 quote",
      "MGC 3 trade",
      "MES 3 trade",
    ]);
  });

  test("files of one series follow one another", async () => {
    const sided = await written(`SELECT 2 "at", 11 price, 1 qty, 'sell' aggressor`);

    const rows = await read({
      trades: [await trades([1, 10, 1]), sided, await trades([3, 12, 1])],
    });

    expect(rows.map((row) => row.slice(1))).toEqual([
      [1, "trade", 10, 1, "unknown"],
      [2, "trade", 11, 1, "sell"],
      [3, "trade", 12, 1, "unknown"],
    ]);
  });

  test("blocks are full but for the last, whatever the chunks of the files", async () => {
    const path = await written(`SELECT i "at", 100 price, 1 qty FROM range(40_000) t(i)`);
    const quotePath = await written(
      `SELECT i * 7 "at", 99 bid_price, 1 bid_qty, 101 ask_price, 1 ask_qty FROM range(5_000) t(i)`,
    );
    const source = new ParquetTickSource([aSeries({ trades: [path], quotes: [quotePath] })]);

    const counts: number[] = [];
    let lastAt = -1;
    for await (const { count, at } of source.blocks()) {
      counts.push(count);
      for (const instant of at.subarray(0, count)) {
        expect(instant).toBeGreaterThanOrEqual(lastAt);
        lastAt = instant;
      }
    }
    await source.close();

    expect(counts).toEqual([TICK_BLOCK_ROWS, TICK_BLOCK_ROWS, 45_000 - 2 * TICK_BLOCK_ROWS]);
  });
});

describe("values", () => {
  test("the aggressor is read where the file tells it", async () => {
    const path = await written(
      `SELECT * FROM (VALUES (1, 10, 1, 'buy'), (2, 10, 1, 'sell'), (3, 10, 1, 'unknown'), (4, 10, 1, NULL)) t("at", price, qty, aggressor)`,
    );

    const rows = await read({ trades: [path] });

    expect(rows.map((row) => row.at(-1))).toEqual(["buy", "sell", "unknown", "unknown"]);
  });

  test("a side without a price is absent, whatever its quantity", async () => {
    const rows = await read({
      quotes: [await quotes([1, "NULL", 3, 11, 1], [2, 9, 1, "NULL", "NULL"])],
    });

    expect(rows).toEqual([
      ["MGC", 1, "quote", NO_PRICE, 0, 11, 1],
      ["MGC", 2, "quote", 9, 1, NO_PRICE, 0],
    ]);
  });

  test("trades without a quantity are kept and counted", async () => {
    const path = await trades([1, 10, 0], [2, -11, 1], [3, 12, 0]);
    const source = new ParquetTickSource([aSeries({ trades: [path] })]);

    const rows = await rowsOf(source);

    expect(rows.map((row) => row.slice(3, 5))).toEqual([
      [10, 0],
      [-11, 1],
      [12, 0],
    ]);
    expect(source.zeroQtyTrades).toBe(2);
  });
});

describe("range", () => {
  test("it starts with `from` and ends before `until`", async () => {
    const path = await trades([1, 10, 1], [2, 11, 1], [3, 12, 1], [4, 13, 1]);
    const ats = async (range: TimeRange) =>
      (await read({ trades: [path] }, range)).map(([, at]) => at);

    expect(await ats({ from: epochMs(2), until: epochMs(4) })).toEqual([2, 3]);
    expect(await ats({ from: epochMs(3) })).toEqual([3, 4]);
    expect(await ats({ until: epochMs(2) })).toEqual([1]);
    expect(await ats({ from: epochMs(5) })).toEqual([]);
  });
});

describe("broken data", () => {
  test.each([
    [
      "a price off the tick",
      "2, 10.5, 1",
      "expected price to be a whole number of ticks, found 10.5; divide prices by the tick size",
    ],
    ["the number that stands for no price", "2, -2_147_483_648, 1", "found -2147483648"],
    ["a price beyond 32 bits", "2, 3_000_000_000, 1", "found 3000000000"],
    [
      "a quantity below zero",
      "2, 10, -1",
      "expected qty to be a whole number of lots, zero or more, found -1",
    ],
    ["a part of a lot", "2, 10, 0.5", "found 0.5"],
    [
      "no price",
      "2, NULL, 1",
      "expected price to be a whole number of ticks, found nothing readable",
    ],
    ["no quantity", "2, 10, NULL", "found nothing readable"],
    [
      "no time",
      "NULL, 10, 1",
      "expected at to be whole milliseconds since 1970, found nothing readable",
    ],
    ["an earlier time", "0, 10, 1", "expected a time of 1 or later, found 0; sort the rows by at"],
  ])("a trade with %s is refused by file and row", async (_, row, expected) => {
    const path = await written(`SELECT * FROM (VALUES (1, 10, 1), (${row})) t("at", price, qty)`);

    const message = await read({ trades: [path] }).catch(String);

    expect(message).toContain(`${path} row 2: expected `);
    expect(message).toContain(expected);
  });

  test("a trade without a time is refused whatever the range", async () => {
    const path = await written(
      `SELECT * FROM (VALUES (1, 10, 1), (NULL, 10, 1)) t("at", price, qty)`,
    );

    await expect(read({ trades: [path] }, { from: epochMs(5) })).rejects.toThrow("row 2");
  });

  test("the row is counted in the file, not in the range", async () => {
    const path = await trades([1, 10, 1], [2, 10, 1], [3, 10, -1]);

    await expect(read({ trades: [path] }, { from: epochMs(3) })).rejects.toThrow("row 3");
  });

  test("a quote with a price and no quantity on that side is refused", async () => {
    await expect(read({ quotes: [await quotes([1, 10, "NULL", 11, 1])] })).rejects.toThrow(
      "row 1: expected bid_qty to be a whole number of lots",
    );
  });

  test("an unknown aggressor is refused", async () => {
    const path = await written(`SELECT 1 "at", 10 price, 1 qty, 'both' aggressor`);

    await expect(read({ trades: [path] })).rejects.toThrow(
      "expected aggressor to be unknown, buy, sell",
    );
  });

  test("a file that starts before the end of the one before it is refused", async () => {
    const first = await trades([5, 10, 1]);
    const second = await trades([4, 10, 1]);

    await expect(read({ trades: [first, second] })).rejects.toThrow(
      `${second} row 1: expected a time of 5 or later, found 4`,
    );
  });

  test("a missing file, a missing column and a file of another kind are named", async () => {
    const missing = join(folder, "none.parquet");
    const other = await written(`SELECT 1 "at", 10 price`);
    const text = join(folder, "text.parquet");
    await writeFile(text, "at,price,qty\n");

    await expect(read({ trades: [missing] })).rejects.toThrow(
      `Expected market data in ${missing}, found no such file; check the path`,
    );
    await expect(read({ trades: [other] })).rejects.toThrow(
      `${other}: expected the columns qty, found at, price`,
    );
    await expect(read({ trades: [text] })).rejects.toThrow(
      `${text}: expected a Parquet file of ticks, found: `,
    );
  });

  test("a source has 256 instruments at most", () => {
    const series = Array.from({ length: 257 }, () => aSeries({}));

    expect(() => new ParquetTickSource(series)).toThrow("at most 256 instruments");
  });
});

describe("life", () => {
  test("a source without files has no rows, and closing twice is allowed", async () => {
    const source = new ParquetTickSource([aSeries({})]);

    const rows = await rowsOf(source);
    await source.close();

    expect(rows).toEqual([]);
  });

  test("reading may end early and start again", async () => {
    const path = await written(`SELECT i "at", 100 price, 1 qty FROM range(40_000) t(i)`);
    const source = new ParquetTickSource([aSeries({ trades: [path] })]);

    const counts: number[] = [];
    for await (const { count } of source.blocks()) {
      counts.push(count);
      break;
    }
    for await (const { count } of source.blocks()) counts.push(count);
    await source.close();

    expect(counts).toEqual([16_384, 16_384, 16_384, 40_000 - 2 * 16_384]);
  });

  test("a closed source ends the reading that runs and refuses the next", async () => {
    const path = await written(`SELECT i "at", 100 price, 1 qty FROM range(40_000) t(i)`);
    const source = new ParquetTickSource([aSeries({ trades: [path] })]);
    const running = source.blocks();
    await running.next();

    await source.close();

    await expect(running.next()).rejects.toThrow("found it closed");
    await expect(source.blocks().next()).rejects.toThrow("found it closed");
  });
});

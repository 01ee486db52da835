import { existsSync, readFileSync } from "node:fs";
import { type TestContext, expect, test } from "vitest";
import { Atr, type HighLowClose } from "./atr.ts";
import { Ema } from "./ema.ts";
import { Sma } from "./sma.ts";

const NINJATRADER = "futures/volumetric_1m_ninjatrader/NQ_Volumetric_1.csv";
const SKENDER = "oracles/skender";
const TULIP = ["oracles/tulip/atoz.txt", "oracles/tulip/untest.txt"];

test.for([20, 50, 200])("EMA%i equals a recorded chart to its last digit", (period, context) => {
  const rows = csvRows(recorded(context, NINJATRADER));
  const ema = new Ema(period);

  const values = numbers(rows, "close").map((close) => asPrinted(ema.update(close)));

  expect(values).toHaveLength(9_128);
  expect(values).toEqual(numbers(rows, `ema${period}`));
});

test("ATR14 equals a recorded chart to its last digit, its first bars included", (context) => {
  const rows = csvRows(recorded(context, NINJATRADER));
  const atr = new Atr(14);

  const values = highLowCloses(rows).map((bar) => asPrinted(atr.update(bar)));

  expect(values).toHaveLength(9_128);
  expect(values).toEqual(numbers(rows, "atr14"));
});

test.for(TULIP)("EMA, SMA and ATR equal the worked examples of %s", (path, context) => {
  const examples = tulipExamples(recorded(context, path));

  const differences = examples.map(({ name, period, columns, expected }) => {
    const found = series(name, period, columns);
    return Math.max(...expected.map((value, row) => Math.abs(value - (found[row] ?? Infinity))));
  });

  expect(examples.map(({ name }) => name)).toEqual(["atr", "ema", "sma"]);
  expect(Math.max(...differences)).toBeLessThanOrEqual(path.includes("atoz") ? 1e-3 : 5.000_1e-4);
});

test("SMA20 equals a published series", (context) => {
  const [rows, expected] = skender(context, "sma");
  const sma = new Sma(20);

  const values = numbers(rows, "close").map((close) => sma.update(close));

  expect(largestGap(values, expected, 19)).toBeLessThan(1e-11);
});

test("EMA20 and ATR14 converge to published series with other seeds", (context) => {
  const [rows, expectedEma] = skender(context, "ema");
  const [, expectedAtr] = skender(context, "atr");
  const ema = new Ema(20);
  const atr = new Atr(14);

  const emas = numbers(rows, "close").map((close) => ema.update(close));
  const atrs = highLowCloses(rows).map((bar) => atr.update(bar));

  expect(largestGap(emas, expectedEma, 250)).toBeLessThan(1e-6);
  expect(largestGap(atrs, expectedAtr, 250)).toBeLessThan(1e-6);
});

/** The text of a file of recorded data beside the project; without it the test is skipped. */
function recorded({ skip }: TestContext, path: string): string {
  const file = new URL(`../../../../shared/data/${path}`, import.meta.url);
  if (!existsSync(file)) skip(`needs the recorded data ../shared/data/${path}`);
  return readFileSync(file, "utf8");
}

/** The recorded chart prints fifteen significant digits. */
function asPrinted(value: number): number {
  return Number(value.toPrecision(15));
}

type Row = Readonly<Record<string, string>>;

/** Rows of a CSV text with a head line; lines that start with # are left out. */
function csvRows(text: string): Row[] {
  const lines = text.split(/\r?\n/u).filter((line) => line !== "" && !line.startsWith("#"));
  const [head = [], ...rows] = lines.map((line) => line.split(","));
  return rows.map((cells) => Object.fromEntries(cells.map((cell, at) => [head[at], cell])) as Row);
}

function numbers(rows: readonly Row[], column: string): number[] {
  return rows.map((row) => Number(row[column]));
}

function highLowCloses(rows: readonly Row[]): HighLowClose[] {
  return rows.map((row) => ({
    high: Number(row["high"]),
    low: Number(row["low"]),
    close: Number(row["close"]),
  }));
}

type TulipExample = {
  readonly name: string;
  readonly period: number;
  /** Close, or high, low and close. */
  readonly columns: readonly number[][];
  readonly expected: readonly number[];
};

/**
 * Examples are `name period`, then one `{a,b,…}` line for each input and one for the output, which
 * is shorter than the inputs where the indicator needs some values first.
 */
function tulipExamples(text: string): TulipExample[] {
  const found = text.matchAll(/^(atr|ema|sma) (\d+)\n((?:#.*\n|\{.*\}\n)+)/gmu);
  return [...found].map(([, name = "", period, body = ""]) => {
    const lines = body.split("\n").filter((line) => line.startsWith("{"));
    const columns = lines.map((line) => line.slice(1, -1).split(",").map(Number));
    const expected = columns.at(-1) ?? [];
    return { name, period: Number(period), columns: columns.slice(0, -1), expected };
  });
}

/** What our indicator says for the inputs of an example, from where it is ready. */
function series(name: string, period: number, columns: TulipExample["columns"]): number[] {
  const [first = [], low = [], close = []] = columns;
  if (name === "atr") {
    const atr = new Atr(period);
    return first.flatMap((high, row) => {
      const value = atr.update({ high, low: low[row] ?? NaN, close: close[row] ?? NaN });
      return atr.ready ? [value] : [];
    });
  }
  if (name === "ema") {
    const ema = new Ema(period);
    return first.map((x) => ema.update(x));
  }
  const sma = new Sma(period);
  return first.flatMap((x) => {
    const value = sma.update(x);
    return sma.ready ? [value] : [];
  });
}

/** Input rows and the expected values by row, null where the publisher has none yet. */
function skender(context: TestContext, name: string): [Row[], (number | null)[]] {
  const rows = csvRows(recorded(context, `${SKENDER}/quotes/default.csv`));
  const text = recorded(context, `${SKENDER}/results/${name}.standard.json`);
  const results = JSON.parse(text) as Record<string, number | null>[];
  return [rows, results.map((result) => result[name] ?? null)];
}

function largestGap(values: number[], expected: (number | null)[], from: number): number {
  expect(values).toHaveLength(expected.length);
  const gaps = values.map((value, row) => Math.abs(value - (expected[row] ?? Infinity)));
  return Math.max(...gaps.slice(from));
}

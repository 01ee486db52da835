import { expect, test } from "vitest";
import { instantText } from "#core/domain/instant-text.ts";
import { jsonLine } from "./json.ts";
import { amountText, pnlText } from "./money-text.ts";
import { listing, printable, table } from "./table.ts";
import { clockText, durationText, stampText } from "./time-text.ts";

test.each([
  [0n, "0.00", "0.00"],
  [12_500_000n, "+12.50", "12.50"],
  [-3_104_999n, "-3.10", "-3.10"],
  [-3_105_000n, "-3.11", "-3.11"],
  [4_999n, "0.00", "0.00"],
  [-4_999n, "0.00", "0.00"],
  [5_000n, "+0.01", "0.01"],
  [1_234_567_890_000n, "+1,234,567.89", "1,234,567.89"],
  [-100_000_000n, "-100.00", "-100.00"],
])("%s millionths read as %s and %s", (amount, pnl, plain) => {
  expect([pnlText(amount as never), amountText(amount as never)]).toEqual([pnl, plain]);
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1_000, "1 s"],
  [12_540, "12.5 s"],
  [300_000, "5 min"],
  [9_000_000, "2.5 h"],
])("%i ms read as %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test("instants say their zone unless the heading does", () => {
  const at = Temporal.Instant.from("2013-10-08T14:05:09.987Z").epochMilliseconds as never;

  expect([instantText(at), clockText(at), stampText(at)]).toEqual([
    "2013-10-08 14:05:09 UTC",
    "14:05:09",
    "20131008-140509",
  ]);
});

test("columns are aligned, numbers to the right, colors without width", () => {
  const lines = table(
    [{ title: "bot" }, { title: "net", align: "right" }, { title: "state" }],
    [
      ["gold-trend", "\u{1B}[32m+1.00\u{1B}[39m", "running"],
      ["b", "-1,234.50", ""],
    ],
  );

  expect(lines).toEqual([
    "bot               net  state",
    "gold-trend      \u{1B}[32m+1.00\u{1B}[39m  running",
    "b           -1,234.50",
  ]);
});

test("a listing puts values below each other", () => {
  expect(
    listing([
      ["Fees", "1.00"],
      ["Net PnL", "2.00"],
    ]),
  ).toEqual(["Fees     1.00", "Net PnL  2.00"]);
});

test("text from elsewhere cannot steer the terminal", () => {
  expect(printable("no\u{1B}[2Jmargin\r\n\u{202E}gnp")).toBe("no?[2Jmargin???gnp");
});

test("programs get bigints as decimal text and collections as lists", () => {
  const value = { net: 12n, byId: new Map([["a", 1n]]), ids: new Set(["x"]), none: null };

  expect(jsonLine(value)).toBe('{"net":"12","byId":[["a","1"]],"ids":["x"],"none":null}\n');
});

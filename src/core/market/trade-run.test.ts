import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { type EpochMs, epochMs } from "#core/domain/units.ts";
import type { Bar } from "./bar.ts";
import { parseBarSpec } from "./bar.ts";
import { InstrumentMarket } from "./instrument-market.ts";
import { QuoteView } from "./quote.ts";
import { QUOTE_ROW, TRADE_ROW, type TickBlock, emptyTickBlock } from "./tick-block.ts";
import { loadQuote, loadTrade } from "./tick-block.ts";
import { type QuietPrices, TradeRun } from "./trade-run.ts";
import { TradeTickView } from "./trade-tick.ts";

const GOLD = instrumentByRoot("MGC") as Instrument;
const DAY = { from: epochMs(0), until: epochMs(86_400_000) };
const ANY_PRICE: QuietPrices = { tradeLow: -1e9, tradeHigh: 1e9 };

type Row = {
  readonly wait: number;
  readonly price: number;
  readonly qty: number;
  readonly spread: number | null;
};

describe("what a run takes", () => {
  const trades = [100, 101, 99].map((price) => ({ wait: 10, price, qty: 2, spread: null }));

  test("trades with what they come to", () => {
    const run = taken(blockOf(trades), {});

    expect(run).toMatchObject({
      count: 3,
      high: 101,
      low: 99,
      volume: 6,
      lastAt: 30,
      lastPrice: 99,
    });
  });

  test.each([
    ["a quote", { kind: QUOTE_ROW }],
    ["a print without a quantity", { qty: 0 }],
    ["another instrument", { instrument: 1 }],
    ["a price that concerns somebody above", { price: 110 }],
    ["a price that concerns somebody below", { price: 90 }],
    ["the instant at which something is due", { at: 50 }],
  ])("ends before %s", (_what, changed) => {
    const block = blockOf(trades);
    for (const [column, value] of Object.entries(changed)) {
      block[column as "price"][1] = value;
    }

    const run = taken(block, { before: 50, prices: { tradeLow: 90, tradeHigh: 110 } });

    expect(run.count).toBe(1);
  });

  test("nothing, and stays as it was", () => {
    const block = blockOf(trades);
    const run = taken(block, {});

    const next = run.take(block, 1, 0, ANY_PRICE);

    expect(next).toBe(1);
    expect(run.count).toBe(3);
  });
});

test("a run leaves a market as its trades one by one leave it", () => {
  const row = fc.record({
    wait: fc.nat(2_000),
    price: fc.integer({ min: 995, max: 1_005 }),
    qty: fc.nat(3),
    spread: fc.option(fc.integer({ min: -1, max: 3 }), { freq: 8 }),
  });

  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 200, size: "max" }), (rows) => {
      const block = blockOf(rows);

      const together = played(block, "together");
      const oneByOne = played(block, "oneByOne");

      expect(together).toEqual(oneByOne);
    }),
  );
});

function blockOf(rows: readonly Row[]): TickBlock {
  const block = { ...emptyTickBlock(rows.length), count: rows.length };
  let at = 0;
  for (const [index, { wait, price, qty, spread }] of rows.entries()) {
    at += wait;
    block.at[index] = at;
    block.kind[index] = spread === null ? TRADE_ROW : QUOTE_ROW;
    block.price[index] = price;
    block.qty[index] = qty;
    block.askPrice[index] = price + (spread ?? 0);
    block.askQty[index] = qty;
  }
  return block;
}

function taken(
  block: TickBlock,
  { before = Number.POSITIVE_INFINITY, prices = ANY_PRICE },
): TradeRun {
  const run = new TradeRun(GOLD.id);
  run.take(block, 0, before, prices);
  return run;
}

/** The bars and the book that a block leads to. */
function played(block: TickBlock, how: "together" | "oneByOne") {
  const market = new InstrumentMarket(GOLD, () => DAY);
  market.subscribe(parseBarSpec("5s"));
  const bars: Bar[] = [];
  const run = new TradeRun(GOLD.id);
  for (let row = 0; row < block.count;) {
    const at = block.at[row] as EpochMs;
    for (let bar = market.takeDue(at); bar !== undefined; bar = market.takeDue(at)) bars.push(bar);
    const mayRun = how === "together" && market.takesRuns;
    const next = mayRun ? run.take(block, row, market.dueAt, ANY_PRICE) : row;
    if (next > row) market.onTrades(run);
    else playRow(market, block, row);
    row = Math.max(next, row + 1);
  }
  const last = market.takeDue(epochMs(DAY.until - 1));
  if (last !== undefined) bars.push(last);
  return { bars, book: market.book };
}

function playRow(market: InstrumentMarket, block: TickBlock, row: number): void {
  if (block.kind[row] === QUOTE_ROW) {
    const quote = new QuoteView(GOLD.id);
    loadQuote(block, row, [GOLD.id], quote);
    market.onQuote(quote);
  } else {
    const trade = new TradeTickView(GOLD.id);
    loadTrade(block, row, [GOLD.id], trade);
    market.onTrade(trade, () => undefined);
  }
}

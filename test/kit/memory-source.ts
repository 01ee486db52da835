import { instrumentId } from "#core/domain/ids.ts";
import { QUOTE_ROW, TRADE_ROW, type TickBlock, emptyTickBlock } from "#core/market/tick-block.ts";
import type { MarketDataSource, TimeRange } from "#ports/market-data.ts";

/** One row: a trade of one price, or a quote of two. */
export type Row = {
  readonly at: number;
  readonly price: number | readonly [bid: number, ask: number];
  readonly qty?: number;
};

/** Market data of one instrument from a list, in blocks of a few rows. */
export function memorySource(
  instrument: string,
  rows: readonly Row[],
  perBlock = 3,
): MarketDataSource {
  return {
    instruments: [instrumentId(instrument)],
    async *blocks({ from, until }: TimeRange = {}) {
      const asked = rows.filter(({ at }) => at >= (from ?? at) && at < (until ?? at + 1));
      for (let start = 0; start < asked.length; start += perBlock) {
        yield blockOf(asked.slice(start, start + perBlock));
      }
    },
    close: () => Promise.resolve(),
  };
}

function blockOf(rows: readonly Row[]): TickBlock {
  const block = emptyTickBlock(rows.length);
  for (const [index, { at, price, qty = 1 }] of rows.entries()) {
    const [bid, ask] = typeof price === "number" ? [price, 0] : price;
    block.at[index] = at;
    block.kind[index] = typeof price === "number" ? TRADE_ROW : QUOTE_ROW;
    block.price[index] = bid;
    block.askPrice[index] = ask;
    block.qty[index] = qty;
    block.askQty[index] = qty;
  }
  return { ...block, count: rows.length };
}

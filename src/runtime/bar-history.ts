import type { InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Bar } from "#core/market/bar.ts";
import { TRADE_ROW, type TickBlock, emptyTickBlock } from "#core/market/tick-block.ts";
import type { MarketDataSource, TimeRange } from "#ports/market-data.ts";

/** Closed bars of a venue's history, oldest first, from `from` until `until`. */
export type ReadBars = (
  instrument: InstrumentId,
  period: { readonly from: EpochMs; readonly until: EpochMs },
) => Promise<readonly Bar[]>;

const HISTORY_MIN_MS = 60_000;
/** Prices that one bar is told in: open, the two extremes, close. */
const TOLD_PER_BAR = 4;

/**
 * A venue's bars as market data that builds views. Each bar is told as four trades within it: the open, the extreme
 * farther from the close, the other one, the close; all of its volume is spread over them. Time bars of whole
 * multiples come out as they were; what counts trades or quantities within a bar can only be near the truth.
 */
export function barHistory(
  instruments: readonly InstrumentId[],
  readBars: ReadBars,
): MarketDataSource {
  return {
    instruments,
    async *blocks({ from, until }: TimeRange = {}) {
      invariant(from !== undefined && until !== undefined, "history has a beginning and an end");
      // Less than a bar is no history: a short gap needs no request.
      if (until - from < HISTORY_MIN_MS) return;
      const lists = await Promise.all(instruments.map((id) => readBars(id, { from, until })));
      const rows = lists.flatMap((bars, index) => bars.map((bar) => ({ bar, index })));
      if (rows.length > 0) yield blockOf(rows);
    },
    close: () => Promise.resolve(),
  };
}

type Told = { readonly at: number; readonly index: number; readonly price: number; qty: number };

function blockOf(bars: readonly { readonly bar: Bar; readonly index: number }[]): TickBlock {
  const trades = bars.flatMap(({ bar, index }) => tradesOf(bar, index));
  trades.sort((a, b) => a.at - b.at);
  const block = emptyTickBlock(trades.length);
  for (const [row, { at, index, price, qty }] of trades.entries()) {
    block.at[row] = at;
    block.kind[row] = TRADE_ROW;
    block.instrument[row] = index;
    block.price[row] = price;
    block.qty[row] = qty;
  }
  return { ...block, count: trades.length };
}

function tradesOf(bar: Bar, index: number): readonly Told[] {
  const { barStart, barEnd, open, high, low, close, volume } = bar;
  const [first, second] = close >= open ? [low, high] : [high, low];
  const stepMs = Math.floor((barEnd - barStart) / TOLD_PER_BAR);
  const each = Math.floor(volume / TOLD_PER_BAR);
  return [open, first, second, close].map((price, part) => {
    const isLast = part === TOLD_PER_BAR - 1;
    const qty = isLast ? volume - each * part : each;
    return { at: isLast ? barEnd - 1 : barStart + part * stepMs, index, price, qty };
  });
}

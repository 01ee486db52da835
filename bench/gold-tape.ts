import { tradingHours } from "#core/domain/calendar/cme-hours.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import { instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import { nextOpen, openInterval } from "#core/domain/trading-hours.ts";
import { type EpochMs, epochMs } from "#core/domain/units.ts";
import {
  QUOTE_ROW,
  TICK_BLOCK_ROWS,
  TRADE_ROW,
  type TickBlock,
  emptyTickBlock,
} from "#core/market/tick-block.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import { Seeded } from "#tools/crash/seeded.ts";

export const GOLD: Instrument = catalogued("MGC");

/** A tape in memory: the same for the same seed and number of rows. */
export type Tape = {
  readonly blocks: readonly TickBlock[];
  readonly rows: number;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly megabytes: number;
};

const MINUTE_MS = 60_000;
const FIRST_OPENING = epochMs(Date.UTC(2024, 0, 2, 23));
/** 2,065.0 */
const FIRST_PRICE = 20_650;

/**
 * Gold as a recorded day of it looks, made up: some 51,000 rows a trading day in the real trading hours, a third of
 * the trades in the same millisecond as the one before, most at its price, 3.7 ticks of movement a minute, and one
 * quote at the end of each minute that traded. `density` is how many times as many trades make the same movement: the
 * recorded day is of 2013, a front month of today has 5 to 10 times as many.
 */
export function goldTape(rows: number, seed: number, density = 1): Tape {
  const writer = new TapeWriter(rows);
  const gold = new GoldMarket(seed, density);
  while (writer.rows < rows) gold.trade(writer);
  return writer.tape();
}

/** The tape as a source of market data. The blocks stay in memory and may be read again. */
export function tapeSource({ blocks }: Tape): MarketDataSource {
  return {
    instruments: [GOLD.id] satisfies readonly InstrumentId[],
    async *blocks({ until = Number.POSITIVE_INFINITY } = {}) {
      for (const block of blocks) {
        if ((block.at[0] ?? 0) >= until) return;
        yield block;
      }
    },
    close: () => Promise.resolve(),
  };
}

class GoldMarket {
  readonly #seeded: Seeded;
  readonly #density: number;
  readonly #stepTicks: number;
  readonly #hours = tradingHours(GOLD.hours);
  #at: number = FIRST_OPENING;
  #closesAt: number;
  #quoteAt: number = FIRST_OPENING + MINUTE_MS;
  #fair = FIRST_PRICE;
  #side = 1;

  constructor(seed: number, density: number) {
    this.#seeded = new Seeded(seed);
    this.#density = density;
    this.#stepTicks = 0.6 / Math.sqrt(density);
    this.#closesAt = openInterval(this.#hours, FIRST_OPENING)?.until ?? 0;
  }

  trade(writer: TapeWriter): void {
    const seeded = this.#seeded;
    this.#at += Math.ceil(gapMs(seeded) / this.#density);
    if (this.#at >= this.#quoteAt) this.#quote(writer);
    if (this.#at >= this.#closesAt) this.#reopen();
    this.#fair += bell(seeded) * this.#stepTicks;
    if (seeded.next() < 0.15) this.#side = -this.#side;
    writer.trade(this.#at, Math.round(this.#fair + 0.3 * this.#side), smallQty(seeded));
  }

  #quote(writer: TapeWriter): void {
    const bid = Math.floor(this.#fair);
    writer.quote(this.#quoteAt, bid, smallQty(this.#seeded), smallQty(this.#seeded));
    this.#quoteAt = (Math.floor(this.#at / MINUTE_MS) + 1) * MINUTE_MS;
  }

  #reopen(): void {
    const opensAt = nextOpen(this.#hours, epochMs(this.#at));
    invariant(opensAt !== undefined, "the calendar is longer than the tape");
    this.#at = opensAt;
    this.#closesAt = openInterval(this.#hours, opensAt)?.until ?? 0;
    this.#quoteAt = opensAt + MINUTE_MS;
  }
}

/** Bursts of trades with pauses between them: 1.6 s on average. */
function gapMs(seeded: Seeded): number {
  const kind = seeded.next();
  if (kind < 0.31) return 0;
  return Math.ceil(-Math.log(1 - seeded.next()) * (kind < 0.75 ? 150 : 6_150));
}

/** Around 0 with a deviation of 1, in the shape of a bell. */
function bell(seeded: Seeded): number {
  return (seeded.next() + seeded.next() + seeded.next() - 1.5) * 2;
}

/** Lots of a trade or a quote: mostly 1, at most 9. */
function smallQty(seeded: Seeded): number {
  const drawn = seeded.next();
  if (drawn < 0.83) return 1;
  return drawn < 0.95 ? 2 : 2 + Math.floor(seeded.next() * 8);
}

class TapeWriter {
  rows = 0;
  readonly #rowsMax: number;
  readonly #blocks: TickBlock[] = [];
  #block = emptyTickBlock(0);
  #row = 0;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  trade(at: number, price: number, qty: number): void {
    const row = this.#next(at, TRADE_ROW);
    this.#block.price[row] = price;
    this.#block.qty[row] = qty;
  }

  quote(at: number, bid: number, bidQty: number, askQty: number): void {
    const row = this.#next(at, QUOTE_ROW);
    this.#block.price[row] = bid;
    this.#block.qty[row] = bidQty;
    this.#block.askPrice[row] = bid + 1;
    this.#block.askQty[row] = askQty;
  }

  tape(): Tape {
    const blocks = this.#blocks.map((block, index) => {
      const count = Math.min(TICK_BLOCK_ROWS, this.#rowsMax - index * TICK_BLOCK_ROWS);
      return { ...block, count };
    });
    const last = blocks.at(-1);
    const lastAt = last?.at[last.count - 1] ?? FIRST_OPENING;
    const bytes = blocks.length * TICK_BLOCK_ROWS * BYTES_PER_ROW;
    return {
      blocks,
      rows: this.#rowsMax,
      from: FIRST_OPENING,
      until: epochMs(lastAt + MINUTE_MS),
      megabytes: bytes / 1e6,
    };
  }

  #next(at: number, kind: number): number {
    if (this.#row === this.#block.at.length) {
      this.#block = emptyTickBlock(TICK_BLOCK_ROWS);
      this.#blocks.push(this.#block);
      this.#row = 0;
    }
    const row = this.#row;
    this.#row += 1;
    this.rows += 1;
    this.#block.at[row] = at;
    this.#block.kind[row] = kind;
    return row;
  }
}

const BYTES_PER_ROW = 8 + 4 * 4 + 3;

function catalogued(root: string): Instrument {
  const instrument = instrumentByRoot(root);
  invariant(instrument !== undefined, `the catalogue has ${root}`);
  return instrument;
}

import {
  DAY_MS,
  dayNumber,
  parseDate,
  parseTimeOfDay,
  weekdayOf,
} from "#core/domain/calendar/civil-date.ts";
import { zoneClock } from "#core/domain/calendar/zone-clock.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import { type Instrument, ticksToPrice } from "#core/domain/instrument.ts";
import { CME_ROLL, tradingDayOf } from "#core/domain/trading-day.ts";
import type { EpochMs, Ticks } from "#core/domain/units.ts";
import { TRADE_ROW } from "#core/market/tick-block.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { Row } from "#practice/projectx/wire/rows.ts";
import { millisecondTime } from "#practice/projectx/wire/stamp.ts";

export const BARS_MAX = 20_000;

/** By the numbers of AggregateBarUnit, from 1. */
export const BAR_UNITS = ["second", "minute", "hour", "day", "week", "month", "tick"] as const;
export type BarUnit = (typeof BAR_UNITS)[number];

/** Which bars are asked for: those that begin at `from` or later and before `until`. */
export type BarRequest = {
  readonly instrument: InstrumentId;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly now: EpochMs;
  readonly unit: BarUnit;
  readonly unitNumber: number;
  readonly limit: number;
  readonly includePartial: boolean;
};

/** Stamped by its beginning, as everywhere at this venue. */
export type Bar = {
  readonly at: EpochMs;
  readonly open: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
  readonly close: Ticks;
  readonly volume: number;
};

export function barRow(product: Instrument, bar: Bar): Row {
  const price = (ticks: Ticks): number => ticksToPrice(product, ticks);
  return {
    t: millisecondTime(bar.at),
    o: price(bar.open),
    h: price(bar.high),
    l: price(bar.low),
    c: price(bar.close),
    v: bar.volume,
  };
}

/**
 * The bars of stored trades up to now, the newest first; of more than `limit` the newest ones. There is none for a
 * period without trades. A print without a quantity moves prices and adds no volume.
 */
export async function storedBars(
  source: MarketDataSource,
  request: BarRequest,
): Promise<readonly Bar[]> {
  const { from, until, now, limit, includePartial } = request;
  const frame = frameOf(request);
  const readFrom = frame.beginOf(from);
  const readUntil = Math.min(frame.endOf(until), now + 1) as EpochMs;
  if (readFrom >= readUntil) return [];
  const builder = new BarBuilder(frame);
  const index = source.instruments.indexOf(request.instrument);
  for await (const block of source.blocks({ from: readFrom, until: readUntil })) {
    for (let row = 0; row < block.count; row += 1) {
      if (block.kind[row] !== TRADE_ROW || block.instrument[row] !== index) continue;
      const at = block.at[row] as EpochMs;
      builder.add(at, block.price[row] as Ticks, block.qty[row] as number);
    }
  }
  return builder
    .finish()
    .filter(({ at, isFull }) => {
      const isEnded = isFull ?? frame.endOf(at) <= now;
      return at >= from && at < until && (includePartial || isEnded);
    })
    .toReversed()
    .slice(0, limit)
    .map(({ at, open, high, low, close, volume }) => ({ at, open, high, low, close, volume }));
}

/** How time is cut into bars. */
type Frame = {
  /** The beginning of the bar that an instant belongs to. */
  readonly beginOf: (at: EpochMs) => EpochMs;
  /** The end of that bar. */
  readonly endOf: (at: EpochMs) => EpochMs;
  /** Trades per bar; null where time cuts. */
  readonly trades: number | null;
};

const MS = { second: 1_000, minute: 60_000, hour: 3_600_000 } as const;

function frameOf({ unit, unitNumber }: BarRequest): Frame {
  switch (unit) {
    case "second":
    case "minute":
    case "hour": {
      const width = MS[unit] * unitNumber;
      const beginOf = (at: EpochMs) => (Math.floor(at / width) * width) as EpochMs;
      return { beginOf, endOf: (at) => (beginOf(at) + width) as EpochMs, trades: null };
    }
    case "day":
      return sessionFrame((date) => Math.floor(date / unitNumber) * unitNumber, unitNumber);
    case "week":
      return sessionFrame((date) => mondayOf(date, unitNumber), 7 * unitNumber);
    case "month":
      return sessionFrame(
        (date) => firstOfMonth(date, unitNumber, 0),
        (date) => firstOfMonth(date, unitNumber, unitNumber),
      );
    case "tick": {
      const day = sessionFrame((date) => date, 1);
      return { ...day, trades: unitNumber };
    }
  }
}

/** Bars of whole trading days, stamped at 17:00 in Chicago of the calendar day before the first of them. */
function sessionFrame(
  firstOf: (date: number) => number,
  next: number | ((date: number) => number),
): Frame {
  const openingOf = (date: number): EpochMs =>
    zoneClock(CME_ROLL.zone).instantOf(dayNumber(date - 1), parseTimeOfDay(CME_ROLL.time));
  const dateOf = (at: EpochMs): number => parseDate(tradingDayOf(at, CME_ROLL));
  const lastOf = (date: number): number =>
    typeof next === "number" ? firstOf(date) + next : next(date);
  return {
    beginOf: (at) => openingOf(firstOf(dateOf(at))),
    endOf: (at) => openingOf(lastOf(dateOf(at))),
    trades: null,
  };
}

function mondayOf(date: number, weeks: number): number {
  const monday = date - ((weekdayOf(dayNumber(date)) + 6) % 7);
  // 1970-01-05 was a Monday.
  return 4 + Math.floor((monday - 4) / (7 * weeks)) * 7 * weeks;
}

function firstOfMonth(date: number, months: number, ahead: number): number {
  const day = Temporal.Instant.fromEpochMilliseconds(date * DAY_MS).toZonedDateTimeISO("UTC");
  const month = day.year * 12 + day.month - 1;
  const first = Math.floor(month / months) * months + ahead;
  return parseDate(
    `${String(Math.floor(first / 12)).padStart(4, "0")}-${String((first % 12) + 1).padStart(2, "0")}-01`,
  );
}

type OpenBar = { -readonly [K in keyof Bar]: Bar[K] } & {
  trades: number;
  /** Whether it has all its trades; null where time decides. */
  isFull: boolean | null;
};

class BarBuilder {
  readonly #frame: Frame;
  readonly #bars: OpenBar[] = [];
  #until = Number.NEGATIVE_INFINITY;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  add(at: EpochMs, price: Ticks, qty: number): void {
    const { trades, beginOf, endOf } = this.#frame;
    const last = this.#bars.at(-1);
    const isNew =
      at >= this.#until || (trades !== null && last !== undefined && last.trades >= trades);
    if (isNew || last === undefined) {
      this.#until = endOf(at);
      const isFull = trades === null ? null : trades === 1;
      const begins = trades === null ? beginOf(at) : at;
      const prices = { open: price, high: price, low: price, close: price };
      this.#bars.push({ at: begins, ...prices, volume: qty, trades: 1, isFull });
      return;
    }
    last.high = Math.max(last.high, price) as Ticks;
    last.low = Math.min(last.low, price) as Ticks;
    last.close = price;
    last.volume += qty;
    last.trades += 1;
    if (trades !== null) last.isFull = last.trades >= trades;
  }

  finish(): readonly OpenBar[] {
    return this.#bars;
  }
}

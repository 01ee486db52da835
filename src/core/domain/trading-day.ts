import type { Brand } from "./brand.ts";
import { dayNumber, DAY_MS, formatDate, parseDate, parseTimeOfDay } from "./calendar/civil-date.ts";
import { weekdayOf } from "./calendar/civil-date.ts";
import type { DayNumber } from "./calendar/civil-date.ts";
import { zoneClock } from "./calendar/zone-clock.ts";
import { invariant } from "./invariant.ts";
import type { EpochMs } from "./units.ts";

/** "YYYY-MM-DD", from one daily roll to the next. Sorts as text. */
export type TradingDay = Brand<string, "TradingDay">;

/**
 * When a venue's trading day ends and the next begins. A roll at noon or later opens the day of
 * the next date (Sunday 17:00 opens Monday), an earlier one the day of its own date.
 */
export type DayRoll = {
  /** "HH:MM" on the wall of `zone`. */
  readonly time: string;
  readonly zone: string;
  /** `mergeNext`: Saturday and Sunday belong to Monday. `separate`: they are days like others. */
  readonly weekend: "mergeNext" | "separate";
};

/** `[from, until)` in UTC. */
export type DayBounds = { readonly from: EpochMs; readonly until: EpochMs };

/** 17:00 Chicago, which is 18:00 New York all year: both change their clocks on the same Sundays. */
export const CME_ROLL: DayRoll = {
  time: "17:00",
  zone: "America/Chicago",
  weekend: "mergeNext",
};
export const CRYPTO_ROLL: DayRoll = { time: "00:00", zone: "UTC", weekend: "separate" };

/** Reads "YYYY-MM-DD"; anything else is a RangeError. */
export function tradingDay(text: string): TradingDay {
  parseDate(text);
  return text as TradingDay;
}

/** The trading day that an instant belongs to. */
export function tradingDayOf(at: EpochMs, roll: DayRoll): TradingDay {
  return dayAt(at, roll).day;
}

/** The first roll after `at`, where daily limits start anew. */
export function nextRoll(at: EpochMs, roll: DayRoll): EpochMs {
  return dayAt(at, roll).until;
}

/** From the roll that opens the day to the one that ends it: 71 to 73 hours for a merged Monday. */
export function tradingDayBounds(day: TradingDay, roll: DayRoll): DayBounds {
  const date = parseDate(day);
  const merges = roll.weekend === "mergeNext";
  const weekday = weekdayOf(date);
  invariant(
    !merges || (weekday !== 0 && weekday !== 6),
    `a weekend is no trading day of its own where it merges into Monday, found ${day}`,
  );
  const first = dayNumber(merges && weekday === 1 ? date - 2 : date);
  return { from: openingOf(first, roll), until: openingOf(dayNumber(date + 1), roll) };
}

type KnownDay = DayBounds & { readonly day: TradingDay };

// The day asked for last, per roll: fills and rules come in order of time.
const lastDays = new WeakMap<DayRoll, KnownDay>();

function dayAt(at: EpochMs, roll: DayRoll): KnownDay {
  const last = lastDays.get(roll);
  if (last !== undefined && at >= last.from && at < last.until) return last;
  const day = formatDate(dateAt(at, roll)) as TradingDay;
  const found = { day, ...tradingDayBounds(day, roll) };
  lastDays.set(roll, found);
  return found;
}

function dateAt(at: EpochMs, roll: DayRoll): DayNumber {
  const wall = at + zoneClock(roll.zone).offsetMsAt(at);
  const latest = dayNumber(Math.floor(wall / DAY_MS) + dateShift(roll));
  const date = dayNumber(at < openingOf(latest, roll) ? latest - 1 : latest);
  if (roll.weekend === "separate") return date;
  switch (weekdayOf(date)) {
    case 6:
      return dayNumber(date + 2);
    case 0:
      return dayNumber(date + 1);
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      return date;
  }
}

/** The roll that opens the day of this date. */
function openingOf(date: DayNumber, roll: DayRoll): EpochMs {
  return zoneClock(roll.zone).instantOf(
    dayNumber(date - dateShift(roll)),
    parseTimeOfDay(roll.time),
  );
}

function dateShift(roll: DayRoll): 0 | 1 {
  return parseTimeOfDay(roll.time) >= DAY_MS / 2 ? 1 : 0;
}

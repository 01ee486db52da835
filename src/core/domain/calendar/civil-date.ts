import type { Brand } from "#core/domain/brand.ts";

/** Whole days since 1970-01-01 on a wall calendar, without a time zone. */
export type DayNumber = Brand<number, "DayNumber">;
/** 0 is Sunday, 6 is Saturday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export const DAY_MS = 86_400_000;

export const dayNumber = (days: number): DayNumber => days as DayNumber;

/** Reads "YYYY-MM-DD"; anything else, 30 February included, is a RangeError. */
export function parseDate(text: string): DayNumber {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text);
  const day = parts && daysFromCivil(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  if (day === null || formatDate(day) !== text) {
    throw new RangeError(`Expected a date as YYYY-MM-DD, found ${JSON.stringify(text)}`);
  }
  return day;
}

/** "YYYY-MM-DD" for the years 0 to 9999. */
export function formatDate(day: DayNumber): string {
  const { year, month, dayOfMonth } = civilFromDays(day);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`;
}

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: DayNumber): Weekday {
  return ((((day + 4) % 7) + 7) % 7) as Weekday;
}

/** Milliseconds since midnight of "HH:MM"; "24:00" is the end of the day. */
export function parseTimeOfDay(text: string): number {
  const parts = /^(\d{2}):(\d{2})$/u.exec(text);
  const minutes = parts ? Number(parts[1]) * 60 + Number(parts[2]) : Number.NaN;
  if (!(minutes <= 1440) || Number(parts?.[2]) > 59) {
    throw new RangeError(`Expected a time as HH:MM, found ${JSON.stringify(text)}`);
  }
  return minutes * 60_000;
}

// Both conversions count from 1 March of year 0, so that the leap day ends the year:
// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
function daysFromCivil(year: number, month: number, dayOfMonth: number): DayNumber {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return dayNumber(era * 146_097 + dayOfEra - 719_468);
}

function civilFromDays(day: DayNumber): { year: number; month: number; dayOfMonth: number } {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

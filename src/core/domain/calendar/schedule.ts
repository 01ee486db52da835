import { dayNumber, parseDate, parseTimeOfDay, weekdayOf } from "./civil-date.ts";
import type { DayNumber, Weekday } from "./civil-date.ts";
import { Timeline } from "./timeline.ts";
import type { OpenInterval } from "./timeline.ts";
import { zoneClock } from "./zone-clock.ts";

/** Open times of one date on the wall clock: "00:00-16:00 17:00-24:00"; "" is closed. */
export type DayHours = string;

/** Open times of an ordinary week, valid from a date (and its midnight) until the next entry. */
export type WeekHours = {
  readonly from: string;
  readonly sunday: DayHours;
  readonly mondayToThursday: DayHours;
  readonly friday: DayHours;
  readonly saturday: DayHours;
};

export type Weeks = readonly [WeekHours, ...WeekHours[]];

/** A date that differs from the ordinary week. */
export type SpecialDay = {
  readonly name: string;
  /** Instead of the week's hours of that date. */
  readonly hours: DayHours;
  /** A holiday has no regular hours even where the market trades; a short day cuts them. */
  readonly kind: "holiday" | "short";
};

/** All that decides when a product trades, as people publish it. */
export type Schedule = {
  readonly zone: string;
  /** Ascending; before the first nothing is known. */
  readonly weeks: Weeks;
  /** Monday to Friday, as far as the market is open. */
  readonly regular: DayHours;
  readonly specialDays: ReadonlyMap<string, SpecialDay>;
  /** The last date of which the hours are known. */
  readonly lastDay: string;
};

/** All intervals of a schedule in UTC: everything open, and the regular part of it. */
export type Timelines = { readonly open: Timeline; readonly regular: Timeline };

export function timelinesOf(schedule: Schedule): Timelines {
  const open: OpenInterval[] = [];
  const regular: OpenInterval[] = [];
  const regularSpans = spansOf(schedule.regular);
  const specialDays = new Map(
    [...schedule.specialDays].map(([date, special]) => [parseDate(date), special]),
  );
  const instant = instantIn(schedule.zone);
  for (const { day, week } of datesOf(schedule)) {
    const special = specialDays.get(day);
    const hours = special ? spansOf(special.hours) : week[weekdayOf(day)];
    append(open, hours.map(instant(day)));
    if (special?.kind !== "holiday" && isWeekday(day)) {
      append(regular, intersect(hours, regularSpans).map(instant(day)));
    }
  }
  return { open: new Timeline(open), regular: new Timeline(regular) };
}

/** Milliseconds after midnight, `[from, until)`. */
type Span = { readonly from: number; readonly until: number };
type WeekSpans = Readonly<Record<Weekday, readonly Span[]>>;
type ScheduledDate = { readonly day: DayNumber; readonly week: WeekSpans };

/** Reads open times. Anything but ascending, disjoint "HH:MM-HH:MM" is a RangeError. */
export function spansOf(hours: DayHours): readonly Span[] {
  let end = -1;
  return hours
    .split(" ")
    .filter((text) => text !== "")
    .map((text) => {
      const span = { from: parseTimeOfDay(text.slice(0, 5)), until: parseTimeOfDay(text.slice(6)) };
      if (text[5] !== "-" || span.from <= end || span.until <= span.from) {
        throw new RangeError(`Expected ascending times as HH:MM-HH:MM, found ${hours}`);
      }
      end = span.until;
      return span;
    });
}

function* datesOf(schedule: Schedule): Generator<ScheduledDate> {
  const ends = schedule.weeks.slice(1).map(({ from }) => parseDate(from));
  const last = parseDate(schedule.lastDay);
  for (const [index, hours] of schedule.weeks.entries()) {
    const week = weekSpans(hours);
    const until = ends[index] ?? last + 1;
    for (let day = parseDate(hours.from); day < until; day = dayNumber(day + 1)) {
      yield { day, week };
    }
  }
}

function weekSpans(hours: WeekHours): WeekSpans {
  const usual = spansOf(hours.mondayToThursday);
  return {
    0: spansOf(hours.sunday),
    1: usual,
    2: usual,
    3: usual,
    4: usual,
    5: spansOf(hours.friday),
    6: spansOf(hours.saturday),
  };
}

function isWeekday(day: DayNumber): boolean {
  return weekdayOf(day) >= 1 && weekdayOf(day) <= 5;
}

const instantIn =
  (zone: string) =>
  (day: DayNumber) =>
  (span: Span): OpenInterval => ({
    from: zoneClock(zone).instantOf(day, span.from),
    until: zoneClock(zone).instantOf(day, span.until),
  });

function intersect(hours: readonly Span[], window: readonly Span[]): readonly Span[] {
  return hours.flatMap((span) =>
    window
      .map((part) => ({
        from: Math.max(span.from, part.from),
        until: Math.min(span.until, part.until),
      }))
      .filter((part) => part.from < part.until),
  );
}

/** Adds intervals in order; one that begins where the last ended continues it. */
function append(timeline: OpenInterval[], more: readonly OpenInterval[]): void {
  for (const next of more) {
    const last = timeline.at(-1);
    if (last?.until === next.from) timeline.splice(-1, 1, { from: last.from, until: next.until });
    else if (next.from < next.until) timeline.push(next);
  }
}

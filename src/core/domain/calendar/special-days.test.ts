import { expect, test } from "vitest";
import { nextClose, nextOpen, openInterval } from "#core/domain/trading-hours.ts";
import { epochMs } from "#core/domain/units.ts";
import { tradingHours } from "./cme-hours.ts";
import type { TradingHoursId } from "./cme-hours.ts";

type Complex = keyof typeof WEEK;
type Times = Partial<Record<Complex, string>>;

/** The ordinary Monday to Thursday of each complex since 2021, and one product group that keeps it. */
const WEEK = {
  equity: "00:00-16:00 17:00-24:00",
  treasuries: "00:00-16:00 17:00-24:00",
  metals: "00:00-16:00 17:00-24:00",
  fx: "00:00-16:00 17:00-24:00",
  crypto: "00:00-16:00 17:00-24:00",
  grains: "00:00-07:45 08:30-13:20 19:00-24:00",
  livestock: "08:30-13:05",
};
const HOURS: Record<Complex, TradingHoursId> = {
  equity: "cme-equity",
  treasuries: "cme-treasuries",
  metals: "cme-energy",
  fx: "cme-fx",
  crypto: "cme-crypto",
  grains: "cme-grains",
  livestock: "cme-livestock",
};
const COMPLEXES = Object.keys(WEEK) as readonly Complex[];
const EVENING = /1[79]:00-24:00$/u;
const ROUND_THE_CLOCK = "2026-05-29";

test.for([2024, 2025, 2026, 2027])("every day of %i keeps the rules of US holidays", (year) => {
  const rules = expectedYear(year);

  for (const date of datesOf(year)) {
    for (const complex of COMPLEXES) {
      const expected = rules.get(`${date.toString()} ${complex}`) ?? ordinary(complex, date);

      expect(`${date.toString()} ${complex}: ${hoursOn(complex, date)}`).toBe(
        `${date.toString()} ${complex}: ${expected}`,
      );
    }
  }
});

test("the special days of equity in 2027 are these", () => {
  const special = datesOf(2027)
    .map((date) => [date.toString().slice(5), hoursOn("equity", date), ordinary("equity", date)])
    .filter(([, hours, usual]) => hours !== usual)
    .map(([day, hours]) => [day, hours]);

  const halt = "00:00-12:00 17:00-24:00";
  expect(Object.fromEntries(special)).toEqual({
    "01-01": "",
    "01-18": halt,
    "02-15": halt,
    "03-25": "00:00-16:00",
    "03-26": "",
    "05-31": halt,
    "06-18": "00:00-12:00",
    "07-05": halt,
    "09-06": halt,
    "11-25": halt,
    "11-26": "00:00-12:15",
    "12-23": "00:00-16:00",
    "12-24": "",
  });
});

/** Hours by "date complex" for every date of the year that its holidays change. */
function expectedYear(year: number): Map<string, string> {
  const rules = new Map<string, string>();
  const set = (date: Temporal.PlainDate, times: Times): void => {
    for (const complex of COMPLEXES) {
      const hours = times[complex];
      const everOpen = complex === "crypto" && date.toString() >= ROUND_THE_CLOCK;
      if (hours !== undefined && !everOpen) rules.set(`${date.toString()} ${complex}`, hours);
    }
  };
  const get = (date: Temporal.PlainDate, complex: Complex): string =>
    rules.get(`${date.toString()} ${complex}`) ?? ordinary(complex, date);

  for (const date of haltDays(year)) halt(date, set, get);
  for (const date of closedDays(year)) close(date, set, get);
  const thanksgiving = nthWeekday(year, 11, 4, 4);
  set(thanksgiving.add({ days: 1 }), {
    ...SHORT,
    equity: "00:00-12:15",
    treasuries: "00:00-12:15",
  });
  const eve = Temporal.PlainDate.from({ year, month: 12, day: 24 });
  if (eve.dayOfWeek < 5) {
    set(eve, year === 2024 ? { ...CHRISTMAS_EVE, fx: "00:00-12:15" } : CHRISTMAS_EVE);
  }
  const third = Temporal.PlainDate.from({ year, month: 7, day: 3 });
  if (third.dayOfWeek < 5) set(third, { equity: "00:00-12:15 17:00-24:00" });
  if (year === 2025) set(Temporal.PlainDate.from("2025-01-09"), MOURNING);
  return rules;
}

type SetHours = (date: Temporal.PlainDate, times: Times) => void;
type GetHours = (date: Temporal.PlainDate, complex: Complex) => string;

const SHORT: Times = {
  metals: "00:00-13:45",
  fx: "00:00-13:45",
  crypto: "00:00-13:45",
  grains: "08:30-12:05",
  livestock: "08:30-12:05",
};
const CHRISTMAS_EVE: Times = {
  equity: "00:00-12:15",
  treasuries: "00:00-12:15",
  metals: "00:00-12:45",
  fx: "00:00-12:45",
  crypto: "00:00-12:45",
  grains: "00:00-07:45 08:30-12:05",
  livestock: "08:30-12:15",
};
const MOURNING: Times = {
  equity: "00:00-08:30 17:00-24:00",
  treasuries: "00:00-12:15 17:00-24:00",
  grains: "00:00-07:45 08:30-12:15 19:00-24:00",
  livestock: "08:30-12:15",
};

/** Trading halts around noon and resumes in the evening; on a Friday it ends at noon. */
function halt(date: Temporal.PlainDate, set: SetHours, get: GetHours): void {
  const friday = date.dayOfWeek === 5;
  const until = (time: string): string => (friday ? "00:00-12:00" : `00:00-${time} 17:00-24:00`);
  const evening = date.dayOfWeek === 1 || (date.month === 6 && !friday);
  set(date, {
    equity: until("12:00"),
    treasuries: until("12:00"),
    metals: until("13:30"),
    fx: until("16:00"),
    crypto: until("16:00"),
    grains: evening ? "19:00-24:00" : "",
    livestock: "",
  });
  const before = date.subtract({ days: 1 });
  set(before, { grains: get(before, "grains").replace(EVENING, "").trim() });
  if (!evening) lateGrains(date.add({ days: 1 }), set, get);
}

/** No trading but in the evening, and none in the evening before. */
function close(date: Temporal.PlainDate, set: SetHours, get: GetHours): void {
  const jobsReport = date.day <= 7 && date.month === 4;
  const evening = date.dayOfWeek === 5 ? "" : "17:00-24:00";
  const short = (time: string): string => (jobsReport ? `00:00-${time}` : evening);
  set(date, {
    equity: short("08:15"),
    treasuries: short("10:15"),
    metals: evening,
    fx: short("10:15"),
    crypto: short("10:15"),
    grains: "",
    livestock: "",
  });
  const before = date.subtract({ days: 1 });
  for (const complex of COMPLEXES) {
    const opens = jobsReport && complex !== "metals" && complex !== "grains";
    if (!opens) set(before, { [complex]: get(before, complex).replace(EVENING, "").trim() });
  }
  lateGrains(date.add({ days: 1 }), set, get);
}

/** Without the night before, grains open in the morning; after a weekend nothing is missing. */
function lateGrains(date: Temporal.PlainDate, set: SetHours, get: GetHours): void {
  set(date, { grains: get(date, "grains").replace("00:00-07:45 ", "") });
}

function haltDays(year: number): readonly Temporal.PlainDate[] {
  return [
    nthWeekday(year, 1, 1, 3),
    nthWeekday(year, 2, 1, 3),
    nthWeekday(year, 6, 1, 1).subtract({ days: 7 }),
    observed(Temporal.PlainDate.from({ year, month: 6, day: 19 })),
    observed(Temporal.PlainDate.from({ year, month: 7, day: 4 })),
    nthWeekday(year, 9, 1, 1),
    nthWeekday(year, 11, 4, 4),
  ].map((date) => (date.month === 5 && date.day < 25 ? date.add({ days: 7 }) : date));
}

function closedDays(year: number): readonly Temporal.PlainDate[] {
  const newYears = [year, year + 1].map((of) =>
    Temporal.PlainDate.from({ year: of, month: 1, day: 1 }),
  );
  return [
    // On a Saturday New Year's Day is not observed.
    ...newYears.filter(({ dayOfWeek }) => dayOfWeek !== 6),
    easter(year).subtract({ days: 2 }),
    observed(Temporal.PlainDate.from({ year, month: 12, day: 25 })),
  ];
}

function observed(date: Temporal.PlainDate): Temporal.PlainDate {
  if (date.dayOfWeek === 6) return date.subtract({ days: 1 });
  return date.dayOfWeek === 7 ? date.add({ days: 1 }) : date;
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): Temporal.PlainDate {
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  return first.add({ days: ((weekday - first.dayOfWeek + 7) % 7) + (nth - 1) * 7 });
}

/** The anonymous Gregorian computus. */
function easter(year: number): Temporal.PlainDate {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((8 * b + 13) / 25) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return Temporal.PlainDate.from({ year, month, day: (h + l - 7 * m + 33 * month + 19) % 32 });
}

function ordinary(complex: Complex, date: Temporal.PlainDate): string {
  if (complex === "crypto" && date.toString() >= ROUND_THE_CLOCK) {
    return date.dayOfWeek === 6 ? "00:00-02:00 04:00-24:00" : "00:00-24:00";
  }
  if (date.dayOfWeek === 6) return "";
  const week = WEEK[complex];
  if (date.dayOfWeek === 7) return EVENING.exec(week)?.[0] ?? "";
  return date.dayOfWeek === 5 ? week.replace(EVENING, "").trim() : week;
}

function datesOf(year: number): readonly Temporal.PlainDate[] {
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 });
  return Array.from({ length: first.daysInYear }, (_, days) => first.add({ days }));
}

/** What the calendar answers for one date in Chicago. */
function hoursOn(complex: Complex, date: Temporal.PlainDate): string {
  const hours = tradingHours(HOURS[complex]);
  const midnight = date.toZonedDateTime("America/Chicago");
  const end = midnight.add({ days: 1 }).epochMilliseconds;
  const spans: string[] = [];
  let at = epochMs(midnight.epochMilliseconds);
  for (;;) {
    const from = openInterval(hours, at) ? at : nextOpen(hours, at);
    if (from === undefined || from >= end) return spans.join(" ");
    at = epochMs(Math.min(nextClose(hours, from) ?? end, end));
    spans.push(`${wall(from)}-${at === end ? "24:00" : wall(at)}`);
    if (at === end) return spans.join(" ");
  }
}

function wall(at: number): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO("America/Chicago");
  return local.toPlainTime().toString({ smallestUnit: "minute" });
}

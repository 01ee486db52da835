import type { DayHours, SpecialDay } from "./schedule.ts";

/**
 * Every date on which a CME Globex complex differs from its ordinary week, Chicago time. 2024 to
 * 2026 as LEAN's market-hours file, brokers' copies of CME's notices and recorded bars give them;
 * 2024-11-29 outside equity, the mornings of grains and all of 2027 follow the rules below and
 * were not seen in a notice: check them against CME's own calendar.
 *
 * - US holidays: equity index and treasuries halt at 12:00, metals and energy at 13:30, FX and
 *   crypto trade to 16:00; all reopen at 17:00, except on a Friday. Grains stay shut until 19:00
 *   on a Monday or Juneteenth, else until 08:30 of the next day; livestock has no session.
 * - A session that would belong to a closed day is not held the evening before.
 * - 2025-01-09 was the day of mourning for President Carter.
 * - Crypto trades through every holiday since it went round the clock on 2026-05-29.
 */
export type Complex = "equity" | "treasuries" | "metals" | "fx" | "crypto" | "grains" | "livestock";

/** Energy keeps the dates of metals. */
export function specialDaysOf(complex: Complex): ReadonlyMap<string, SpecialDay> {
  const column = COLUMNS[complex];
  const days = new Map<string, SpecialDay>();
  for (const row of ROWS) {
    const [date, kind, name] = row;
    const hours = row[column];
    if (hours !== R) days.set(date, { name, hours, kind });
  }
  return days;
}

// Regular hours of that weekday.
const R = "regular";
const X: DayHours = "";
// Round the clock, though a holiday for the regular hours.
const ALL: DayHours = "00:00-24:00";
// Opens in the evening only.
const EVE: DayHours = "17:00-24:00";
// H: halts and reopens in the evening. E: closes early, without an evening session.
const H0830: DayHours = "00:00-08:30 17:00-24:00";
const H1200: DayHours = "00:00-12:00 17:00-24:00";
const H1215: DayHours = "00:00-12:15 17:00-24:00";
const H1330: DayHours = "00:00-13:30 17:00-24:00";
const H1600: DayHours = "00:00-16:00 17:00-24:00";
const E0815: DayHours = "00:00-08:15";
const E1015: DayHours = "00:00-10:15";
const E1200: DayHours = "00:00-12:00";
const E1215: DayHours = "00:00-12:15";
const E1245: DayHours = "00:00-12:45";
const E1345: DayHours = "00:00-13:45";
const E1600: DayHours = "00:00-16:00";
// Grains: evening only, no evening, morning instead of night, and the short days.
const GEVE: DayHours = "19:00-24:00";
const GDAY: DayHours = "00:00-07:45 08:30-13:20";
const GLATE: DayHours = "08:30-13:20 19:00-24:00";
const GFRI: DayHours = "08:30-13:20";
const G1205: DayHours = "00:00-07:45 08:30-12:05";
const G1215: DayHours = "00:00-07:45 08:30-12:15 19:00-24:00";
const GBLACK: DayHours = "08:30-12:05";
// Livestock.
const L1205: DayHours = "08:30-12:05";
const L1215: DayHours = "08:30-12:15";

const COLUMNS = {
  equity: 3,
  treasuries: 4,
  metals: 5,
  fx: 6,
  crypto: 7,
  grains: 8,
  livestock: 9,
} as const satisfies Record<Complex, number>;

type Row = readonly [
  date: string,
  kind: SpecialDay["kind"],
  name: string,
  equity: DayHours,
  treasuries: DayHours,
  metals: DayHours,
  fx: DayHours,
  crypto: DayHours,
  grains: DayHours,
  livestock: DayHours,
];

const ROWS: readonly Row[] = [
  //  date      kind       name               equity treas. metals fx     crypto grains livestock
  ["2023-12-31", "short", "New Year's Eve", X, X, X, X, X, X, R],
  ["2024-01-01", "holiday", "New Year's Day", EVE, EVE, EVE, EVE, EVE, X, X],
  ["2024-01-02", "short", "After New Year", R, R, R, R, R, GLATE, R],
  ["2024-01-14", "short", "Before Luther King", R, R, R, R, R, X, R],
  ["2024-01-15", "holiday", "Martin Luther King", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2024-02-18", "short", "Before Presidents", R, R, R, R, R, X, R],
  ["2024-02-19", "holiday", "Presidents' Day", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2024-03-28", "short", "Before Good Friday", E1600, E1600, E1600, E1600, E1600, GDAY, R],
  ["2024-03-29", "holiday", "Good Friday", X, X, X, X, X, X, X],
  ["2024-05-26", "short", "Before Memorial Day", R, R, R, R, R, X, R],
  ["2024-05-27", "holiday", "Memorial Day", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2024-06-18", "short", "Before Juneteenth", R, R, R, R, R, GDAY, R],
  ["2024-06-19", "holiday", "Juneteenth", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2024-07-03", "short", "Before Independence", H1215, R, R, R, R, GDAY, R],
  ["2024-07-04", "holiday", "Independence Day", H1200, H1200, H1330, H1600, H1600, X, X],
  ["2024-07-05", "short", "After Independence", R, R, R, R, R, GFRI, R],
  ["2024-09-01", "short", "Before Labor Day", R, R, R, R, R, X, R],
  ["2024-09-02", "holiday", "Labor Day", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2024-11-27", "short", "Before Thanksgiving", R, R, R, R, R, GDAY, R],
  ["2024-11-28", "holiday", "Thanksgiving", H1200, H1200, H1330, H1600, H1600, X, X],
  ["2024-11-29", "short", "Black Friday", E1215, E1215, E1345, E1345, E1345, GBLACK, L1205],
  ["2024-12-24", "short", "Christmas Eve", E1215, E1215, E1245, E1215, E1245, G1205, L1215],
  ["2024-12-25", "holiday", "Christmas", EVE, EVE, EVE, EVE, EVE, X, X],
  ["2024-12-26", "short", "After Christmas", R, R, R, R, R, GLATE, R],
  ["2024-12-31", "short", "New Year's Eve", E1600, E1600, E1600, E1600, E1600, GDAY, R],

  ["2025-01-01", "holiday", "New Year's Day", EVE, EVE, EVE, EVE, EVE, X, X],
  ["2025-01-02", "short", "After New Year", R, R, R, R, R, GLATE, R],
  ["2025-01-09", "short", "Day of mourning", H0830, H1215, R, R, R, G1215, L1215],
  ["2025-01-19", "short", "Before Luther King", R, R, R, R, R, X, R],
  ["2025-01-20", "holiday", "Martin Luther King", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2025-02-16", "short", "Before Presidents", R, R, R, R, R, X, R],
  ["2025-02-17", "holiday", "Presidents' Day", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2025-04-17", "short", "Before Good Friday", E1600, E1600, E1600, E1600, E1600, GDAY, R],
  ["2025-04-18", "holiday", "Good Friday", X, X, X, X, X, X, X],
  ["2025-05-25", "short", "Before Memorial Day", R, R, R, R, R, X, R],
  ["2025-05-26", "holiday", "Memorial Day", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2025-06-18", "short", "Before Juneteenth", R, R, R, R, R, GDAY, R],
  ["2025-06-19", "holiday", "Juneteenth", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2025-07-03", "short", "Before Independence", H1215, R, R, R, R, GDAY, R],
  ["2025-07-04", "holiday", "Independence Day", E1200, E1200, E1200, E1200, E1200, X, X],
  ["2025-08-31", "short", "Before Labor Day", R, R, R, R, R, X, R],
  ["2025-09-01", "holiday", "Labor Day", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2025-11-26", "short", "Before Thanksgiving", R, R, R, R, R, GDAY, R],
  ["2025-11-27", "holiday", "Thanksgiving", H1200, H1200, H1330, H1600, H1600, X, X],
  ["2025-11-28", "short", "Black Friday", E1215, E1215, E1345, E1345, E1345, GBLACK, L1205],
  ["2025-12-24", "short", "Christmas Eve", E1215, E1215, E1245, E1245, E1245, G1205, L1215],
  ["2025-12-25", "holiday", "Christmas", EVE, EVE, EVE, EVE, EVE, X, X],
  ["2025-12-26", "short", "After Christmas", R, R, R, R, R, GFRI, R],
  ["2025-12-31", "short", "New Year's Eve", E1600, E1600, E1600, E1600, E1600, GDAY, R],

  ["2026-01-01", "holiday", "New Year's Day", EVE, EVE, EVE, EVE, EVE, X, X],
  ["2026-01-02", "short", "After New Year", R, R, R, R, R, GFRI, R],
  ["2026-01-18", "short", "Before Luther King", R, R, R, R, R, X, R],
  ["2026-01-19", "holiday", "Martin Luther King", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2026-02-15", "short", "Before Presidents", R, R, R, R, R, X, R],
  ["2026-02-16", "holiday", "Presidents' Day", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2026-04-02", "short", "Before Good Friday", R, R, E1600, R, R, GDAY, R],
  ["2026-04-03", "short", "Good Friday", E0815, E1015, X, E1015, E1015, X, X],
  ["2026-05-24", "short", "Before Memorial Day", R, R, R, R, R, X, R],
  ["2026-05-25", "holiday", "Memorial Day", H1200, H1200, H1330, H1600, H1600, GEVE, X],
  ["2026-06-18", "short", "Before Juneteenth", R, R, R, R, R, GDAY, R],
  ["2026-06-19", "holiday", "Juneteenth", E1200, E1200, E1200, E1200, ALL, X, X],
  ["2026-07-02", "short", "Before Independence", R, R, R, R, R, GDAY, R],
  ["2026-07-03", "holiday", "Independence Day", E1200, E1200, E1200, E1200, ALL, X, X],
  ["2026-09-06", "short", "Before Labor Day", R, R, R, R, R, X, R],
  ["2026-09-07", "holiday", "Labor Day", H1200, H1200, H1330, H1600, ALL, GEVE, X],
  ["2026-11-25", "short", "Before Thanksgiving", R, R, R, R, R, GDAY, R],
  ["2026-11-26", "holiday", "Thanksgiving", H1200, H1200, H1330, H1600, ALL, X, X],
  ["2026-11-27", "short", "Black Friday", E1215, E1215, E1345, E1345, R, GBLACK, L1205],
  ["2026-12-24", "short", "Christmas Eve", E1215, E1215, E1245, E1245, R, G1205, L1215],
  ["2026-12-25", "holiday", "Christmas", X, X, X, X, ALL, X, X],
  ["2026-12-31", "short", "New Year's Eve", E1600, E1600, E1600, E1600, R, GDAY, R],

  ["2027-01-01", "holiday", "New Year's Day", X, X, X, X, ALL, X, X],
  ["2027-01-17", "short", "Before Luther King", R, R, R, R, R, X, R],
  ["2027-01-18", "holiday", "Martin Luther King", H1200, H1200, H1330, H1600, ALL, GEVE, X],
  ["2027-02-14", "short", "Before Presidents", R, R, R, R, R, X, R],
  ["2027-02-15", "holiday", "Presidents' Day", H1200, H1200, H1330, H1600, ALL, GEVE, X],
  ["2027-03-25", "short", "Before Good Friday", E1600, E1600, E1600, E1600, R, GDAY, R],
  ["2027-03-26", "holiday", "Good Friday", X, X, X, X, ALL, X, X],
  ["2027-05-30", "short", "Before Memorial Day", R, R, R, R, R, X, R],
  ["2027-05-31", "holiday", "Memorial Day", H1200, H1200, H1330, H1600, ALL, GEVE, X],
  ["2027-06-17", "short", "Before Juneteenth", R, R, R, R, R, GDAY, R],
  ["2027-06-18", "holiday", "Juneteenth", E1200, E1200, E1200, E1200, ALL, X, X],
  ["2027-07-04", "short", "Before Independence", R, R, R, R, R, X, R],
  ["2027-07-05", "holiday", "Independence Day", H1200, H1200, H1330, H1600, ALL, GEVE, X],
  ["2027-09-05", "short", "Before Labor Day", R, R, R, R, R, X, R],
  ["2027-09-06", "holiday", "Labor Day", H1200, H1200, H1330, H1600, ALL, GEVE, X],
  ["2027-11-24", "short", "Before Thanksgiving", R, R, R, R, R, GDAY, R],
  ["2027-11-25", "holiday", "Thanksgiving", H1200, H1200, H1330, H1600, ALL, X, X],
  ["2027-11-26", "short", "Black Friday", E1215, E1215, E1345, E1345, R, GBLACK, L1205],
  ["2027-12-23", "short", "Before Christmas", E1600, E1600, E1600, E1600, R, GDAY, R],
  ["2027-12-24", "holiday", "Christmas", X, X, X, X, ALL, X, X],
];

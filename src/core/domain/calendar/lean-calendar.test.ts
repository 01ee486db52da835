import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { INSTRUMENTS } from "#core/domain/instrument-catalogue.ts";
import { isOpen, nextClose, nextOpen, openInterval } from "#core/domain/trading-hours.ts";
import type { TradingHours } from "#core/domain/trading-hours.ts";
import { epochMs } from "#core/domain/units.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { tradingHours } from "./cme-hours.ts";
import type { TradingHoursId } from "./cme-hours.ts";
import { LEAN_DIFFERENCES } from "./lean-differences.ts";
import type { LeanDifference } from "./lean-differences.ts";

/** `[from, until)` in minutes since 1970. */
type Span = readonly [from: number, until: number];
type Difference = { readonly span: Span; readonly ours: "open" | "closed" };

type LeanSegment = { readonly start: string; readonly end: string };
type LeanEntry = {
  readonly exchangeTimeZone: string;
  readonly holidays: readonly string[];
  readonly earlyCloses: Readonly<Record<string, string>>;
  readonly lateOpens: Readonly<Record<string, string>>;
} & Readonly<Record<(typeof WEEKDAYS)[number], readonly LeanSegment[]>>;

const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

const PATH = "lean/market-hours/market-hours-database.json.gz";
const FILE = new URL(`../../../../../shared/data/${PATH}`, import.meta.url);
const NAME = existsSync(FILE) ? "" : ` (skipped: needs the recorded data ../shared/data/${PATH})`;

const FROM = minuteOf("2024-01-01T00:00");
const UNTIL = minuteOf("2027-01-01T00:00");
const NO_ENTRY = ["MHG", "QM", "QG", "MNG"];

test.skipIf(NAME !== "")(
  `every minute of 2024 to 2026 agrees with LEAN but for a listed reason${NAME}`,
  () => {
    const used = new Set<LeanDifference>();
    const unlisted: string[] = [];

    for (const { roots, hours, lean } of comparisons()) {
      const found = differences(ourSpans(hours), lean);
      for (const root of roots) {
        for (const difference of found) {
          const row = listed(root, difference);
          if (row) used.add(row);
          else unlisted.push(`${root} ${shown(difference)}`);
        }
      }
      expect(`${roots.join(" ")} ${firstWrongMinute(hours, lean, found)}`).toBe(
        `${roots.join(" ")} -1`,
      );
    }

    expect(unlisted).toEqual([]);
    expect(LEAN_DIFFERENCES.filter((row) => !used.has(row))).toEqual([]);
  },
  30_000,
);

type Comparison = {
  readonly roots: readonly string[];
  readonly hours: TradingHours;
  readonly lean: readonly Span[];
};

/** Products that have an entry of their own in LEAN, those with the same hours here and there once. */
function comparisons(): readonly Comparison[] {
  const entries = leanEntries();
  const groups = Map.groupBy(INSTRUMENTS, ({ root, exchange, hours }) => {
    const market = `Future-${exchange.toLowerCase()}`;
    const entry = entries[`${market}-${root}`];
    return entry && JSON.stringify([hours, entry, entries[`${market}-[*]`]?.holidays]);
  });
  expect(groups.get(undefined)?.map(({ root }) => root)).toEqual(NO_ENTRY);
  groups.delete(undefined);
  return [...groups].map(([key, instruments]) => {
    const [hours, entry, holidays] = JSON.parse(key ?? "") as Parsed;
    return {
      roots: instruments.map(({ root }) => root),
      hours: tradingHours(hours),
      lean: leanSpans(entry, holidays),
    };
  });
}

type Parsed = readonly [TradingHoursId, LeanEntry, readonly string[]];

/** Asks `isOpen` itself: LEAN's answer for each minute, turned around where there is a difference. */
function firstWrongMinute(
  hours: TradingHours,
  lean: readonly Span[],
  found: readonly Difference[],
): number {
  const expected = new Uint8Array(UNTIL - FROM);
  for (const [from, until] of lean) expected.fill(1, clip(from), clip(until));
  for (const { span, ours } of found) {
    expected.fill(ours === "open" ? 1 : 0, clip(span[0]), clip(span[1]));
  }
  return expected.findIndex(
    (open, minute) => isOpen(hours, ((FROM + minute) * 60_000) as EpochMs) !== (open === 1),
  );
}

/** Our open spans by walking from opening to opening, as a caller would. */
function ourSpans(hours: TradingHours): readonly Span[] {
  const spans: Span[] = [];
  let at = nextOpen(hours, epochMs((FROM - 10 * 1440) * 60_000));
  for (; at !== undefined; at = nextOpen(hours, at)) {
    const interval = openInterval(hours, at);
    if (interval?.from !== at || interval.until !== nextClose(hours, at)) break;
    spans.push([interval.from / 60_000, interval.until / 60_000]);
  }
  expect(at).toBeUndefined();
  return spans;
}

/**
 * A product's open spans as LEAN reads its file: pre-market, market and post-market all trade; a
 * holiday shuts the whole date of the exchange's zone; an early close cuts a date, a late open
 * begins it, and both halt in between. Holidays of the whole exchange ("[*]") count too, except
 * on a date for which the product itself says when it trades.
 */
function leanSpans(entry: LeanEntry, exchangeHolidays: readonly string[]): readonly Span[] {
  const early = datesOf(entry.earlyCloses);
  const late = datesOf(entry.lateOpens);
  const general = exchangeHolidays.map(isoDate).filter((day) => !early.has(day) && !late.has(day));
  const holidays = new Set([...entry.holidays.map(isoDate), ...general]);

  const spans: Span[] = [];
  for (let days = -2; days < 1_098; days += 1) {
    const date = Temporal.PlainDate.from("2024-01-01").add({ days });
    const name = date.toString();
    const weekday = WEEKDAYS[date.dayOfWeek - 1];
    if (weekday === undefined || holidays.has(name)) continue;
    const usual = entry[weekday].map(({ start, end }): Span => [minutes(start), minutes(end)]);
    for (const span of cut(usual, early.get(name), late.get(name))) {
      const [from, until] = span.map((time) => minuteAt(date, time, entry.exchangeTimeZone));
      spans.push([from ?? Number.NaN, until ?? Number.NaN]);
    }
  }
  return joined(spans);
}

function cut(
  usual: readonly Span[],
  early: number | undefined,
  late: number | undefined,
): readonly Span[] {
  const within = (open: number, close: number): Span[] =>
    usual.map(([from, until]) => [Math.max(from, open), Math.min(until, close)]);
  const [open, close] = [late ?? 0, early ?? 1440];
  const halts = early !== undefined && late !== undefined && early <= late;
  const parts = halts ? [...within(0, close), ...within(open, 1440)] : within(open, close);
  return parts.filter(([from, until]) => from < until);
}

function differences(ours: readonly Span[], lean: readonly Span[]): readonly Difference[] {
  const changes = [
    ...ours.flat().map((at) => [at, 1] as const),
    ...lean.flat().map((at) => [at, 2] as const),
  ];
  const found: Difference[] = [];
  let [state, since] = [0, 0];
  for (const [at, side] of changes.sort(([a], [b]) => a - b)) {
    const span: Span = [Math.max(since, FROM), Math.min(at, UNTIL)];
    if ((state === 1 || state === 2) && span[0] < span[1]) {
      found.push({ span, ours: state === 1 ? "open" : "closed" });
    }
    [state, since] = [state ^ side, at];
  }
  return found;
}

function listed(root: string, { span, ours }: Difference): LeanDifference | undefined {
  return LEAN_DIFFERENCES.find((row) => {
    const [from, until] = [minuteOf(row.from), minuteOf(row.until)];
    const fits = row.recurs
      ? span[0] >= from && span[1] <= until
      : span[0] === from && span[1] === until;
    return fits && row.ours === ours && row.products.includes(root);
  });
}

function joined(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last?.[1] === span[0]) result.splice(-1, 1, [last[0], span[1]]);
    else result.push(span);
  }
  return result;
}

function leanEntries(): Readonly<Record<string, LeanEntry>> {
  const text = gunzipSync(readFileSync(FILE)).toString();
  return (JSON.parse(text) as { readonly entries: Readonly<Record<string, LeanEntry>> }).entries;
}

function datesOf(times: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(times).map(([date, time]) => [isoDate(date), minutes(time)]));
}

/** "1/9/2025" there, "2025-01-09" here. */
function isoDate(date: string): string {
  const [month = "", day = "", year = ""] = date.split("/");
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** "13:15:00" is 795; "1.00:00:00", one day, is the end of the date. */
function minutes(time: string): number {
  if (time === "1.00:00:00") return 1440;
  const [hour = Number.NaN, minute = Number.NaN, second] = time.split(":").map(Number);
  expect(second).toBe(0);
  return hour * 60 + minute;
}

function minuteAt(date: Temporal.PlainDate, minute: number, zone: string): number {
  const [day, rest] = minute === 1440 ? [date.add({ days: 1 }), 0] : [date, minute];
  const time = Temporal.PlainTime.from({ hour: Math.floor(rest / 60), minute: rest % 60 });
  return day.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds / 60_000;
}

function minuteOf(chicago: string): number {
  return (
    Temporal.PlainDateTime.from(chicago).toZonedDateTime("America/Chicago").epochMilliseconds /
    60_000
  );
}

function clip(minute: number): number {
  return Math.min(Math.max(minute - FROM, 0), UNTIL - FROM);
}

function shown({ span, ours }: Difference): string {
  const [from, until] = span.map((minute) =>
    Temporal.Instant.fromEpochMilliseconds(minute * 60_000)
      .toZonedDateTimeISO("America/Chicago")
      .toPlainDateTime()
      .toString({ smallestUnit: "minute" }),
  );
  return `${from} to ${until}, ours ${ours}`;
}

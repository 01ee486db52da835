import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TRADING_HOURS_IDS, tradingHours } from "./calendar/cme-hours.ts";
import { instrumentByRoot, INSTRUMENTS } from "./instrument-catalogue.ts";
import {
  isOpen,
  isRegular,
  nextClose,
  nextOpen,
  nextRegularOpen,
  openInterval,
  regularInterval,
  unknownHours,
} from "./trading-hours.ts";
import { epochMs } from "./units.ts";

const EQUITY = tradingHours("cme-equity");
const CRYPTO = tradingHours("cme-crypto");
const ALWAYS = tradingHours("24x7");

/** Chicago time. */
const at = (local: string) =>
  epochMs(Temporal.PlainDateTime.from(local).toZonedDateTime("America/Chicago").epochMilliseconds);
const span = (from: string, until: string) => ({ from: at(from), until: at(until) });
const utc = (text: string) => epochMs(Temporal.Instant.from(text).epochMilliseconds);

const anyHours = fc.constantFrom(...TRADING_HOURS_IDS).map(tradingHours);
const anyMinute = fc
  .integer({ min: Date.UTC(2012, 11, 1) / 60_000, max: Date.UTC(2028, 1, 1) / 60_000 })
  .map((minute) => epochMs(minute * 60_000));

test("gold on 2013-10-08 trades from the evening before to 16:15 Chicago", () => {
  for (const root of ["GC", "MGC"]) {
    const hours = tradingHours(instrumentByRoot(root)?.hours ?? "24x7");

    expect(openInterval(hours, utc("2013-10-08T12:00:00Z"))).toEqual({
      from: utc("2013-10-07T22:00:00Z"),
      until: utc("2013-10-08T21:15:00Z"),
    });
  }
});

test("equity paused at 15:15 and closed at 16:15, then at 16:00, then paused no more", () => {
  expect(openInterval(EQUITY, at("2013-10-08T16:05"))).toEqual(
    span("2013-10-08T15:30", "2013-10-08T16:15"),
  );
  expect(openInterval(EQUITY, at("2013-10-08T15:20"))).toBeUndefined();
  expect(openInterval(EQUITY, at("2015-09-18T15:45"))).toEqual(
    span("2015-09-18T15:30", "2015-09-18T16:15"),
  );
  expect(openInterval(EQUITY, at("2015-09-21T15:45"))).toEqual(
    span("2015-09-21T15:30", "2015-09-21T16:00"),
  );
  expect(openInterval(EQUITY, at("2021-06-25T15:20"))).toBeUndefined();
  expect(openInterval(EQUITY, at("2021-06-28T15:20"))).toEqual(
    span("2021-06-27T17:00", "2021-06-28T16:00"),
  );
});

test("opening and closing belong to what begins with them", () => {
  expect(isOpen(EQUITY, epochMs(at("2026-01-14T16:00") - 1))).toBe(true);
  expect(isOpen(EQUITY, at("2026-01-14T16:00"))).toBe(false);
  expect(isOpen(EQUITY, epochMs(at("2026-01-14T17:00") - 1))).toBe(false);
  expect(isOpen(EQUITY, at("2026-01-14T17:00"))).toBe(true);
});

test("the next opening and closing lie after the instant, open or closed", () => {
  const friday = at("2026-01-16T15:59");
  const weekend = at("2026-01-17T12:00");
  const opening = at("2026-01-18T17:00");

  expect(nextClose(EQUITY, friday)).toBe(at("2026-01-16T16:00"));
  expect(nextOpen(EQUITY, friday)).toBe(opening);
  expect(nextOpen(EQUITY, weekend)).toBe(opening);
  // Martin Luther King's day halts at noon.
  expect(nextClose(EQUITY, weekend)).toBe(at("2026-01-19T12:00"));
  expect(nextClose(EQUITY, opening)).toBe(at("2026-01-19T12:00"));
  expect(nextOpen(EQUITY, opening)).toBe(at("2026-01-19T17:00"));
});

test("regular hours follow the wall clock through both clock changes", () => {
  const regular = (day: string) => regularInterval(EQUITY, at(`${day}T10:00`));

  expect(regular("2026-03-06")).toEqual(span("2026-03-06T08:30", "2026-03-06T15:00"));
  expect(regular("2026-03-09")).toEqual(span("2026-03-09T08:30", "2026-03-09T15:00"));
  expect(regular("2026-10-30")).toEqual(span("2026-10-30T08:30", "2026-10-30T15:00"));
  expect(regular("2026-11-02")).toEqual(span("2026-11-02T08:30", "2026-11-02T15:00"));
});

test("a short day cuts the regular hours, a holiday has none though the market trades", () => {
  expect(regularInterval(EQUITY, at("2026-11-27T10:00"))).toEqual(
    span("2026-11-27T08:30", "2026-11-27T12:15"),
  );
  expect(isOpen(EQUITY, at("2026-01-19T10:00"))).toBe(true);
  expect(isRegular(EQUITY, at("2026-01-19T10:00"))).toBe(false);
  expect(nextRegularOpen(EQUITY, at("2026-01-16T15:00"))).toBe(at("2026-01-20T08:30"));
  // Good Friday 2026: equity closed before its regular opening, FX traded to 10:15.
  expect(nextRegularOpen(EQUITY, at("2026-04-02T15:00"))).toBe(at("2026-04-06T08:30"));
  expect(regularInterval(tradingHours("cme-fx"), at("2026-04-03T08:00"))).toEqual(
    span("2026-04-03T07:20", "2026-04-03T10:15"),
  );
});

test.for([
  ["ES", "08:30", "15:00"],
  ["MGC", "07:20", "12:30"],
  ["SIL", "07:25", "12:25"],
  ["MHG", "07:10", "12:00"],
  ["PL", "07:20", "12:05"],
  ["MCL", "08:00", "13:30"],
  ["M6E", "07:20", "14:00"],
  ["ZN", "07:20", "14:00"],
  ["ZS", "08:30", "13:20"],
  ["LE", "08:30", "13:05"],
  ["MBT", "08:30", "15:00"],
] as const)("regular hours of %s are %s to %s", ([root, from, until]) => {
  const hours = tradingHours(instrumentByRoot(root)?.hours ?? "24x7");

  expect(regularInterval(hours, at("2026-01-14T11:00"))).toEqual(
    span(`2026-01-14T${from}`, `2026-01-14T${until}`),
  );
});

test("crypto goes round the clock on 2026-05-29 and rests two hours on Saturdays", () => {
  expect(openInterval(CRYPTO, at("2026-05-29T16:30"))).toEqual(
    span("2026-05-28T17:00", "2026-05-30T02:00"),
  );
  expect(isOpen(CRYPTO, at("2026-05-30T03:00"))).toBe(false);
  expect(openInterval(CRYPTO, at("2026-06-19T16:30"))).toEqual(
    span("2026-06-13T04:00", "2026-06-20T02:00"),
  );
  expect(isOpen(CRYPTO, at("2026-05-23T12:00"))).toBe(false);
  expect(isRegular(CRYPTO, at("2026-06-20T12:00"))).toBe(false);
});

test("beyond the calendar everything is closed, and the reason is told", () => {
  const after = at("2028-01-03T10:00");
  const before = at("2012-12-31T10:00");

  expect(isOpen(EQUITY, after)).toBe(false);
  expect(openInterval(EQUITY, after)).toBeUndefined();
  expect(nextOpen(EQUITY, after)).toBeUndefined();
  expect(nextClose(EQUITY, after)).toBeUndefined();
  expect(nextRegularOpen(EQUITY, after)).toBeUndefined();
  expect(unknownHours(EQUITY, after)).toBe("calendar ends 2027-12-31");
  expect(isOpen(EQUITY, before)).toBe(false);
  expect(unknownHours(EQUITY, before)).toBe("calendar begins 2013-01-01");
});

test("the calendar ends with its last date, not with the last closing", () => {
  const end = at("2028-01-01T00:00");

  expect(unknownHours(EQUITY, epochMs(end - 1))).toBeUndefined();
  expect(unknownHours(EQUITY, end)).toBe("calendar ends 2027-12-31");
  expect(nextClose(CRYPTO, at("2027-12-31T12:00"))).toBe(end);
  expect(isOpen(CRYPTO, end)).toBe(false);
});

test("what never closes is open and regular at every instant", () => {
  fc.assert(
    fc.property(anyMinute, (instant) => {
      expect(isOpen(ALWAYS, instant) && isRegular(ALWAYS, instant)).toBe(true);
      expect(nextOpen(ALWAYS, instant)).toBeUndefined();
      expect(unknownHours(ALWAYS, instant)).toBeUndefined();
    }),
  );
});

test("all questions about an instant get answers that fit together", () => {
  fc.assert(
    fc.property(anyHours, anyMinute, (hours, instant) => {
      const open = isOpen(hours, instant);
      const interval = openInterval(hours, instant);
      const opening = nextOpen(hours, instant);
      const closing = nextClose(hours, instant);

      expect(interval !== undefined).toBe(open);
      if (interval) {
        expect(interval.from <= instant && instant < interval.until).toBe(true);
        expect(closing).toBe(interval.until);
      }
      if (opening !== undefined) {
        expect(opening > instant && isOpen(hours, opening)).toBe(true);
        expect(isOpen(hours, epochMs(opening - 1))).toBe(false);
      }
      if (isRegular(hours, instant)) expect(open).toBe(true);
      if (unknownHours(hours, instant) !== undefined) expect(open).toBe(false);
    }),
    { numRuns: 3_000 },
  );
});

test("open intervals are disjoint and ascend", () => {
  for (const id of TRADING_HOURS_IDS) {
    const hours = tradingHours(id);
    let closed = utc("2012-01-01T00:00:00Z");
    let opening = nextOpen(hours, closed);
    while (opening !== undefined) {
      const interval = openInterval(hours, opening);

      expect(interval && interval.from > closed && interval.until > interval.from).toBe(true);
      closed = interval?.until ?? closed;
      opening = nextOpen(hours, closed);
    }
  }
});

test("a minute on Chicago's wall has one answer, however often the clock shows it", () => {
  const changes = ["2024-11-03", "2025-11-02", "2026-11-01", "2027-11-07", "2026-03-08"];
  const anyWallMinute = fc.oneof(
    anyMinute.map((ms) =>
      Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO("UTC").toPlainDateTime(),
    ),
    fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: 0, max: 239 }))
      .map(([date, minutes]) => Temporal.PlainDateTime.from(date).add({ minutes })),
  );
  fc.assert(
    fc.property(anyHours, anyWallMinute, (hours, wall) => {
      const answers = (["earlier", "later"] as const).map((disambiguation) => {
        const { epochMilliseconds } = wall.toZonedDateTime("America/Chicago", { disambiguation });
        return [
          isOpen(hours, epochMs(epochMilliseconds)),
          isRegular(hours, epochMs(epochMilliseconds)),
        ];
      });

      expect(answers[1]).toEqual(answers[0]);
    }),
    { numRuns: 2_000 },
  );
});

test("every instrument has hours that are known today", () => {
  for (const { hours } of INSTRUMENTS) {
    expect(unknownHours(tradingHours(hours), at("2026-11-20T12:00"))).toBeUndefined();
  }
});

const RECORDED = "futures/tradingview_continuous_1m";

test.for([
  ["ES1_1m", "cme-equity"],
  ["CL1_1m", "cme-energy"],
] as const)(
  "every minute that %s traded from 2024-12 to 2025-06 is open",
  ([name, id], { skip }) => {
    const folder = new URL(`../../../../shared/data/${RECORDED}/${name}/`, import.meta.url);
    if (!existsSync(folder)) skip(`needs the recorded data ../shared/data/${RECORDED}`);
    const hours = tradingHours(id);

    const times = readdirSync(folder)
      .filter((file) => file.endsWith(".json.gz"))
      .flatMap((file) => barTimes(new URL(file, folder)));

    expect(times.length).toBeGreaterThan(190_000);
    expect(times.filter((time) => !isOpen(hours, epochMs(time * 1_000)))).toEqual([]);
  },
);

/** Beginnings of bars in epoch seconds. */
function barTimes(file: URL): readonly number[] {
  const text = gunzipSync(readFileSync(file)).toString();
  return (JSON.parse(text) as readonly { readonly time: number }[]).map(({ time }) => time);
}

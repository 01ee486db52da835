import fc from "fast-check";
import { expect, test } from "vitest";
import { InvariantError } from "./invariant.ts";
import {
  CME_ROLL,
  CRYPTO_ROLL,
  nextRoll,
  tradingDay,
  tradingDayBounds,
  tradingDayOf,
} from "./trading-day.ts";
import type { DayRoll } from "./trading-day.ts";
import { epochMs } from "./units.ts";

/** "2026-03-06T16:59:59.999" in a zone, and the like. */
const at = (local: string, zone = "America/Chicago") =>
  epochMs(Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds);

const NEW_YORK_ROLL: DayRoll = { ...CME_ROLL, time: "18:00", zone: "America/New_York" };
const LATE_CRYPTO_ROLL: DayRoll = { ...CRYPTO_ROLL, time: "00:30" };

const anyInstant = fc
  .integer({ min: Date.UTC(2013, 0, 1), max: Date.UTC(2030, 0, 1) })
  .map(epochMs);

test.for([
  ["2026-01-14T16:59:59.999", "2026-01-14"],
  ["2026-01-14T17:00", "2026-01-15"],
  ["2026-01-14T23:59:59.999", "2026-01-15"],
  // Midnight is hour 0 of the new date, not hour 24 of the old one.
  ["2026-01-15T00:00", "2026-01-15"],
  ["2026-01-15T00:59", "2026-01-15"],
  ["2026-01-15T12:00", "2026-01-15"],
  // Friday evening to Sunday is Monday, the first day of the week that has a roll to end it.
  ["2026-01-16T16:59:59.999", "2026-01-16"],
  ["2026-01-16T17:00", "2026-01-19"],
  ["2026-01-17T12:00", "2026-01-19"],
  ["2026-01-18T16:59", "2026-01-19"],
  ["2026-01-18T17:00", "2026-01-19"],
  ["2026-01-19T17:00", "2026-01-20"],
  // Clocks change on 8 March and 1 November.
  ["2026-03-08T01:59:59.999", "2026-03-09"],
  ["2026-03-08T17:00", "2026-03-09"],
  ["2026-03-09T16:59:59.999", "2026-03-09"],
  ["2026-03-09T17:00", "2026-03-10"],
  ["2026-11-01T17:00", "2026-11-02"],
  ["2026-11-02T16:59:59.999", "2026-11-02"],
  ["2026-11-02T17:00", "2026-11-03"],
  ["2024-02-28T17:00", "2024-02-29"],
  ["2025-12-31T17:00", "2026-01-01"],
] as const)("%s in Chicago belongs to %s", ([local, day]) => {
  expect(tradingDayOf(at(local), CME_ROLL)).toBe(day);
});

test("the bounds of a day are its rolls in UTC, in winter, in summer and over both changes", () => {
  const bounds = (day: string) => {
    const { from, until } = tradingDayBounds(tradingDay(day), CME_ROLL);
    return [from, until].map((ms) => Temporal.Instant.fromEpochMilliseconds(ms).toString());
  };

  expect(bounds("2026-01-14")).toEqual(["2026-01-13T23:00:00Z", "2026-01-14T23:00:00Z"]);
  expect(bounds("2026-07-14")).toEqual(["2026-07-13T22:00:00Z", "2026-07-14T22:00:00Z"]);
  expect(bounds("2026-03-09")).toEqual(["2026-03-06T23:00:00Z", "2026-03-09T22:00:00Z"]);
  expect(bounds("2026-11-02")).toEqual(["2026-10-30T22:00:00Z", "2026-11-02T23:00:00Z"]);
});

test("a crypto day is a UTC date, weekends included", () => {
  const sunday = epochMs(Date.UTC(2026, 0, 18));

  expect(tradingDayOf(sunday, CRYPTO_ROLL)).toBe("2026-01-18");
  expect(tradingDayOf(epochMs(sunday - 1), CRYPTO_ROLL)).toBe("2026-01-17");
  expect(tradingDayOf(sunday, LATE_CRYPTO_ROLL)).toBe("2026-01-17");
  expect(tradingDayOf(epochMs(sunday + 30 * 60_000), LATE_CRYPTO_ROLL)).toBe("2026-01-18");
  expect(nextRoll(sunday, CRYPTO_ROLL)).toBe(Date.UTC(2026, 0, 19));
});

test("the next roll ends the day, and a roll itself begins the next", () => {
  expect(nextRoll(at("2026-01-14T16:59"), CME_ROLL)).toBe(at("2026-01-14T17:00"));
  expect(nextRoll(at("2026-01-14T17:00"), CME_ROLL)).toBe(at("2026-01-15T17:00"));
  expect(nextRoll(at("2026-01-17T12:00"), CME_ROLL)).toBe(at("2026-01-19T17:00"));
});

test("every instant lies in the bounds of its own day", () => {
  const rolls = [CME_ROLL, NEW_YORK_ROLL, CRYPTO_ROLL, LATE_CRYPTO_ROLL];
  fc.assert(
    fc.property(anyInstant, fc.constantFrom(...rolls), (instant, roll) => {
      const { from, until } = tradingDayBounds(tradingDayOf(instant, roll), roll);

      expect(instant >= from && instant < until).toBe(true);
      expect(nextRoll(instant, roll)).toBe(until);
      expect(tradingDayOf(from, roll)).toBe(tradingDayOf(instant, roll));
      expect(tradingDayOf(until, roll) > tradingDayOf(instant, roll)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("17:00 in Chicago is 18:00 in New York, all year", () => {
  fc.assert(
    fc.property(anyInstant, (instant) => {
      expect(tradingDayOf(instant, CME_ROLL)).toBe(tradingDayOf(instant, NEW_YORK_ROLL));
      expect(nextRoll(instant, CME_ROLL)).toBe(nextRoll(instant, NEW_YORK_ROLL));
    }),
    { numRuns: 1_000 },
  );
});

test("a roll that the clock shows twice begins the day once", () => {
  const roll: DayRoll = { time: "01:30", zone: "America/New_York", weekend: "separate" };
  const first = at("2026-11-01T01:30", "America/New_York");

  expect(tradingDayOf(epochMs(first - 1), roll)).toBe("2026-10-31");
  expect(tradingDayOf(first, roll)).toBe("2026-11-01");
  expect(tradingDayOf(epochMs(first + 45 * 60_000), roll)).toBe("2026-11-01");
});

test.for(["2026-02-30", "2026-13-01", "2026-1-1", "today", ""])("%j is no day", (text) => {
  expect(() => tradingDay(text)).toThrow(RangeError);
});

test.for(["2026-01-17", "2026-01-18"])("%s is a weekend and has no bounds of its own", (day) => {
  expect(() => tradingDayBounds(tradingDay(day), CME_ROLL)).toThrow(InvariantError);
});

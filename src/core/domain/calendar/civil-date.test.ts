import fc from "fast-check";
import { expect, test } from "vitest";
import { dayNumber, formatDate, parseDate, parseTimeOfDay, weekdayOf } from "./civil-date.ts";

test("dates agree with the calendar of the platform over four centuries", () => {
  fc.assert(
    fc.property(fc.integer({ min: -135_000, max: 135_000 }), (days) => {
      const date = Temporal.PlainDate.from("1970-01-01").add({ days });

      expect(formatDate(dayNumber(days))).toBe(date.toString());
      expect(parseDate(date.toString())).toBe(days);
      expect(weekdayOf(dayNumber(days))).toBe(date.dayOfWeek % 7);
    }),
    { numRuns: 1_000 },
  );
});

test.for(["2025-02-29", "2100-02-29", "2026-00-10", "2026-04-31", "26-04-30", "2026-04-30T00:00"])(
  "%s is no date",
  (text) => {
    expect(() => parseDate(text)).toThrow(RangeError);
  },
);

test("times of day are milliseconds after midnight, the end of the day included", () => {
  expect(parseTimeOfDay("00:00")).toBe(0);
  expect(parseTimeOfDay("16:59")).toBe(61_140_000);
  expect(parseTimeOfDay("24:00")).toBe(86_400_000);
});

test.for(["24:01", "12:60", "1:00", "noon", ""])("%j is no time of day", (text) => {
  expect(() => parseTimeOfDay(text)).toThrow(RangeError);
});

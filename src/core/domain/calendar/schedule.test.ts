import { expect, test } from "vitest";
import { InvariantError } from "#core/domain/invariant.ts";
import { epochMs } from "#core/domain/units.ts";
import { spansOf, timelinesOf } from "./schedule.ts";
import { Timeline } from "./timeline.ts";

const interval = (from: number, until: number) => ({ from: epochMs(from), until: epochMs(until) });

test("open times read as spans after midnight", () => {
  expect(spansOf("")).toEqual([]);
  expect(spansOf("00:00-16:00 17:00-24:00")).toEqual([
    { from: 0, until: 57_600_000 },
    { from: 61_200_000, until: 86_400_000 },
  ]);
});

test.for([
  "16:00-08:00",
  "08:00-08:00",
  "08:00-12:00 12:00-13:00",
  "08:00 12:00",
  "08:00-25:00",
  "all",
])("%j is no list of open times", (hours) => {
  expect(() => spansOf(hours)).toThrow(RangeError);
});

test("midnight does not cut an interval, and a new week begins on its date", () => {
  const week = { sunday: "", mondayToThursday: "20:00-24:00", friday: "00:00-04:00", saturday: "" };
  const { open, regular } = timelinesOf({
    zone: "UTC",
    weeks: [
      { from: "2026-01-08", ...week },
      { from: "2026-01-10", ...week, saturday: "01:00-02:00" },
    ],
    regular: "02:00-03:00 22:00-23:00",
    specialDays: new Map(),
    lastDay: "2026-01-11",
  });
  const at = (day: number, hour: number) => Date.UTC(2026, 0, day, hour);

  expect([...open.intervals()]).toEqual([
    interval(at(8, 20), at(9, 4)),
    interval(at(10, 1), at(10, 2)),
  ]);
  expect([...regular.intervals()]).toEqual([
    interval(at(8, 22), at(8, 23)),
    interval(at(9, 2), at(9, 3)),
  ]);
});

test("hours that the clock skips are not there", () => {
  const week = { sunday: "02:00-02:30", mondayToThursday: "", friday: "", saturday: "" };
  const { open } = timelinesOf({
    zone: "America/Chicago",
    weeks: [{ from: "2026-03-01", ...week }],
    regular: "",
    specialDays: new Map(),
    lastDay: "2026-03-15",
  });

  expect([...open.intervals()]).toEqual([
    interval(Date.UTC(2026, 2, 1, 8), Date.UTC(2026, 2, 1, 8, 30)),
    interval(Date.UTC(2026, 2, 15, 7), Date.UTC(2026, 2, 15, 7, 30)),
  ]);
});

test.for([
  [interval(10, 10)],
  [interval(10, 20), interval(20, 30)],
  [interval(30, 40), interval(10, 20)],
])("intervals that touch, overlap or descend end the process", (intervals) => {
  expect(() => new Timeline(intervals)).toThrow(InvariantError);
});

test("a timeline without intervals is never open", () => {
  const never = new Timeline([]);

  expect(never.isOpen(epochMs(0))).toBe(false);
  expect(never.intervalAt(epochMs(0))).toBeUndefined();
  expect(never.nextOpen(epochMs(0))).toBeUndefined();
  expect(never.nextClose(epochMs(0))).toBeUndefined();
});

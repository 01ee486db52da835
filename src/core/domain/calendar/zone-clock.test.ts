import fc from "fast-check";
import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { DAY_MS, parseDate } from "./civil-date.ts";
import { ZoneClock, zoneClock } from "./zone-clock.ts";

const HOUR = 3_600_000;
const text = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString();
const anyZone = fc.constantFrom("America/Chicago", "America/New_York", "Europe/London", "UTC");
const anyInstant = fc
  .integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) })
  .map(epochMs);

test("offsets agree with the platform, in whatever order they are asked", () => {
  fc.assert(
    fc.property(anyZone, fc.array(anyInstant, { minLength: 1 }), (zone, instants) => {
      const clock = new ZoneClock(zone);

      const found = instants.map((at) => clock.offsetMsAt(at));

      expect(found).toEqual(
        instants.map(
          (at) =>
            Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds /
            1e6,
        ),
      );
    }),
  );
});

test("an instant that is read from the wall and set again is the first one with that reading", () => {
  fc.assert(
    fc.property(anyZone, anyInstant, (zone, at) => {
      const clock = zoneClock(zone);
      const wall = at + clock.offsetMsAt(at);
      const day = Math.floor(wall / DAY_MS);

      const again = clock.instantOf(day as ReturnType<typeof parseDate>, wall - day * DAY_MS);

      expect(again === at || again === at - HOUR).toBe(true);
      expect(again + clock.offsetMsAt(again)).toBe(wall);
    }),
    { numRuns: 1_000 },
  );
});

test("a skipped time is the first instant after the gap, a doubled one the earlier", () => {
  const chicago = zoneClock("America/Chicago");
  const spring = parseDate("2026-03-08");
  const autumn = parseDate("2026-11-01");

  expect(text(chicago.instantOf(spring, 1.5 * HOUR))).toBe("2026-03-08T07:30:00Z");
  expect(text(chicago.instantOf(spring, 2 * HOUR))).toBe("2026-03-08T08:00:00Z");
  expect(text(chicago.instantOf(spring, 2.5 * HOUR))).toBe("2026-03-08T08:00:00Z");
  expect(text(chicago.instantOf(spring, 3 * HOUR))).toBe("2026-03-08T08:00:00Z");
  expect(text(chicago.instantOf(autumn, 1.5 * HOUR))).toBe("2026-11-01T06:30:00Z");
  expect(text(chicago.instantOf(autumn, 2 * HOUR))).toBe("2026-11-01T08:00:00Z");
});

test("the offset changes at the very instant of the change", () => {
  const change = epochMs(Date.UTC(2026, 2, 8, 8));
  const clock = new ZoneClock("America/Chicago");

  expect(clock.offsetMsAt(change)).toBe(-5 * HOUR);
  expect(clock.offsetMsAt(epochMs(change - 1))).toBe(-6 * HOUR);
  expect(new ZoneClock("America/Chicago").offsetMsAt(epochMs(change - 1))).toBe(-6 * HOUR);
});

test("an unknown zone is refused", () => {
  expect(() => zoneClock("America/Gotham")).toThrow(RangeError);
});

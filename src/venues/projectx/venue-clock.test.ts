import { expect, test } from "vitest";
import { type EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { ClockSkew } from "./clock-skew.ts";
import { readHttpDate, readRetryAfter } from "./http-date.ts";
import { ToldClock, WallClock } from "./venue-clock.ts";

test("the wall clock is followed forward, never back", () => {
  const { clock, move } = movable();
  const wall = new WallClock(clock, () => undefined);

  move(100, 100);
  const first = wall.now();
  move(10, -2_000);
  const second = wall.now();
  move(1_000, 1_000);
  const third = wall.now();
  move(1_500, 1_500);

  expect([first, second, third, wall.now()]).toEqual([1_100, 1_100, 1_100, 1_600]);
});

test("a clock set forward jumps and says so", () => {
  const { clock, move } = movable();
  const jumps: number[] = [];
  const wall = new WallClock(clock, (byMs) => jumps.push(byMs));

  move(100, 60_100);

  expect([wall.now(), jumps]).toEqual([61_100, [60_000]]);
});

test("a clock set far back is told once, and time goes on", () => {
  const { clock, move } = movable();
  const jumps: number[] = [];
  const wall = new WallClock(clock, (byMs) => jumps.push(byMs));

  move(100, -3_600_000);
  const first = wall.now();
  move(500, 500);

  expect([first, wall.now(), jumps]).toEqual([1_100, 1_600, [-3_600_100]]);
});

test("a told clock stands still until it is told more", () => {
  const clock = new ToldClock(5 as EpochMs);

  clock.tell(9 as EpochMs);
  clock.tell(7 as EpochMs);

  expect(clock.now()).toBe(9);
});

test.each([
  ["right", 0, 0],
  ["half a second ahead, which dates alone do not show", 500, 0],
  ["three seconds ahead", 3_000, 1_000],
  ["three seconds behind", -3_000, -2_950],
])("with dates alone a clock that is %s is found so", (_what, aheadMs, expected) => {
  const skew = new ClockSkew();
  const now = 1_000_000_000;

  // The server's second has just begun; the answer takes 50 ms.
  skew.noteDate(now, now + aheadMs, now + aheadMs + 50);

  expect(skew.ms).toBe(expected);
});

test("events narrow it down from above", () => {
  const skew = new ClockSkew();

  skew.noteEvent(10_000, 8_040);
  skew.noteEvent(11_000, 9_020);

  expect([skew.ms, skew.aheadAtMostMs]).toEqual([-1_980, 0]);
});

test.each([
  ["ahead", 3_000, 1_000],
  ["behind", -3_000, -2_950],
])("a clock that was %s and is set right is found right with the next date", (_what, ms, was) => {
  const skew = new ClockSkew();
  const now = 1_000_000_000;
  skew.noteDate(now, now + ms, now + ms + 50);
  const before = skew.ms;

  skew.noteDate(now, now + 100, now + 150);

  expect([before, skew.ms]).toEqual([was, 0]);
});

test("before anything was seen nothing is claimed", () => {
  expect([new ClockSkew().ms, new ClockSkew().aheadAtMostMs]).toEqual([0, 0]);
});

test.each([
  ["Wed, 19 Aug 2026 20:51:31 GMT", Date.UTC(2026, 7, 19, 20, 51, 31)],
  ["19 Aug 2026", null],
  ["Wed, 19 Xyz 2026 20:51:31 GMT", null],
  [undefined, null],
])("the date %s is %s", (text, at) => {
  expect(readHttpDate(text)).toBe(at);
});

test.each([
  ["30", 30_000],
  ["Wed, 19 Aug 2026 20:51:31 GMT", null],
  [undefined, null],
])("Retry-After %s is %s", (text, ms) => {
  expect(readRetryAfter(text)).toBe(ms);
});

function movable(): { clock: Clock; move: (monotonicMs: number, wallMs: number) => void } {
  let wallMs = 1_000;
  let monotonicMs = 0;
  return {
    clock: { ...realClock, now: () => wallMs as EpochMs, monotonicMs: () => monotonicMs },
    move: (byMonotonicMs, byWallMs) => {
      monotonicMs += byMonotonicMs;
      wallMs += byWallMs;
    },
  };
}

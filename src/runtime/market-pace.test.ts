import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { MarketPace } from "./market-pace.ts";
import { realClock } from "./real/real-clock.ts";

/** A clock that is set by hand. */
function aClock() {
  let nowMs = 5_000;
  return { ...realClock, monotonicMs: () => nowMs, pass: (ms: number) => void (nowMs += ms) };
}

test("market time passes as the wall's does, times the factor", () => {
  const clock = aClock();
  const pace = new MarketPace(clock, 60, epochMs(1_000_000));

  clock.pass(250);

  expect(pace.now()).toBe(1_000_000 + 15_000);
});

test("a factor below one is slower than the wall, in whole milliseconds", () => {
  const clock = aClock();
  const pace = new MarketPace(clock, 0.001, epochMs(1_000_000));

  clock.pass(1_999);

  expect(pace.now()).toBe(1_000_001);
});

test("what passed before a restart does not count", () => {
  const clock = aClock();
  const pace = new MarketPace(clock, 60, epochMs(1_000_000));
  clock.pass(10_000);

  pace.restart();
  clock.pass(100);

  expect(pace.now()).toBe(1_000_000 + 6_000);
});

test("without a pace all data may be played at once", () => {
  const pace = new MarketPace(aClock(), "max", epochMs(1_000_000));

  expect(pace.now()).toBe(Number.POSITIVE_INFINITY);
});

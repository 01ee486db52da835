import { expect, test } from "vitest";
import { type BotId, botId } from "#core/domain/ids.ts";
import { CALLBACK_BUDGET_MS, CallbackTimer } from "./callback-timer.ts";
import { realClock } from "./real/real-clock.ts";

const FIRST = botId("first");
const SECOND = botId("second");

/** A timer on a clock that is set by hand, with a hang watch that notes what it is told. */
function aTimer() {
  let nowMs = 0;
  const told: string[] = [];
  const clock = { ...realClock, monotonicMs: () => nowMs };
  const timer = new CallbackTimer(clock, {
    began: (bot) => void told.push(`began ${bot}`),
    ended: () => void told.push("ended"),
    close: async () => undefined,
  });
  const callback = (bot: BotId, tookMs: number): void => {
    timer.began(bot);
    nowMs += tookMs;
    timer.ended(bot);
  };
  return { timer, told, callback };
}

test("a callback within its budget is no overrun, up to the last millisecond", () => {
  const { timer, callback } = aTimer();

  callback(FIRST, 0);
  callback(FIRST, CALLBACK_BUDGET_MS);

  expect(timer.takeOverruns()).toEqual([]);
});

test("each callback over its budget is told once, with how long it took", () => {
  const { timer, callback } = aTimer();

  callback(FIRST, 400.4);
  callback(SECOND, 1);
  callback(SECOND, 250.6);

  expect(timer.takeOverruns()).toEqual([
    { botId: FIRST, reason: "a callback took 400 ms, its budget is 250 ms" },
    { botId: SECOND, reason: "a callback took 251 ms, its budget is 250 ms" },
  ]);
  expect(timer.takeOverruns()).toEqual([]);
});

test("the hang watch hears who has the floor", () => {
  const { told, callback } = aTimer();

  callback(FIRST, 1);
  callback(SECOND, 1);

  expect(told).toEqual(["began first", "ended", "began second", "ended"]);
});

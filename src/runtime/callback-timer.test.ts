import { expect, test } from "vitest";
import { type BotId, botId } from "#core/domain/ids.ts";
import { CALLBACK_BUDGET_MS, CallbackTimer, WAITS_MAX, WAITS_WINDOW_MS } from "./callback-timer.ts";
import { realClock } from "./real/real-clock.ts";

const FIRST = botId("first");
const SECOND = botId("second");

/** A timer on clocks that is set by hand, with a hang watch that notes what it is told. */
function aTimer() {
  let nowMs = 0;
  let processorMs = 0;
  const told: string[] = [];
  const clock = { ...realClock, monotonicMs: () => nowMs, processorMs: () => processorMs };
  const timer = new CallbackTimer(clock, {
    began: (bot) => void told.push(`began ${bot}`),
    ended: () => void told.push("ended"),
    close: async () => undefined,
  });
  const callback = (bot: BotId, tookMs: number, computedMs = tookMs): void => {
    timer.began(bot);
    nowMs += tookMs;
    processorMs += computedMs;
    timer.ended(bot);
  };
  const pass = (ms: number): void => void (nowMs += ms);
  return { timer, told, callback, pass };
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

test("a machine that stops during a callback makes no overrun of it", () => {
  const { timer, callback } = aTimer();

  callback(FIRST, 10_000, CALLBACK_BUDGET_MS);
  callback(SECOND, 10_000, 1);
  callback(FIRST, CALLBACK_BUDGET_MS + 1, 0);

  expect(timer.takeOverruns()).toEqual([]);
});

test("callbacks that wait again and again are an overrun of their bot", () => {
  const { timer, callback } = aTimer();
  const reason = "3 callbacks within a minute waited longer than their budget of 250 ms";

  for (let wait = 1; wait < WAITS_MAX; wait += 1) callback(FIRST, 300, 2);
  callback(SECOND, 300, 2);
  const before = timer.takeOverruns();
  callback(FIRST, 300, 2);

  expect(before).toEqual([]);
  expect(timer.takeOverruns()).toEqual([{ botId: FIRST, reason }]);
});

test("waits that are far enough apart are forgiven for ever", () => {
  const { timer, callback, pass } = aTimer();

  for (let wait = 1; wait <= 20; wait += 1) {
    callback(FIRST, 300, 2);
    pass(WAITS_WINDOW_MS / (WAITS_MAX - 1));
  }

  expect(timer.takeOverruns()).toEqual([]);
});

test("the hang watch hears who has the floor", () => {
  const { told, callback } = aTimer();

  callback(FIRST, 1);
  callback(SECOND, 1);

  expect(told).toEqual(["began first", "ended", "began second", "ended"]);
});

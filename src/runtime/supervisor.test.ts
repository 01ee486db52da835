import { describe, expect, test } from "vitest";
import { type ProcessEnd, supervise } from "./supervisor.ts";

const DIED: ProcessEnd = { code: 1, signal: null };
const DONE: ProcessEnd = { code: 0, signal: null };
const GIVEN_UP =
  "The desk died 4 times within a minute and is not started again. Look at the last message above; positions and " +
  "protective orders are as the venue has them";

/** Ends one after the other, each after a number of seconds. */
async function supervised(ends: readonly (readonly [afterSeconds: number, end: ProcessEnd])[]) {
  let nowMs = 0;
  let runs = 0;
  const said: string[] = [];
  const stop = new AbortController();
  const code = await supervise(
    { monotonicMs: () => nowMs },
    {
      run: async () => {
        const [seconds, end] = ends[runs] ?? [0, DONE];
        runs += 1;
        nowMs += seconds * 1_000;
        return end;
      },
      say: (text) => void said.push(text),
      stop: stop.signal,
    },
  );
  return { code, runs, said };
}

describe("an end that stands", () => {
  test.each([
    ["done", { code: 0, signal: null }, 0],
    ["wrong usage", { code: 2, signal: null }, 2],
    ["another instance", { code: 5, signal: null }, 5],
    ["a damaged journal", { code: 6, signal: null }, 6],
    ["no data", { code: 7, signal: null }, 7],
    ["interrupted", { code: 130, signal: null }, 130],
    ["ended by SIGTERM before it could say so", { code: null, signal: "SIGTERM" }, 130],
    ["ended by SIGINT before it could say so", { code: null, signal: "SIGINT" }, 130],
    ["ended by SIGHUP before it could say so", { code: null, signal: "SIGHUP" }, 130],
  ])("%s", async (_what, end, code) => {
    const outcome = await supervised([[1, end]]);

    expect(outcome).toEqual({ code, runs: 1, said: [] });
  });
});

test("a desk that died is started again, and how it died is told", async () => {
  const outcome = await supervised([
    [1, DIED],
    [1, { code: null, signal: "SIGKILL" }],
    [1, DONE],
  ]);

  expect(outcome).toEqual({
    code: 0,
    runs: 3,
    said: [
      "The desk died (exit code 1) and is started again",
      "The desk died (SIGKILL) and is started again",
    ],
  });
});

test("the fourth death within a minute is the last", async () => {
  const outcome = await supervised(Array.from({ length: 10 }, () => [14, DIED] as const));

  expect(outcome).toMatchObject({ code: 1, runs: 4 });
  expect(outcome.said.at(-1)).toBe(GIVEN_UP);
});

test("deaths far enough apart are survived for ever", async () => {
  const deaths = Array.from({ length: 50 }, () => [20, DIED] as const);

  const outcome = await supervised([...deaths, [1, DONE]]);

  expect(outcome).toMatchObject({ code: 0, runs: 51 });
});

test("a desk that dies while it is asked to stop is not started again", async () => {
  const stop = new AbortController();
  const said: string[] = [];

  const code = await supervise(
    { monotonicMs: () => 0 },
    {
      run: async () => {
        stop.abort("SIGTERM");
        return DIED;
      },
      say: (text) => void said.push(text),
      stop: stop.signal,
    },
  );

  expect({ code, said }).toEqual({ code: 1, said: [] });
});

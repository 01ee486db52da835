import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { storedData } from "#cli/stored-data.ts";
import type { Clock } from "#ports/clock.ts";
import { runBacktest } from "#runtime/backtest.ts";
import { loadPlan } from "#runtime/config/load-plan.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { runReplay } from "#runtime/replay.ts";
import type { World } from "#runtime/world.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";

const path = fileURLToPath(new URL("../../config/sample.yaml", import.meta.url));
const stop = new AbortController().signal;

function aPlan(mode: "backtest" | "replay") {
  const world = { env: {}, strategies: STRATEGIES, data: storedData };
  return loadPlan(world, { source: { path }, mode, sessionId: mode });
}

/** A wall clock that steps on with every reading, less than a strategy may take, and never waits. */
function restlessClock(stepMs: (reading: number) => number): Clock {
  let nowMs = 0;
  let readings = 0;
  return {
    ...realClock,
    monotonicMs() {
      readings += 1;
      nowMs += stepMs(readings);
      return nowMs;
    },
    sleep: () => Promise.resolve(),
  };
}

function aWorld(clock: Clock): World {
  const none = () => {
    throw new Error("a session without a journal opens no files");
  };
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  return {
    clock,
    hash,
    strategies: STRATEGIES,
    openSession: none,
    openArchive: none,
    listenControl: none,
  };
}

async function replayed(clock: Clock, speed: number | "max") {
  const options = { dataFolder: "", speed, journal: false, stop };
  const { fingerprint, roundTrips } = await runReplay(
    aWorld(clock),
    await aPlan("replay"),
    options,
  );
  return { fingerprint, roundTrips: roundTrips.length };
}

test("the pace of a replay decides nothing", async () => {
  const backtest = await runBacktest(aWorld(realClock), await aPlan("backtest"));

  const replays = [
    await replayed(realClock, "max"),
    await replayed(
      restlessClock(() => 1),
      20_000,
    ),
    await replayed(
      restlessClock((reading) => (reading * 7919) % 199),
      1_000,
    ),
  ];

  const decided = { fingerprint: backtest.fingerprint, roundTrips: backtest.roundTrips.length };
  expect(replays).toEqual([decided, decided, decided]);
  expect(decided.roundTrips).toBeGreaterThanOrEqual(8);
});

import { PerformanceObserver } from "node:perf_hooks";
import process from "node:process";
import type { SessionPlan } from "#runtime/session-plan.ts";
import { FloorLoop } from "./floor-loop.ts";
import { type Played, goldPlan, playTape } from "./gold-session.ts";
import { type Tape, goldTape } from "./gold-tape.ts";
import {
  type Finding,
  atMost,
  cpuMs,
  interleaved,
  median,
  sum,
  wallMs,
  whenQuiet,
} from "./measure.ts";

const TICKS = 10_000_000;
const SEED = 1;
/** The first rounds, in which the code is still being compiled, are told and not counted. */
const WARM_UP = 2;
const REPEATS = 7;

/** Of the time of a replay, and of the memory of its tape: 50 MB beside 290. */
const GC_GOAL = 0.05;
const MEMORY_GOAL = 0.17;
/** A floor that waited for a processor no longer than this ran on a quiet machine. */
const QUIET_WAIT = 1.2;

type Market = { readonly name: string; readonly density: number; readonly goal: number };

/**
 * Ticks through gate, four rules, bars, averages and brackets, against the bare arithmetic over the same blocks. What
 * orders cost does not depend on how many ticks lie between them, so a market as thin as the recorded day of 2013 is
 * measured too, against a goal of its own.
 */
export async function benchReplay(): Promise<readonly Finding[]> {
  return [
    ...(await measured({ name: "replay", density: 5, goal: 3 })),
    ...(await measured({ name: "replay-thin", density: 1, goal: 6 })),
  ];
}

async function measured({ name, density, goal }: Market): Promise<readonly Finding[]> {
  const tape = goldTape(TICKS, SEED, density);
  const replays = new Replays(tape);
  const gcMs = countGc();
  const { floorMs, subjectMs } = interleaved(REPEATS, cpuMs, {
    floor: () => replays.floor(),
    subject: () => replays.play(),
  });
  const { played, firstGrowthMb } = replays;
  const wait = replays.floorWallMs / sum(floorMs);
  const nsPerTick = (ms: number) => (ms * 1e6) / TICKS;
  const settled = (ms: readonly number[]) => nsPerTick(median(ms.slice(WARM_UP)));
  return [
    atMost(goal, {
      name,
      value: settled(subjectMs),
      unit: "ns/tick",
      floor: settled(floorMs),
      note: `${played.orders} orders, ${played.roundTrips} round trips; ${nsPerTick(subjectMs[0] ?? 0).toFixed(0)} ns/tick in the first round`,
    }),
    whenQuiet(
      { found: wait, bound: QUIET_WAIT, what: "wall time of the floor over its processor time" },
      atMost(GC_GOAL, {
        name: `${name}-gc`,
        value: await gcMs(),
        unit: "ms",
        floor: replays.playWallMs,
        note: `collecting garbage in ${REPEATS} replays, against all their time`,
      }),
    ),
    atMost(MEMORY_GOAL, {
      name: `${name}-ram`,
      value: firstGrowthMb,
      unit: "MB",
      floor: tape.megabytes,
      note: "resident memory that the first replay adds, against that of the tape",
    }),
  ];
}

/** Both sides of the comparison over one tape, and what the subject did besides taking time. */
class Replays {
  played: Played = { orders: 0, roundTrips: 0, facts: 0 };
  firstGrowthMb = 0;
  floorWallMs = 0;
  playWallMs = 0;
  readonly #tape: Tape;
  readonly #plan: SessionPlan;
  #rounds = 0;

  constructor(tape: Tape) {
    this.#tape = tape;
    this.#plan = goldPlan(tape, { dollarRiskPerTrade: 100 });
  }

  floor(): void {
    const startedMs = wallMs();
    const loop = new FloorLoop();
    for (const block of this.#tape.blocks) loop.run(block);
    this.floorWallMs += wallMs() - startedMs;
    if (!Number.isFinite(loop.checksum)) throw new Error("Expected the floor to compute a number");
  }

  play(): void {
    const rssBefore = process.memoryUsage.rss();
    const startedMs = wallMs();
    this.played = playTape(this.#tape, this.#plan);
    this.playWallMs += wallMs() - startedMs;
    if (this.#rounds === 0) this.firstGrowthMb = (process.memoryUsage.rss() - rssBefore) / 1e6;
    this.#rounds += 1;
  }
}

/** Milliseconds of garbage collection until it is asked. */
function countGc(): () => Promise<number> {
  let sumMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) sumMs += duration;
  });
  observer.observe({ entryTypes: ["gc"] });
  return async () => {
    // The collector tells in one turn of the loop, the observer in the next.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => void setImmediate(done));
    observer.disconnect();
    return sumMs;
  };
}

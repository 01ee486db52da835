import { PerformanceObserver } from "node:perf_hooks";
import process from "node:process";
import { FloorLoop } from "./floor-loop.ts";
import { type Played, goldPlan, playTape } from "./gold-session.ts";
import { type Tape, goldTape } from "./gold-tape.ts";
import { type Finding, atMost, cpuMs, interleaved, median } from "./measure.ts";

const TICKS = 10_000_000;
const SEED = 1;
const REPEATS = 5;

/**
 * Ticks through gate, four rules, bars, averages and brackets, against the bare arithmetic over the same blocks. What
 * orders cost does not depend on how many ticks lie between them, so a market as thin as the recorded day of 2013 is
 * measured too, against a goal of its own.
 */
export async function benchReplay(): Promise<readonly Finding[]> {
  return [
    await measured({ name: "replay", density: 5, goal: 3 }),
    await measured({ name: "replay-thin", density: 1, goal: 6 }),
  ];
}

async function measured(market: {
  readonly name: string;
  readonly density: number;
  readonly goal: number;
}): Promise<Finding> {
  const tape = goldTape(TICKS, SEED, market.density);
  const plan = goldPlan(tape, { dollarRiskPerTrade: 100 });
  const rssBefore = process.memoryUsage().rss;
  const gc = countGc();
  let played: Played = { orders: 0, roundTrips: 0, facts: 0 };
  let checksum = 0;
  const { floorMs, subjectMs } = interleaved(REPEATS, cpuMs, {
    floor: () => {
      checksum += floor(tape);
    },
    subject: () => {
      played = playTape(tape, plan);
    },
  });
  if (!Number.isFinite(checksum)) throw new Error("Expected the floor to compute a number");
  const nsPerTick = (ms: number) => (ms * 1e6) / TICKS;
  const grownMb = (process.memoryUsage().rss - rssBefore) / 1e6;
  const gcShare = (await gc()) / subjectMs.reduce((sum, ms) => sum + ms, 0);
  return atMost(market.goal, {
    name: market.name,
    value: nsPerTick(median(subjectMs)),
    unit: "ns/tick",
    floor: nsPerTick(median(floorMs)),
    note: `${played.orders} orders, ${played.roundTrips} round trips; GC ${(gcShare * 100).toFixed(1)} % of the time, memory +${grownMb.toFixed(0)} MB`,
  });
}

function floor(tape: Tape): number {
  const loop = new FloorLoop();
  for (const block of tape.blocks) loop.run(block);
  return loop.checksum;
}

/** Milliseconds of garbage collection until it is asked. */
function countGc(): () => Promise<number> {
  let sumMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) sumMs += duration;
  });
  observer.observe({ entryTypes: ["gc"] });
  return async () => {
    await new Promise((resolve) => void setImmediate(resolve));
    observer.disconnect();
    return sumMs;
  };
}

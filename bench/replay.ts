import { PerformanceObserver } from "node:perf_hooks";
import process from "node:process";
import { FloorLoop } from "./floor-loop.ts";
import { type Played, goldPlan, playTape } from "./gold-session.ts";
import { type Tape, goldTape } from "./gold-tape.ts";
import { type Finding, atMost, cpuMs, interleaved, median } from "./measure.ts";

const TICKS = 10_000_000;
const SEED = 1;
const REPEATS = 5;
const GOAL = 3;

/** Ticks through gate, four rules, bars, averages and brackets, against the bare arithmetic over the same blocks. */
export async function benchReplay(): Promise<readonly Finding[]> {
  const tape = goldTape(TICKS, SEED);
  const plan = goldPlan(tape, { dollarRiskPerTrade: 100 });
  const before = process.memoryUsage().rss;
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
  const grownMb = (process.memoryUsage().rss - before) / 1e6;
  const gcShare = (await gc()) / subjectMs.reduce((sum, ms) => sum + ms, 0);
  const { orders, roundTrips } = played;
  return [
    atMost(GOAL, {
      name: "replay",
      value: nsPerTick(median(subjectMs)),
      unit: "ns/tick",
      floor: nsPerTick(median(floorMs)),
      note: `${orders} orders, ${roundTrips} round trips; GC ${(gcShare * 100).toFixed(1)} % of the time, memory +${grownMb.toFixed(0)} MB`,
    }),
  ];
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

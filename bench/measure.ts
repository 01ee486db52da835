import { performance } from "node:perf_hooks";
import process from "node:process";

/** What one benchmark found: a value, the floor or peer of the same run, and whether their ratio meets the goal. */
export type Finding = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly floor: number;
  readonly ratio: number;
  readonly goal: number;
  readonly ok: boolean;
  /** Absolute figures and counts, for people. */
  readonly note: string;
};

/** A ratio to a floor that must not be above its goal. */
export function atMost(
  goal: number,
  found: Pick<Finding, "name" | "value" | "unit" | "floor" | "note">,
): Finding {
  const ratio = found.value / found.floor;
  return { ...found, ratio, goal, ok: ratio <= goal };
}

/** Whether the machine left the floor alone: what was found of it, and the bound up to which it was. */
export type Quiet = { readonly found: number; readonly bound: number; readonly what: string };

/** A goal that only counts on a quiet machine: missed on a busy one, it is told and nothing follows. */
export function whenQuiet({ found, bound, what }: Quiet, finding: Finding): Finding {
  const isQuiet = found <= bound;
  const verdict = isQuiet ? "the machine was quiet" : "does not count, the machine was busy";
  const note = `${finding.note}; ${verdict}: ${what} ${found.toFixed(2)}, quiet up to ${bound}`;
  return { ...finding, note, ok: finding.ok || !isQuiet };
}

/** Reads milliseconds that pass: of the wall, or only those in which this thread had a processor. */
export type Stopwatch = () => number;

export const wallMs: Stopwatch = () => performance.now();

/** For work that waits for nothing: what other programs take of the machine is not counted. */
export const cpuMs: Stopwatch = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

/** Runs both in turn, so that whatever else the machine does falls on both, and returns the times of each. */
export function interleaved(
  repeats: number,
  readMs: Stopwatch,
  works: { readonly floor: () => void; readonly subject: () => void },
): { readonly floorMs: readonly number[]; readonly subjectMs: readonly number[] } {
  const floorMs: number[] = [];
  const subjectMs: number[] = [];
  for (let round = 0; round < repeats; round += 1) {
    floorMs.push(timed(readMs, works.floor));
    subjectMs.push(timed(readMs, works.subject));
  }
  return { floorMs, subjectMs };
}

/** What floor and subject took, run in turn, in one unit. */
export type Sides = { readonly floor: readonly number[]; readonly subject: readonly number[] };

/**
 * The quarter of the parts, each of `size` runs, in which the floor was disturbed least: had the lowest p99. The
 * subject has no say in it.
 */
export function quietest({ floor, subject }: Sides, size: number): Sides {
  const parts = Array.from({ length: Math.ceil(floor.length / size) }, (_, index) => {
    const [from, until] = [index * size, (index + 1) * size];
    const floorPart = floor.slice(from, until);
    const disturbed = quantile(floorPart, 0.99);
    return { disturbed, floor: floorPart, subject: subject.slice(from, until) };
  });
  const quiet = parts
    .toSorted((a, b) => a.disturbed - b.disturbed)
    .slice(0, Math.ceil(parts.length / 4));
  return {
    floor: quiet.flatMap((part) => part.floor),
    subject: quiet.flatMap((part) => part.subject),
  };
}

function timed(readMs: Stopwatch, work: () => void): number {
  const startedMs = readMs();
  work();
  return readMs() - startedMs;
}

export function sum(sample: readonly number[]): number {
  return sample.reduce((total, value) => total + value, 0);
}

/** The value below which this share of the sample lies. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.floor(share * sorted.length));
  return sorted[index] ?? Number.NaN;
}

export function median(sample: readonly number[]): number {
  return quantile(sample, 0.5);
}

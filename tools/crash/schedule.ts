import { CRASH_POINTS, type CrashPoint } from "#runtime/crash-point.ts";
import type { Seeded } from "./seeded.ts";

/** Where or when a desk dies. `early` kills strike while it starts, warms up and asks the venue for its truth. */
export type Kill =
  | { readonly kind: "point"; readonly point: CrashPoint; readonly passes: number }
  | { readonly kind: "random"; readonly when: "early" | "late"; readonly afterMs: number };

/** How a desk ended: at its point, or whenever it was. */
export type Hit = CrashPoint | "random";

const PASSES_MAX = 10;
const EARLY_MS_MAX = 1_500;
const LATE_MS_MAX = 1_200;

/** Half of the kills at the points, each point as often as the others, half at random; in a random order. */
export function scheduleOf(kills: number, seeded: Seeded): readonly Kill[] {
  // A run too short for both halves is one for the points.
  const atPoints = Math.max(Math.ceil(kills / 2), Math.min(kills, CRASH_POINTS.length));
  const first = seeded.between(0, CRASH_POINTS.length - 1);
  const all = Array.from({ length: kills }, (_, index) =>
    index < atPoints ? pointKill(first + index, seeded) : randomKill(index, seeded),
  );
  return all
    .map((kill) => ({ kill, place: seeded.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ kill }) => kill);
}

function pointKill(index: number, seeded: Seeded): Kill {
  const point = CRASH_POINTS[index % CRASH_POINTS.length] ?? CRASH_POINTS[0];
  const passes = point === "duringSnapshot" ? 2 : PASSES_MAX;
  return { kind: "point", point, passes: seeded.between(1, passes) };
}

function randomKill(index: number, seeded: Seeded): Kill {
  const when = index % 2 === 0 ? "early" : "late";
  const most = when === "early" ? EARLY_MS_MAX : LATE_MS_MAX;
  return { kind: "random", when, afterMs: seeded.between(0, most) };
}

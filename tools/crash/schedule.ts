import { CRASH_POINTS, type CrashPoint } from "#runtime/crash-point.ts";
import type { Seeded } from "./seeded.ts";

/** When the venue is gone for a while, though what rests there stays. */
export type VenueKill = {
  readonly kind: "venue";
  /** Its process is killed and started again, or it is asked to end every connection and to refuse new ones. */
  readonly how: "killed" | "restarted";
  readonly when: "early" | "late";
  readonly afterMs: number;
  /** How long nobody can connect, at least. */
  readonly downMs: number;
  /** Whether those who were logged in still are; those of a killed one are. */
  readonly keepSessions: boolean;
};

/** Where or when a desk dies. `early` kills strike while it starts, warms up and asks the venue for its truth. */
export type Kill =
  | { readonly kind: "point"; readonly point: CrashPoint; readonly passes: number }
  | { readonly kind: "random"; readonly when: "early" | "late"; readonly afterMs: number }
  | VenueKill;

/** How it went: a desk died at its point, or whenever it was; or the venue went and came back. */
export type Hit = CrashPoint | "random" | "venueKilled" | "venueRestarted";

/** Who dies, and at which points a desk can. */
export type Dying = {
  readonly sides: "desk" | "both";
  readonly points: readonly CrashPoint[];
};

export const EVERY_DESK: Dying = { sides: "desk", points: CRASH_POINTS };

const PASSES_MAX = 10;
const EARLY_MS_MAX = 1_500;
const LATE_MS_MAX = 1_200;
const DOWN_MS_MAX = 1_000;

/**
 * Half of the kills at the points, each point as often as the others, half at random; in a random order. Where both
 * sides die, half of the random ones are the venue's.
 */
export function scheduleOf(
  kills: number,
  seeded: Seeded,
  { sides, points }: Dying = EVERY_DESK,
): readonly Kill[] {
  // A run too short for both halves is one for the points.
  const atPoints = Math.max(Math.ceil(kills / 2), Math.min(kills, points.length));
  const first = seeded.between(0, points.length - 1);
  const all = Array.from({ length: kills }, (_, index) =>
    index < atPoints
      ? pointKill(points[(first + index) % points.length], seeded)
      : loneKill(index - atPoints, seeded, sides),
  );
  return all
    .map((kill) => ({ kill, place: seeded.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ kill }) => kill);
}

function pointKill(point: CrashPoint = CRASH_POINTS[0], seeded: Seeded): Kill {
  const passes = point === "duringSnapshot" ? 2 : PASSES_MAX;
  return { kind: "point", point, passes: seeded.between(1, passes) };
}

function loneKill(index: number, seeded: Seeded, sides: Dying["sides"]): Kill {
  if (sides === "desk") return randomKill(index, seeded);
  const ofItsSide = Math.floor(index / 2);
  return index % 2 === 0 ? venueKill(ofItsSide, seeded) : randomKill(ofItsSide, seeded);
}

function randomKill(index: number, seeded: Seeded): Kill {
  const when = index % 2 === 0 ? "early" : "late";
  const most = when === "early" ? EARLY_MS_MAX : LATE_MS_MAX;
  return { kind: "random", when, afterMs: seeded.between(0, most) };
}

function venueKill(index: number, seeded: Seeded): VenueKill {
  const when = index % 2 === 0 ? "early" : "late";
  const most = when === "early" ? EARLY_MS_MAX : LATE_MS_MAX;
  return {
    kind: "venue",
    how: Math.floor((index + 1) / 2) % 2 === 0 ? "killed" : "restarted",
    when,
    afterMs: seeded.between(0, most),
    downMs: seeded.between(0, DOWN_MS_MAX),
    keepSessions: seeded.chance(0.5),
  };
}

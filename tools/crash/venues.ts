import { PROJECTX_SPEED, projectXStage } from "./projectx-stage.ts";
import type { Hit } from "./schedule.ts";
import { SIMULATED_SPEED, simulatedStage } from "./simulated-stage.ts";
import type { Stage, StageParts } from "./stage.ts";

/** A venue that the proof can be made at. */
export type ProofVenue = {
  readonly name: string;
  /** Who dies there. */
  readonly sides: "desk" | "both";
  /** Kills at no point of the desk. */
  readonly lone: readonly Hit[];
  /** Market seconds per second of the wall. */
  readonly speed: number;
  readonly stage: (parts: StageParts) => Stage;
  /** The name of its evidence. */
  readonly evidence: string;
};

const VENUES: readonly ProofVenue[] = [
  {
    name: "simulated",
    sides: "desk",
    lone: ["random"],
    speed: SIMULATED_SPEED,
    stage: simulatedStage,
    evidence: "crash",
  },
  {
    name: "projectx",
    sides: "both",
    lone: ["random", "venueKilled", "venueRestarted"],
    speed: PROJECTX_SPEED,
    stage: projectXStage,
    evidence: "crash-projectx",
  },
];

/** Throws `RangeError` for a name that no venue has. */
export function venueOf(name: string): ProofVenue {
  const found = VENUES.find((venue) => venue.name === name);
  if (found !== undefined) return found;
  const names = VENUES.map((venue) => venue.name).join(" or ");
  throw new RangeError(`Expected --venue to be ${names}, found ${name}`);
}

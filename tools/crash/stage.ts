import type { Child } from "./child.ts";
import type { Dying } from "./schedule.ts";
import type { TrafficHabits } from "./traffic.ts";
import type { VenueEye } from "./venue-eye.ts";

/** What a round needs to know of the venue it plays at. */
export type Stage = {
  /** The pace of the market between rests. */
  readonly speed: number;
  readonly habits: TrafficHabits;
  readonly dying: Dying;
  /** The venue as a process that ends with this one. */
  readonly startVenue: (log: string) => Child;
  /** Throws while the venue is not there yet. */
  readonly connect: () => Promise<VenueEye>;
  /** What starts a desk there; asked for when the venue is there. */
  readonly deskArgs: (session: { readonly data: string; readonly name: string }) => string[];
};

/** The folder of a round, and which of the rounds it is. */
export type StageParts = { readonly folder: string; readonly index: number };

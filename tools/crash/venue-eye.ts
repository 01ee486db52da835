import type { VenueHoldings, VenueOrders } from "#ports/venue-lines.ts";
import type { CoverWatch } from "./cover-watch.ts";
import type { VenueKill } from "./schedule.ts";

/** The venue's own truth, and a hand on its clock. */
export type VenueEye = {
  readonly holdings: () => Promise<VenueHoldings>;
  readonly orders: () => Promise<VenueOrders>;
  readonly setSpeed: (speed: number) => Promise<void>;
  /** Ends every connection and keeps what rests; null for a venue that stays. */
  readonly restart: ((kill: VenueKill) => Promise<void>) | null;
  /** Who looks whether positions have their stops; null where nobody does. */
  readonly cover: CoverWatch | null;
  readonly close: () => void;
};

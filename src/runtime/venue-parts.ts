import type { AccountId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { Clock } from "#ports/clock.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import { lapped } from "./lapped-data.ts";
import type { SessionPlan } from "./session-plan.ts";
import { simulatedVenue } from "./simulation.ts";

export type ServeVenueOptions = {
  /** Where desks connect. */
  readonly listen: string;
  /** Market seconds per second of the wall. */
  readonly speed: number;
  /** Where in the session to begin; null for its beginning. */
  readonly from: EpochMs | null;
  /** How often to play the session. */
  readonly laps: number;
  readonly onListening: () => void;
  readonly stop: AbortSignal;
};

/** What a venue process is made of. */
export type VenueParts = {
  readonly clock: Clock;
  readonly venue: SimulatedVenue;
  readonly source: MarketDataSource;
  /** Data from `historyFrom` only builds the market; from `from` on it is played. */
  readonly period: {
    readonly historyFrom: EpochMs;
    readonly from: EpochMs;
    readonly until: EpochMs;
  };
  readonly speed: number;
  readonly accounts: readonly AccountId[];
  readonly laps: number;
};

/** The part of a session that a venue process plays, and its data. Throws `VenueStartError`. */
export function playedData(
  plan: SessionPlan,
  { from: asked, laps }: Pick<ServeVenueOptions, "from" | "laps">,
): Pick<VenueParts, "period"> & { readonly open: () => MarketDataSource } {
  const { session, warmUp, open } = lapped(plan, laps).data;
  const from = asked ?? session.from;
  if (from < session.from || from >= session.until) {
    throw new VenueStartError(
      `Expected --from ${text(session.from)} or later and before ${text(session.until)}, found ${text(from)}`,
    );
  }
  return {
    period: { historyFrom: warmUp?.from ?? session.from, from, until: session.until },
    open,
  };
}

/** The venue of a session as a process of its own. Whoever takes it closes the source. */
export function venueParts(
  clock: Clock,
  plan: SessionPlan,
  options: Pick<ServeVenueOptions, "speed" | "from" | "laps">,
): VenueParts {
  const { speed, laps } = options;
  const { period, open } = playedData(plan, options);
  return {
    clock,
    // A venue that was started anew has forgotten everything, so none of its ids may come again.
    venue: simulatedVenue(plan, `${clock.now().toString(36)}-`),
    source: open(),
    period,
    speed,
    accounts: plan.config.accounts.map(({ accountId }) => accountId),
    laps,
  };
}

/** There is no market data where the venue was to begin. */
export class VenueStartError extends Error {
  override readonly name = "VenueStartError";
}

function text(at: EpochMs): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}

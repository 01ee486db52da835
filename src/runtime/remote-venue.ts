import type { EpochMs } from "#core/domain/units.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { VenueHealth } from "#ports/venue-health.ts";
import type { OnFeed, Venue } from "#ports/venue.ts";

/** A venue outside this process, as a session uses it. */
export type RemoteVenue = {
  /** For people: where it is. */
  readonly name: string;
  readonly connect: (onFeed: OnFeed) => RemoteLink;
  /** Market data of the past; `laps` is what the venue said of itself. */
  readonly history: (laps: number) => MarketDataSource;
  /** How far back views and indicators look when a desk starts, in milliseconds. */
  readonly historyMs: number;
  /** What is played, where it has an end. */
  readonly period: ((laps: number) => Period) | null;
};

export type RemoteLink = Venue & {
  /** How the link is; absent where nobody tells, null before the venue was reached. */
  readonly health?: () => VenueHealth | null;
};

type Period = { readonly from: EpochMs; readonly until: EpochMs };

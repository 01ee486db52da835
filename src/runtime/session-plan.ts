import type { SessionConfig } from "#core/desk/config.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { DurationMs, EpochMs } from "#core/domain/units.ts";
import type { FillModel } from "#core/matching/fill-model.ts";
import type { Latency } from "#core/matching/venue-options.ts";
import type { MarketDataSource, TimeRange } from "#ports/market-data.ts";

/** What a session is of, as far as the desk and its report go. */
export type SessionOutline = {
  readonly config: SessionConfig;
  readonly data: {
    /** What it is, for people: `gold-2013-10-08`. */
    readonly name: string;
    /** Null where it has no end. */
    readonly session: PlannedData["session"] | null;
  };
};

/** A session over a real venue or a practice gateway. */
export type LivePlan = {
  readonly config: SessionConfig;
  /** For accounts whose fills are simulated. */
  readonly venue: SimulationSettings;
  readonly data: { readonly name: string; readonly session: null };
  readonly connection: ConnectionPlan;
};

/** Where a ProjectX firm is, who we are there, and what we look at. */
export type ConnectionPlan = {
  /** A practice gateway owns time and money that is not real. */
  readonly kind: "projectx" | "projectx-practice";
  readonly apiUrl: string;
  readonly hubUrl: string;
  readonly userName: string;
  readonly apiKey: SecretRef;
  /** The accounts that are traded or looked at, with what the venue calls them. */
  readonly accounts: readonly { readonly accountId: AccountId; readonly venueName: string }[];
  readonly warmUp: DurationMs;
};

/** A secret as the configuration names it: its text itself, or where it is kept. */
export type SecretRef = { readonly text: string } | { readonly secret: string };

/** Everything that decides what a session does, resolved from files and flags. */
export type SessionPlan = {
  readonly config: SessionConfig;
  readonly venue: SimulationSettings;
  readonly data: PlannedData;
};

/** How the simulated venue behaves. */
export type SimulationSettings = {
  readonly latency: Latency;
  readonly fillModel: FillModel;
};

/** Which market data a session runs over. */
export type PlannedData = {
  /** What it is, for people: `gold-2013-10-08`. */
  readonly name: string;
  readonly open: () => MarketDataSource;
  /** History that builds bars and indicators before the first order; null for none. */
  readonly warmUp: TimeRange | null;
  readonly session: { readonly from: EpochMs; readonly until: EpochMs };
};

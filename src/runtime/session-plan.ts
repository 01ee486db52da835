import type { SessionConfig } from "#core/desk/config.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { FillModel } from "#core/matching/fill-model.ts";
import type { Latency } from "#core/matching/venue-options.ts";
import type { MarketDataSource, TimeRange } from "#ports/market-data.ts";

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

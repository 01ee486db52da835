import type { Instrument } from "#core/domain/instrument.ts";
import type { FillModel } from "#core/matching/fill-model.ts";
import type { Clock } from "#ports/clock.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { MarketPeriod } from "#practice/market/venue-market.ts";
import type { FirmAccountSettings } from "./book/firm-account.ts";
import type { EventShape } from "./market/market-feed.ts";
import type { GatewayUser } from "./rest/rest-context.ts";

/** How the gateway behaves, apart from the market. */
export type GatewaySettings = {
  readonly user: GatewayUser;
  readonly accounts: readonly FirmAccountSettings[];
  /** Events as recorded from the venue, or as its documents show them. */
  readonly shape: EventShape;
  /** Whether the firm closes everything at 15:10 in Chicago and refuses orders until 17:00. */
  readonly flatByClose: boolean;
};

export type GatewayParts = {
  readonly clock: Clock;
  readonly instruments: readonly Instrument[];
  readonly machine: { readonly fillModel: FillModel };
  readonly source: MarketDataSource;
  /** The same data once more, for bars. */
  readonly history: MarketDataSource;
  readonly period: MarketPeriod;
  /** Market seconds per second of the wall. */
  readonly speed: number;
  readonly lockstep: boolean;
  readonly settings: GatewaySettings;
  /** Where to keep what makes the gateway the same one after its process was killed; null to begin anew each time. */
  readonly stateFolder: string | null;
  /** Text that nobody can guess, another one each time. */
  readonly secret: () => string;
};

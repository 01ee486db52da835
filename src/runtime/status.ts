import type { Arming, SessionConfig } from "#core/desk/config.ts";
import type { TradingState } from "#core/desk/request.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import type { Order } from "#core/domain/order.ts";
import type { Position } from "#core/domain/position.ts";
import type { Touch } from "#core/domain/report.ts";
import type { EpochMs, Money } from "#core/domain/units.ts";
import type { Breach } from "#core/risk/breach.ts";
import type { Denial } from "#core/risk/denial.ts";
import type { Enforcement } from "#core/risk/enforcement-state.ts";
import type { LimitUnit } from "#core/risk/rule.ts";
import type { BotState } from "#core/strategy/bot-state.ts";
import type { VenueHealth } from "#ports/venue-health.ts";

/** How much of one limit is used now; `used` and `limit` are in the unit of the rule. */
export type LimitUsed = {
  readonly rule: string;
  readonly title: string;
  readonly unit: LimitUnit;
  readonly used: number;
  readonly limit: number;
};

export type AccountStatus = {
  readonly accountId: string;
  readonly tradingState: TradingState;
  readonly arming: Arming;
  /** The venue lets it open nothing. */
  readonly isStopped: boolean;
  readonly ready: boolean;
  readonly readyReason: string;
  readonly balance: Money;
  readonly dayNet: Money;
  readonly dayFees: Money;
  readonly unrealized: Money;
  readonly roundTrips: number;
  readonly wins: number;
  readonly limits: readonly LimitUsed[];
};

export type PositionStatus = {
  readonly position: Position;
  /** In price, for people. */
  readonly avgEntryPrice: number;
  readonly markPrice: number | null;
  readonly unrealized: Money;
};

/** What happened to an order or a position though nobody here asked for it. */
export type Incident =
  /** The venue took an order, or a change of one, not; or it ended before it was done. */
  | {
      readonly kind: "refused" | "withdrawn";
      readonly what: "order" | "change";
      readonly at: EpochMs;
      readonly order: Order;
      readonly reason: string;
    }
  /** A rule found something broken; the breach holds what it did about it. */
  | { readonly kind: "breach"; readonly at: EpochMs; readonly breach: Breach };

/** Everything a screen shows of a running desk at one moment. */
export type DeskStatus = {
  readonly sessionId: string;
  readonly mode: SessionConfig["mode"];
  readonly at: EpochMs;
  /** Of the data, from 0 to 1; null where there is no end. */
  readonly progress: number | null;
  /** Of the last event. History and data that is told again after a start take numbers too. */
  readonly seq: number;
  /** Trades, quotes and times that passed, since the session began; without history. */
  readonly marketEvents: number;
  readonly tradingState: TradingState;
  readonly journalWritable: boolean;
  /** Why no entries are taken though journal and link stand; null mostly. */
  readonly degraded: string | null;
  /** How the link to the venue is; null where there is none or nobody tells. */
  readonly venue: VenueHealth | null;
  readonly accounts: readonly AccountStatus[];
  readonly positions: readonly PositionStatus[];
  readonly orders: readonly Order[];
  readonly touches: readonly { readonly instrument: string; readonly touch: Touch }[];
  readonly lockouts: readonly Lockout[];
  readonly enforcements: readonly Enforcement[];
  readonly bots: readonly BotState[];
  /** The last denials, newest last. */
  readonly denials: readonly { readonly at: EpochMs; readonly denial: Denial }[];
  /** The last incidents since this process began, newest last. */
  readonly incidents: readonly Incident[];
};

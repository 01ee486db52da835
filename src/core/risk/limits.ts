import {
  amount,
  duration,
  integer,
  list,
  nullable,
  object,
  optional,
  text,
} from "#core/domain/settings.ts";
import type { SettingValue } from "#core/domain/settings.ts";
import type { DurationMs } from "#core/domain/units.ts";

/** The checks every account has, whatever rules are enabled. */
export const accountLimits = object({
  /** Product roots that may be traded; null for all that the session knows. */
  instruments: nullable(list(text("a product root such as MGC"))),
  maxOrderSize: optional(integer({ min: 1 }), 100),
  /** Worth of one order: quantity x price x point value. */
  maxNotional: nullable(amount()),
  /** Farthest a limit or stop price may be from the market, in ticks. */
  priceCollarTicks: optional(integer({ min: 1 }), 1_000),
  maxOpenPositions: optional(integer({ min: 1 }), 10),
  maxOpenOrders: optional(integer({ min: 1 }), 50),
  /** Two equal orders within this time are one sent twice. */
  duplicateWindow: optional(duration(), 500 as DurationMs),
  /** Prices older than this bring no new entries. */
  staleAfter: optional(duration(), 60_000 as DurationMs),
  messageBudget: object({
    limit: optional(integer({ min: 2, max: 400 }), 180),
    window: optional(duration("1s"), 60_000 as DurationMs),
    /** Messages of the limit that only cancels, changes and closes may use. */
    reserve: optional(integer({ min: 1 }), 20),
  }),
});

export type AccountLimits = SettingValue<typeof accountLimits>;

import {
  amount,
  choice,
  decimal,
  integer,
  nullable,
  object,
  optional,
} from "#core/domain/settings.ts";
import type { SettingValue } from "#core/domain/settings.ts";
import { moneyFrom } from "#core/domain/units.ts";

/** How much a bot risks per trade. Every strategy's parameters begin with these. */
export const sizingSettings = {
  /** Money lost if the stop fills where it is, costs and slippage reserve included. */
  dollarRiskPerTrade: optional(amount(), moneyFrom(100)),
  /** Stops farther away than this bring no trade, in points of price. */
  maxRiskPoints: nullable(decimal({ min: 0 })),
  /** Distance of the target over distance of the stop; null for no target. */
  riskRewardRatio: optional(nullable(decimal({ min: 0.1 })), 2),
  /** Ticks a stop is expected to slip, reserved when sizing. */
  slippageTicks: optional(integer({ min: 0 }), 1),
} as const;

/** The limits of one bot, checked before the gate. */
export const botRisk = object({
  /** Lots the bot's position may reach. */
  maxPositions: optional(integer({ min: 1 }), 10),
  /** Realized after fees, within a trading day. */
  maxDailyLoss: nullable(amount()),
  /** From the highest realized result of the bot down to the present one. */
  maxDrawdown: nullable(amount()),
  maxSignalsPerDay: optional(integer({ min: 1 }), 100),
  tradingHours: optional(choice("regular", "extended"), "extended"),
});

export type BotRisk = SettingValue<typeof botRisk>;
export type Sizing = {
  readonly [K in keyof typeof sizingSettings]: SettingValue<(typeof sizingSettings)[K]>;
};

import type { BotId } from "#core/domain/ids.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import type { TradingDay } from "#core/domain/trading-day.ts";
import type { EpochMs, Money } from "#core/domain/units.ts";

/** `halted` ends only by a person: the strategy threw, overran its time or flooded. */
export type BotStatus =
  | { readonly kind: "running" }
  | { readonly kind: "paused" }
  | { readonly kind: "halted"; readonly reason: string };

/** What a strategy keeps over restarts: plain values by key. */
export type StoreValue = PlainData;

/** A strategy's dated opinion, with its numbers; not an order. */
export type Signal = {
  readonly at: EpochMs;
  readonly section: "entry" | "canceled" | "opened" | "partialExit" | "exit";
  readonly side: "buy" | "sell";
  readonly numbers: Readonly<Record<string, number>>;
};

/** The durable part of a bot. */
export type BotState = {
  readonly botId: BotId;
  readonly status: BotStatus;
  readonly store: Readonly<Record<string, StoreValue>>;
  readonly signals: { readonly tradingDay: TradingDay | null; readonly count: number };
  readonly ledger: BotLedger;
};

/** Realized money of the trips a bot opened, after fees. */
export type BotLedger = {
  readonly tradingDay: TradingDay | null;
  readonly dayNet: Money;
  readonly totalNet: Money;
  /** Highest `totalNet` so far, at least zero; what a drawdown is measured from. */
  readonly peakNet: Money;
};

import type { Instrument } from "#core/domain/instrument.ts";
import type { Fill, Order, OrderTerms, Side } from "#core/domain/order.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import type { Position } from "#core/domain/position.ts";
import type { Touch } from "#core/domain/report.ts";
import type { Setting, SettingValue } from "#core/domain/settings.ts";
import type { EpochMs, Lots, Ticks } from "#core/domain/units.ts";
import type { Bar, BarSpec } from "#core/market/bar.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { Sizing } from "./bot-settings.ts";
import type { Signal } from "./bot-state.ts";

/** An entry a strategy wants. The stop is required; the size follows from the money at risk unless it is given. */
export type Entry = {
  readonly side: Side;
  readonly terms?: OrderTerms;
  /** Distance of the stop from the fill, in ticks, at least 1. */
  readonly stopLossTicks: Ticks;
  /** Distance of the target; left out, it follows from the bot's `riskRewardRatio`. Null for none. */
  readonly takeProfitTicks?: Ticks | null;
  readonly qty?: Lots;
};

/**
 * What a strategy sees and may ask for, valid during a callback. Whatever it asks for happens after the callback
 * has returned, through the gate. During warm-up nothing is done. Only what is stored when a fill or the end of an order
 * is told is kept: those happen now, while the market is history. `onRestore` comes after it, so count in the store.
 */
export type StrategyContext = {
  readonly now: EpochMs;
  readonly instrument: Instrument;
  /** Net position of the bot's account in its instrument. */
  readonly position: Position;
  /** Orders of the account in the instrument that may still fill. */
  readonly workingOrders: readonly Order[];
  readonly touch: Touch;
  /** Plain values that survive a restart, copied when they are set; everything else is rebuilt by warm-up. */
  readonly store: {
    readonly get: (key: string) => PlainData | undefined;
    readonly set: (key: string, value: PlainData) => void;
  };
  /** Tells an opinion with its numbers. Not an order. */
  readonly signal: (signal: Pick<Signal, "section" | "side" | "numbers">) => void;
  readonly enter: (entry: Entry) => void;
  /** Closes the position at the market, whole unless lots are given. */
  readonly exit: (qty?: Lots) => void;
  /** Cancels the entries of this bot that have not filled. */
  readonly cancelEntries: () => void;
};

/**
 * One bot's run of a strategy. Callbacks return nothing and wait for nothing; each is optional. State lives in
 * fields and is lost with the process: warm-up brings it back, `onRestore` tells what the account holds then.
 */
export type StrategyRun = {
  /** The bars it wants, in the order their callbacks come when several end at once. */
  readonly bars: readonly BarSpec[];
  onBar?(bar: Bar, ctx: StrategyContext): void;
  onTrade?(tick: TradeTick, ctx: StrategyContext): void;
  onQuote?(quote: Quote, ctx: StrategyContext): void;
  onFill?(fill: Fill, ctx: StrategyContext): void;
  /** An order of this bot has ended; see its status. An entry that was denied never became one. */
  onOrderEnded?(order: Order, ctx: StrategyContext): void;
  /** After each warm-up, of a start and of a gap: look at `position` and `workingOrders` and carry on. */
  onRestore?(ctx: StrategyContext): void;
};

/**
 * A strategy: a value in one file. `params` describes its settings and begins with `sizingSettings`; `create` starts
 * a run for one bot.
 */
export type Strategy<S extends Setting<Sizing>> = {
  /** Its name in the configuration file. */
  readonly name: string;
  /** The idea in a sentence, its inputs and its limits, for people. */
  readonly idea: string;
  readonly params: S;
  readonly create: (params: SettingValue<S>, instrument: Instrument) => StrategyRun;
};

/** A strategy whose parameter type is hidden, so that all kinds fit one catalogue. */
export type AnyStrategy = {
  readonly name: string;
  readonly idea: string;
  readonly params: Setting<Sizing>;
  readonly create: (params: Sizing, instrument: Instrument) => StrategyRun;
};

/** Declares a strategy; the type of its parameters follows from their description. */
export function strategy<S extends Setting<Sizing>>(declared: Strategy<S>): AnyStrategy {
  return {
    ...declared,
    create: (params, instrument) => declared.create(params as SettingValue<S>, instrument),
  };
}

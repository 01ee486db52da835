import type { Side } from "#core/domain/order.ts";
import {
  type SettingValue,
  decimal,
  integer,
  object,
  optional,
  text,
} from "#core/domain/settings.ts";
import type { Ticks } from "#core/domain/units.ts";
import { Atr } from "#core/indicators/atr.ts";
import { Ema } from "#core/indicators/ema.ts";
import type { Bar } from "#core/market/bar.ts";
import { parseBarSpec } from "#core/market/bar.ts";
import { sizingSettings } from "#core/strategy/bot-settings.ts";
import { type StrategyContext, type StrategyRun, strategy } from "#core/strategy/strategy.ts";

const params = object({
  ...sizingSettings,
  /** Bars such as 1m, 5m, 500t. */
  bars: optional(text("bars such as 1m, 5m or 500t"), "5m"),
  fast: optional(integer({ min: 1, max: 1_000 }), 12),
  slow: optional(integer({ min: 2, max: 1_000 }), 26),
  atr: optional(integer({ min: 1, max: 1_000 }), 14),
  /** The stop's distance in average true ranges. */
  stopAtrs: optional(decimal({ min: 0.1, max: 100 }), 1.5),
  /** The stop is never nearer than this. */
  minStopTicks: optional(integer({ min: 1 }), 10),
});

/** Goes with the trend when two averages cross; the strategy to copy when writing another. */
export const emaCross = strategy({
  name: "ema-cross",
  idea:
    "Buys when the fast average of closes crosses above the slow one and sells when it crosses below, with a stop " +
    "of some average true ranges. A cross against an open position closes and reverses it. Needs bars only. Loses " +
    "in sideways markets, where the averages cross back and forth.",
  params,
  create: (settings) => new EmaCross(settings),
});

/** The entry that waits until the position against it is closed, kept in the bot's store. */
const REVERSAL = "reversal";

class EmaCross implements StrategyRun {
  readonly bars;
  readonly #settings: SettingValue<typeof params>;
  readonly #fast: Ema;
  readonly #slow: Ema;
  readonly #atr: Atr;
  /** Which average is above: 1 the fast one, -1 the slow one, 0 not known yet. */
  #above: -1 | 0 | 1 = 0;

  constructor(settings: SettingValue<typeof params>) {
    const { fast, slow } = settings;
    if (fast >= slow) throw new RangeError(`Expected fast below slow, found ${fast} and ${slow}`);
    this.#settings = settings;
    this.bars = [parseBarSpec(settings.bars)];
    this.#fast = new Ema(fast);
    this.#slow = new Ema(slow);
    this.#atr = new Atr(settings.atr);
  }

  onBar(bar: Bar, ctx: StrategyContext): void {
    const fast = this.#fast.update(bar.close);
    const slow = this.#slow.update(bar.close);
    const atr = this.#atr.update(bar);
    const before = this.#above;
    if (fast !== slow) this.#above = fast > slow ? 1 : -1;
    this.#forgetReversal(ctx);
    if (!this.#isReady || before === 0 || before === this.#above) return;
    const side = this.#above === 1 ? "buy" : "sell";
    ctx.signal({ section: "entry", side, numbers: { fast, slow, atr } });
    this.#take(side, ctx);
  }

  onFill(_fill: unknown, ctx: StrategyContext): void {
    const side = ctx.store.get(REVERSAL);
    if ((side !== "buy" && side !== "sell") || ctx.position.qty !== 0) return;
    this.#forgetReversal(ctx);
    if (this.#isReady) this.#enter(side, ctx);
  }

  /** What was closed while nobody watched is not entered anew: the price of then is gone. */
  onRestore(ctx: StrategyContext): void {
    if (ctx.position.qty === 0) this.#forgetReversal(ctx);
  }

  get #isReady(): boolean {
    return this.#slow.ready && this.#atr.ready;
  }

  #take(side: Side, ctx: StrategyContext): void {
    const held = Math.sign(ctx.position.qty);
    if (held === this.#above) return;
    if (held === 0) return this.#enter(side, ctx);
    ctx.store.set(REVERSAL, side);
    ctx.exit();
  }

  #enter(side: Side, ctx: StrategyContext): void {
    const { stopAtrs, minStopTicks } = this.#settings;
    const distance = Math.ceil(this.#atr.value * stopAtrs - 1e-9);
    ctx.enter({ side, stopLossTicks: Math.max(minStopTicks, distance) as Ticks });
  }

  #forgetReversal(ctx: StrategyContext): void {
    if ((ctx.store.get(REVERSAL) ?? null) !== null) ctx.store.set(REVERSAL, null);
  }
}

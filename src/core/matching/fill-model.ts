import type { InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Side } from "#core/domain/order.ts";
import { type Lots, type Ticks, ticks } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import type { TopOfBook } from "#core/market/top-of-book.ts";

/** Ticks paid beyond the touch by the `fillNumber`-th fill: pure, so that a restart repeats it. */
export type Slippage = (instrument: InstrumentId, fillNumber: number) => number;

/** What the machine assumes where public data cannot tell. */
export type FillModel = {
  /**
   * When a print exactly at the price of a resting limit order fills it. `touch`: at once, as if it
   * stood first in the queue. `through`: when the quantity displayed ahead of it has traded; where
   * that quantity is not known, only a print beyond the price fills.
   */
  readonly limitFill: "touch" | "through";
  /** Share of a print's quantity that our orders may take, above 0 and up to 1. Rounded down to lots. */
  readonly participation: number;
  /** How much an order takes at the touch: all it wants, or no more than is displayed there. */
  readonly marketDepth: "whole" | "touch";
  /** For market and triggered stop orders only; a limit order never pays beyond the touch. */
  readonly slippage: Slippage;
};

export const DEFAULT_FILL_MODEL: FillModel = {
  limitFill: "through",
  participation: 1,
  marketDepth: "whole",
  slippage: fixedSlippage(0),
};

/** The same number of ticks for every fill. */
export function fixedSlippage(count: number): Slippage {
  invariant(Number.isSafeInteger(count) && count >= 0, "slippage is zero or more whole ticks");
  return () => count;
}

/** Draws the ticks of each fill from `chances`: entry `n` is the weight of `n` ticks. */
export function randomSlippage(seed: number, chances: readonly number[]): Slippage {
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  invariant(
    total > 0 && chances.every((chance) => chance >= 0),
    "slippage has chances of zero or more, and one above zero",
  );
  return (_instrument, fillNumber) => {
    let rest = uniform(seed, fillNumber) * total;
    let drawn = 0;
    for (const [count, chance] of chances.entries()) {
      if (chance > 0) drawn = count;
      rest -= chance;
      if (rest < 0) break;
    }
    return drawn;
  };
}

/** Whole lots of a print that our orders may take together. */
export function printBudget(qty: Lots, participation: number): number {
  return Math.floor(qty * participation);
}

/** What an order of this side meets: the ask for a buy, the bid for a sell, the last price without quotes. */
export function touchPrice(top: TopOfBook, side: Side): Ticks {
  const touch = side === "buy" ? top.askPrice : top.bidPrice;
  return touch === NO_PRICE ? top.lastPrice : touch;
}

/** How far `price` is on the good side of a limit: positive beyond it, zero at it. */
export function ticksThrough(side: Side, limitPrice: Ticks, price: Ticks): number {
  return side === "buy" ? limitPrice - price : price - limitPrice;
}

/** How far `price` is past a stop: zero or more triggers it. */
export function ticksPastStop(side: Side, stopPrice: Ticks, price: Ticks): number {
  return side === "buy" ? price - stopPrice : stopPrice - price;
}

/** `price` made worse for the side by `count` ticks. */
export function worsened(side: Side, price: Ticks, count: number): Ticks {
  invariant(Number.isSafeInteger(count) && count >= 0, "slippage is zero or more whole ticks");
  return ticks(side === "buy" ? price + count : price - count);
}

/**
 * Would a limit order trade as soon as it arrives? Without quotes the last price stands in for the
 * touch, and at exactly that price only the optimistic assumption says yes.
 */
export function isMarketable(
  side: Side,
  limitPrice: Ticks,
  top: TopOfBook,
  model: FillModel,
): boolean {
  const touch = touchPrice(top, side);
  if (touch === NO_PRICE) return false;
  const through = ticksThrough(side, limitPrice, touch);
  const isQuoted = top.bidPrice !== NO_PRICE;
  return isQuoted || model.limitFill === "touch" ? through >= 0 : through > 0;
}

/**
 * Lots displayed ahead of a limit order at its price: none where it improves the touch, those of
 * the touch where it joins it. Null where it stands deeper or the quantity is not known.
 */
export function displayedAhead(side: Side, limitPrice: Ticks, top: TopOfBook): Lots | null {
  const touch = side === "buy" ? top.bidPrice : top.askPrice;
  if (touch === NO_PRICE) return null;
  const deeper = ticksThrough(side, touch, limitPrice);
  if (deeper < 0) return 0 as Lots;
  if (deeper > 0) return null;
  const qty = side === "buy" ? top.bidQty : top.askQty;
  return qty > 0 ? qty : null;
}

/** A number from 0 up to 1 that depends on nothing but its arguments (the finalizer of Prospector 32). */
function uniform(seed: number, index: number): number {
  let hash = seed ^ Math.imul(index, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}

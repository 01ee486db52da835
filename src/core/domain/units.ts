import type { Brand } from "./brand.ts";
import { InvariantError } from "./invariant.ts";

/** Whole number of tick sizes. May be negative (spreads, oil in 2020). */
export type Ticks = Brand<number, "Ticks">;
/** Whole number of contracts or lots, never negative. */
export type Lots = Brand<number, "Lots">;
/** Signed lots of a position: positive long, negative short. */
export type SignedLots = Brand<number, "SignedLots">;
/** Whole millionths of the account currency. */
export type Money = Brand<bigint, "Money">;
/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = Brand<number, "EpochMs">;
export type DurationMs = Brand<number, "DurationMs">;

export const MONEY_SCALE = 1_000_000;
export const NO_MONEY = 0n as Money;
export const NO_LOTS = 0 as Lots;

export function ticks(value: number): Ticks {
  if (!Number.isSafeInteger(value)) broken("a price is a whole number of ticks", value);
  return value as Ticks;
}

export function lots(value: number): Lots {
  if (!Number.isSafeInteger(value) || value < 0) {
    broken("a quantity is a whole number of lots, zero or more", value);
  }
  return value as Lots;
}

export function signedLots(value: number): SignedLots {
  if (!Number.isSafeInteger(value)) broken("a position is a whole number of lots", value);
  return value as SignedLots;
}

export function epochMs(value: number): EpochMs {
  if (!Number.isSafeInteger(value)) broken("an instant is whole milliseconds", value);
  return value as EpochMs;
}

export function money(millionths: bigint): Money {
  return millionths as Money;
}

/** Money from a decimal number of currency units, exact to a millionth: `moneyFrom(12.5)`. */
export function moneyFrom(units: number): Money {
  const millionths = Math.round(units * MONEY_SCALE);
  if (!Number.isSafeInteger(millionths)) broken("an amount fits in 2^53 millionths", units);
  return BigInt(millionths) as Money;
}

/** For screens, statistics and ratios only; never flows back into the ledger. */
export function moneyToNumber(amount: Money): number {
  return Number(amount) / MONEY_SCALE;
}

/** Words the message only when it is needed: these checks stand on hot paths. */
function broken(rule: string, found: number): never {
  throw new InvariantError(`Broken invariant: ${rule}, found ${found}`);
}

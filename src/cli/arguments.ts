import { InvalidArgumentError } from "commander";
import { type Lots, type Ticks, lots, ticks } from "#core/domain/units.ts";
import { parseOverride } from "#runtime/config/overrides.ts";
import type { Speed } from "#runtime/market-pace.ts";

/** Readers of words on the command line. Each says what it expected; commander adds which word it was. */

export function quantity(text: string): Lots {
  return lots(wholeNumber(text, "a whole number of lots, 1 or more"));
}

export function tickCount(text: string): Ticks {
  return ticks(wholeNumber(text, "a whole number of ticks, 1 or more"));
}

export function sequence(text: string): number {
  return wholeNumber(text, "a sequence number, 1 or more");
}

/** A price as the exchange quotes it; which tick it is depends on the instrument. */
export function price(text: string): number {
  if (!/^-?\d{1,12}(?:\.\d{1,12})?$/u.test(text)) {
    throw new InvalidArgumentError("Expected a price such as 1320.5.");
  }
  return Number(text);
}

export function speed(text: string): Speed {
  if (text === "max") return "max";
  const factor = /^\d{1,7}(?:\.\d{1,3})?$/u.test(text) ? Number(text) : 0;
  if (factor > 0) return factor;
  throw new InvalidArgumentError("Expected a factor above zero such as 60, or max.");
}

/** Looks whether it is a change of the configuration, and adds it to those before. */
export function override(text: string, before: readonly string[]): readonly string[] {
  try {
    parseOverride(text);
    return [...before, text];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
}

function wholeNumber(text: string, expected: string): number {
  const value = /^\d{1,12}$/u.test(text) ? Number(text) : 0;
  if (value >= 1) return value;
  throw new InvalidArgumentError(`Expected ${expected}.`);
}

import { InvalidArgumentError } from "commander";
import { type EpochMs, type Lots, type Ticks, epochMs, lots, ticks } from "#core/domain/units.ts";
import { parseOverride } from "#runtime/config/overrides.ts";
import { LAPS_MAX } from "#runtime/lapped-data.ts";
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

/** Time that others live by has a pace. */
export function factor(text: string): number {
  const value = speed(text);
  if (value === "max") throw new InvalidArgumentError("Expected a factor above zero such as 60.");
  return value;
}

export function laps(text: string): number {
  const count = /^\d{1,6}$/u.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= LAPS_MAX) return count;
  throw new InvalidArgumentError(`Expected 1 to ${LAPS_MAX} laps.`);
}

export function instant(text: string): EpochMs {
  try {
    return epochMs(Temporal.Instant.from(text).epochMilliseconds);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError("Expected an instant such as 2013-10-08T14:00:00Z.");
  }
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

import { type Instrument, ticksToPrice } from "#core/domain/instrument.ts";
import type { Ticks } from "#core/domain/units.ts";

/** A price as a JSON number; null stays null. */
export function wirePrice(instrument: Instrument, price: Ticks | null): number | null {
  return price === null ? null : ticksToPrice(instrument, price);
}

/** An average may lie between two ticks; nine decimals, as the venue's samples have at most. */
export function wireAverage(instrument: Instrument, averageTicks: number): number {
  const price = (averageTicks * instrument.tickUnits) / instrument.tickScale;
  return Number(price.toFixed(9));
}

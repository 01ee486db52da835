import { type Instrument, formatPrice } from "#core/domain/instrument.ts";
import { ticks } from "#core/domain/units.ts";
import { reasonText } from "./sentences.ts";

/** A reason given about an order of an instrument, with prices where the simulated venue says ticks. */
export function venueReason(reason: string, instrument: Instrument | undefined): string {
  const text = reasonText(reason);
  if (instrument === undefined) return text;
  if (!text.startsWith("invalid stop price: ")) return text;
  return text.replaceAll(/(?<=market at |found )\d+/gu, (found) =>
    formatPrice(instrument, ticks(Number(found))),
  );
}

import type { TradingHoursId } from "./calendar/cme-hours.ts";
import type { InstrumentId } from "./ids.ts";
import { invariant } from "./invariant.ts";
import { money } from "./units.ts";
import type { Lots, Money, Ticks } from "./units.ts";

export type Exchange = "CME" | "CBOT" | "COMEX" | "NYMEX";

export type ProductGroup =
  | "equityIndex"
  | "metals"
  | "energy"
  | "fx"
  | "treasuries"
  | "grains"
  | "livestock"
  | "crypto";

/** What is known of a product before anything is derived from it. */
export type InstrumentSpec = {
  /** The root for a continuous series ("MGC"), root and expiry for a contract ("MGCZ25"). */
  readonly id: InstrumentId;
  readonly root: string;
  /** The product's part of ProjectX contract ids: "CON.F.US.<code>.Z25". */
  readonly projectXCode: string;
  readonly exchange: Exchange;
  readonly group: ProductGroup;
  /** Smallest price step, meant as its shortest decimal: 0.1 is a tenth, 0.00390625 is 1/256. */
  readonly tickSize: number;
  /** Worth of one tick of one lot. */
  readonly tickValue: Money;
  readonly currency: "USD";
  readonly hours: TradingHoursId;
  /** Letters of the months that trade, ascending. */
  readonly months: string;
  /** Tenths of a mini contract that one lot counts as in position limits: 10 full size, 1 micro. */
  readonly weightTenths: 10 | 2 | 1;
};

/** One tradable product or contract. Plain data: it enters the desk as part of an event. */
export type Instrument = InstrumentSpec & {
  /** `tickSize` as a whole number of `1 / tickScale`: 0.25 is 25 of 1/100. */
  readonly tickUnits: number;
  readonly tickScale: number;
  /** Digits after the point that a price of this instrument may have. */
  readonly decimals: number;
};

/** Derives what conversion needs. A tick without a finite decimal or without worth is a RangeError. */
export function defineInstrument(spec: InstrumentSpec): Instrument {
  if (!(spec.tickSize > 0) || !Number.isFinite(spec.tickSize)) {
    throw new RangeError(`Expected a tick size above zero for ${spec.id}, found ${spec.tickSize}`);
  }
  if (spec.tickValue <= 0n) {
    throw new RangeError(`Expected a tick of ${spec.id} to be worth something`);
  }
  const decimals = decimalsOf(spec.tickSize);
  const tickScale = 10 ** decimals;
  const tickUnits = Math.round(spec.tickSize * tickScale);
  if (decimals > 15 || tickUnits / tickScale !== spec.tickSize) {
    throw new RangeError(`Expected a short decimal as tick size, found ${spec.tickSize}`);
  }
  return { ...spec, tickUnits, tickScale, decimals };
}

/**
 * The price as whole ticks, or undefined when it lies between two ticks or is no price at all.
 * Exact: both sides are the double nearest to the same decimal, so nothing is rounded away and
 * nothing is lost as in `Math.floor(price / tickSize)`.
 */
export function priceToTicks(instrument: Instrument, price: number): Ticks | undefined {
  const count = Math.round((price * instrument.tickScale) / instrument.tickUnits);
  const units = count * instrument.tickUnits;
  if (!Number.isSafeInteger(units) || units / instrument.tickScale !== price) return undefined;
  return withoutMinusZero(count);
}

/** The double nearest to the price: what its decimal text reads back as. */
export function ticksToPrice(instrument: Instrument, price: Ticks): number {
  const units = price * instrument.tickUnits;
  invariant(Number.isSafeInteger(units), `a price of ${instrument.id} fits in 2^53 steps`);
  return units / instrument.tickScale;
}

/**
 * A computed price (an average, a stop at 1.5 ATR) moved to a tick. Noise of floating point does
 * not move it: 0.1 + 0.2 is the third tick of 0.1 in every direction. Undefined for NaN, infinity.
 */
export function roundToTicks(
  instrument: Instrument,
  price: number,
  toward: "nearest" | "down" | "up",
): Ticks | undefined {
  const exact = (price * instrument.tickScale) / instrument.tickUnits;
  const nearest = Math.round(exact);
  if (!Number.isSafeInteger(nearest * instrument.tickUnits)) return undefined;
  if (Math.abs(exact - nearest) < 1e-6) return withoutMinusZero(nearest);
  switch (toward) {
    case "nearest":
      return withoutMinusZero(nearest);
    case "down":
      return withoutMinusZero(Math.floor(exact));
    case "up":
      return withoutMinusZero(Math.ceil(exact));
  }
}

/** With all digits that the instrument's prices may have: "2650.0", "110.015625". */
export function formatPrice(instrument: Instrument, price: Ticks): string {
  return ticksToPrice(instrument, price).toFixed(instrument.decimals);
}

/** Worth of a move of 1.0 in price, per lot. */
export function pointValue(instrument: Instrument): Money {
  const worth = instrument.tickValue * BigInt(instrument.tickScale);
  const units = BigInt(instrument.tickUnits);
  invariant(worth % units === 0n, `a point of ${instrument.id} is worth whole millionths`);
  return money(worth / units);
}

/** Lots in mini contracts, as position limits count them: 3 MES are 0.3. */
export function miniEquivalents(instrument: Instrument, qty: Lots): number {
  return (qty * instrument.weightTenths) / 10;
}

/** Digits after the point of the shortest decimal that reads back as the same double. */
function decimalsOf(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const fraction = mantissa.split(".")[1] ?? "";
  return Math.max(0, fraction.length - Number(exponent));
}

/** Of a count known to be a safe integer. */
const withoutMinusZero = (count: number): Ticks => (count === 0 ? 0 : count) as Ticks;

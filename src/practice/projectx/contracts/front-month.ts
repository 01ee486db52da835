import type { Instrument } from "#core/domain/instrument.ts";
import type { EpochMs } from "#core/domain/units.ts";

const LETTERS = "FGHJKMNQUVXZ";
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** When a product's active contract hands over to the next. */
type Roll = {
  /** Delivery months that ever become active, where they are fewer than those that trade. */
  readonly months?: string;
  /** Days from the first of the delivery month to the day on which the next contract becomes active. */
  readonly rollsAfterDays: number;
};

// The provider's own dates are not published. These give its list of 2026-08-19 and the habits of each market.
const INDEX_OR_FX: Roll = { rollsAfterDays: 10 };
const DELIVERED: Roll = { rollsAfterDays: -3 };
const ROLLS: Readonly<Record<string, Roll>> = {
  GC: { months: "GJMQZ", rollsAfterDays: -3 },
  MGC: { months: "GJMQZ", rollsAfterDays: -3 },
  CL: { rollsAfterDays: -15 },
  MCL: { rollsAfterDays: -15 },
  QM: { rollsAfterDays: -15 },
  RB: { rollsAfterDays: -15 },
  HO: { rollsAfterDays: -15 },
  ZC: { rollsAfterDays: -15 },
  ZW: { rollsAfterDays: -15 },
  ZS: { rollsAfterDays: -15 },
  ZM: { months: "FHKNZ", rollsAfterDays: -15 },
  ZL: { months: "FHKNZ", rollsAfterDays: -15 },
  MBT: { rollsAfterDays: 24 },
  MET: { rollsAfterDays: 24 },
};

/** The expiry, such as "Z25", of the contract of a product that is active at an instant. */
export function activeExpiry(product: Instrument, at: EpochMs): string {
  const roll = rollOf(product);
  const months = roll.months ?? product.months;
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO("UTC").toPlainDate();
  for (let ahead = 0; ; ahead += 1) {
    const delivery = today.with({ day: 1 }).add({ months: ahead });
    const letter = LETTERS.charAt(delivery.month - 1);
    const rollsOn = delivery.add({ days: roll.rollsAfterDays });
    const isActive = months.includes(letter) && Temporal.PlainDate.compare(today, rollsOn) < 0;
    if (isActive) return `${letter}${String(delivery.year % 100).padStart(2, "0")}`;
  }
}

/** "September 2026" for "U26". */
export function expiryText(expiry: string): string {
  return `${MONTHS[LETTERS.indexOf(expiry.charAt(0))]} 20${expiry.slice(1)}`;
}

function rollOf({ root, group }: Instrument): Roll {
  const isFinancial = group === "equityIndex" || group === "fx";
  return ROLLS[root] ?? (isFinancial ? INDEX_OR_FX : DELIVERED);
}

import type { Money } from "#core/domain/units.ts";

/** A gain or loss, with its sign: `+1,234.50`, `-3.10`, `0.00`. */
export function pnlText(amount: Money): string {
  const cents = roundedCents(amount);
  return `${cents > 0n ? "+" : ""}${centsText(cents)}`;
}

/** A balance, fee or limit: `50,000.00`. */
export function amountText(amount: Money): string {
  return centsText(roundedCents(amount));
}

/** To the cent, halves away from zero. */
function roundedCents(amount: Money): bigint {
  const half = amount < 0n ? -5_000n : 5_000n;
  return (amount + half) / 10_000n;
}

function centsText(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  const whole = digits.slice(0, -2).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",");
  return `${cents < 0n ? "-" : ""}${whole}.${digits.slice(-2)}`;
}

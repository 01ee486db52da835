import type { Money } from "#core/domain/units.ts";
import { pnlText } from "./money-text.ts";
import type { Paint } from "./paint.ts";

/** A gain in the color of gains, a loss in that of losses. */
export function pnlCell(amount: Money, paint: Paint): string {
  const text = pnlText(amount);
  if (amount === 0n) return text;
  return amount > 0n ? paint.good(text) : paint.bad(text);
}

/** A share from 0 to 1 as a bar: full only when it is whole. */
export function bar(share: number, cells: number): string {
  const filled = Math.min(cells, Math.max(0, Math.floor(share * cells + 1e-9)));
  return `${"█".repeat(filled)}${"░".repeat(cells - filled)}`;
}

import { type OrderIntent, limitOf, priceOf } from "#core/domain/order.ts";

/** Equal for two entries that nobody would want twice: same instrument, side, quantity and prices. */
export function entryKey(
  entry: Pick<OrderIntent, "instrument" | "side" | "qty" | "terms">,
): string {
  const { instrument, side, qty, terms } = entry;
  return `${instrument} ${side} ${qty} ${terms.type} ${priceOf(terms) ?? ""} ${limitOf(terms) ?? ""}`;
}

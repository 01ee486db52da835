import { type Order, isClosed } from "#core/domain/order.ts";
import { isOpenEntry } from "#core/risk/exposure.ts";

/**
 * Whether a graceful stop waits for an order: it is to be canceled, or what was sent for it was not answered yet. What
 * was placed elsewhere stays.
 */
export function isAwaited(order: Order): boolean {
  const isOurs = order.source.kind !== "external";
  return (isOurs && isOpenEntry(order)) || isUnanswered(order);
}

/** For people: what a desk leaves without knowing what became of it; null where it knows. */
export function unansweredText(orders: readonly Order[]): string | null {
  const left = orders.filter(isUnanswered);
  if (left.length === 0) return null;
  const names = left.map(({ clientOrderId, purpose }) => `${clientOrderId} (${purpose})`);
  return `The desk stops without the venue's answer for ${names.join(", ")}: look there, or start the desk again to find out`;
}

function isUnanswered(order: Order): boolean {
  return !isClosed(order) && (order.status.kind !== "working" || order.change !== null);
}

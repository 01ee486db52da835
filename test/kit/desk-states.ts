import type { OrderIntent } from "#core/domain/order.ts";
import type { DeskStatus } from "#runtime/status.ts";

// What scenarios wait for and look at in the state of a desk.

/** A position is held and a stop for it works at the venue. */
export function isProtected(status: DeskStatus): boolean {
  return status.positions.length > 0 && isWorking(status, "stopLoss");
}

export function isWorking({ orders }: DeskStatus, purpose: OrderIntent["purpose"]): boolean {
  return orders.some((order) => order.purpose === purpose && order.status.kind === "working");
}

/** Nothing is held and nothing works. */
export function isFlat({ positions, orders }: DeskStatus): boolean {
  return positions.length === 0 && orders.length === 0;
}

/** The price of the last trade of the first instrument, in ticks. */
export function lastPrice({ touches }: DeskStatus): number {
  const price = touches[0]?.touch.lastPrice;
  if (price === undefined || price === null) throw new Error("Expected a price, found none");
  return price;
}

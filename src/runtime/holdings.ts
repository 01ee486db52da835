import type { DeskState } from "#core/desk/state.ts";
import { type Order, openQty } from "#core/domain/order.ts";
import type { Position } from "#core/domain/position.ts";

/** What a desk is in the market with: positions that are not flat, and orders that may still fill. */
export type Holdings = {
  readonly positions: readonly Position[];
  readonly orders: readonly Order[];
};

export function holdingsOf(state: DeskState): Holdings {
  return {
    positions: [...state.positions.values()].filter(({ qty }) => qty !== 0),
    orders: [...state.openOrders.values()].filter((order) => openQty(order) > 0),
  };
}

import type { Order, OrderPurpose } from "#core/domain/order.ts";
import { type Position, closingSide } from "#core/domain/position.ts";
import { isProtective } from "#core/risk/exposure.ts";

/**
 * What an order is for. One placed elsewhere does not say: against the position it is a stop loss or a take profit where
 * it closes no more than is held, and else may open something.
 */
export function aimText(order: Order, positions: readonly Position[]): string {
  return order.source.kind === "external"
    ? `${PURPOSES[externalPurpose(order, positions)]}, elsewhere`
    : PURPOSES[order.purpose];
}

/** The same for the end of a session, where it counts whether an order stays. */
export function stayText(order: Order, positions: readonly Position[]): string {
  if (order.source.kind !== "external") return order.reduceOnly ? "protects or closes" : "entry";
  const purpose = externalPurpose(order, positions);
  return purpose === "entry"
    ? "placed elsewhere and left there"
    : "placed elsewhere, protects or closes";
}

const PURPOSES: Readonly<Record<OrderPurpose, string>> = {
  entry: "entry",
  exit: "exit",
  stopLoss: "stop loss",
  takeProfit: "take profit",
  riskClose: "risk close",
};

function externalPurpose(order: Order, positions: readonly Position[]): OrderPurpose {
  const position = positions.find(
    ({ accountId, instrument }) => accountId === order.accountId && instrument === order.instrument,
  );
  if (position === undefined || position.qty === 0) return "entry";
  if (isProtective(order, position)) return "stopLoss";
  const closes = order.side === closingSide(position.qty) && order.qty <= Math.abs(position.qty);
  if (!closes) return "entry";
  return order.terms.type === "limit" ? "takeProfit" : "exit";
}

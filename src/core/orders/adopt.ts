import type { Turn } from "#core/desk/turn.ts";
import { type ClientOrderId, type VenueOrderId, clientOrderId } from "#core/domain/ids.ts";
import type { Fill, Order } from "#core/domain/order.ts";
import type { Lots } from "#core/domain/units.ts";

/** An order and its fills that the venue knows and we do not: counted and guarded from here on (R14). */
export function adoptForFill(turn: Turn, fill: Fill): void {
  turn.emit({
    kind: "orderAdopted",
    order: externalOrder(turn, {
      ...fill,
      clientOrderId: fill.clientOrderId,
      venueOrderId: null,
      terms: { type: "market" },
      reduceOnly: false,
    }),
  });
}

export function externalOrder(
  turn: Turn,
  seen: Pick<
    Order,
    | "clientOrderId"
    | "accountId"
    | "instrument"
    | "side"
    | "qty"
    | "terms"
    | "reduceOnly"
    | "venueOrderId"
  >,
): Order {
  const {
    clientOrderId: id,
    accountId,
    instrument,
    side,
    qty,
    terms,
    reduceOnly,
    venueOrderId,
  } = seen;
  return {
    clientOrderId: id,
    accountId,
    instrument,
    side,
    qty,
    terms,
    reduceOnly,
    venueOrderId,
    source: { kind: "external" },
    purpose: "entry",
    timeInForce: "gtc",
    bracket: null,
    parent: null,
    requestId: null,
    approvedAt: turn.now,
    queueUntil: turn.now,
    status: { kind: "working" },
    change: null,
    filledQty: 0 as Lots,
    venueFilledQty: 0 as Lots,
  };
}

/** The key of an order that the venue lists without an id of ours. */
export function externalOrderId(venueOrderId: VenueOrderId): ClientOrderId {
  return clientOrderId(`ext-${venueOrderId}`);
}

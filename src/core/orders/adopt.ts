import { findOrder } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import {
  type AccountId,
  type ClientOrderId,
  type VenueOrderId,
  clientOrderId,
} from "#core/domain/ids.ts";
import type { Order } from "#core/domain/order.ts";
import type { VenueOrder } from "#core/domain/report.ts";
import type { Lots } from "#core/domain/units.ts";
import { requestCancel } from "./place.ts";

/** An order that the venue knows and we do not: counted and guarded from here on (R14). */
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

/**
 * An order that had ended for us and exists after all: it counts again, and is canceled, because nobody waits for it
 * any more (R5, R14).
 */
export function takeBack(turn: Turn, order: Order, venueOrderId: VenueOrderId): void {
  const status = { kind: "unconfirmed", since: turn.now } as const;
  const known: Order = { ...order, venueOrderId, status, change: null };
  turn.emit({ kind: "orderAdopted", order: known });
  requestCancel(turn, known);
}

/**
 * Our key of an order that the venue lists: its own where it has none of ours, and where the id is ours and the order
 * is not, because another desk has made the same one.
 */
export function venueOrderKey(turn: Turn, accountId: AccountId, seen: Listed): ClientOrderId {
  const { clientOrderId: id } = seen;
  const known = id === null ? undefined : findOrder(turn.state, id);
  const isOther = known !== undefined && isAnother(turn, known, { ...seen, accountId });
  return id === null || isOther ? clientOrderId(`ext-${seen.venueOrderId}`) : id;
}

/**
 * Whether an order of the venue under the id of one of ours is not that one. The venue's own number of it decides where
 * it was told: the instrument may be called otherwise meanwhile. Until then ours is on its side of its instrument, and
 * the venue cannot have taken it long before it was approved; what it did take then is of an earlier life of the id.
 */
function isAnother(turn: Turn, known: Order, seen: Listed & { readonly accountId: AccountId }) {
  if (known.accountId !== seen.accountId) return true;
  if (known.venueOrderId === seen.venueOrderId) return false;
  if (known.instrument !== seen.instrument || known.side !== seen.side) return true;
  if (known.source.kind === "external" || seen.placedAt === undefined) return false;
  return seen.placedAt < firstApprovedAt(turn, known) - CLOCKS_APART_MS;
}

/** A leg that the venue makes is as old as its entry, however long that has waited. */
function firstApprovedAt(turn: Turn, { approvedAt, parent }: Order): number {
  const entry = parent === null ? undefined : findOrder(turn.state, parent);
  return Math.min(approvedAt, entry?.approvedAt ?? approvedAt);
}

/** Our clock may be so far ahead of the venue's; entries are withheld long before. */
const CLOCKS_APART_MS = 60_000;

type Listed = Pick<
  VenueOrder,
  "clientOrderId" | "venueOrderId" | "instrument" | "side" | "placedAt"
>;

import { fillKey, findOrder, findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Fill, OrderSource } from "#core/domain/order.ts";
import { type Booking, bookFill, flatPosition } from "./book-fill.ts";

/** Books a fill of a known order, once (R7). Returns whether it was new. */
export function book(turn: Turn, fill: Fill): boolean {
  const { state, market } = turn;
  if (state.fillKeys.has(fillKey(fill.accountId, fill.fillId))) return false;
  const instrument = market.instrument(fill.instrument);
  invariant(instrument !== undefined, `a fill is of a known instrument, found ${fill.instrument}`);
  const before =
    findPosition(state, fill.accountId, fill.instrument) ??
    flatPosition(fill.accountId, fill.instrument);
  const orderOwner = findOrder(state, fill.clientOrderId)?.source ?? { kind: "external" };
  const owner: OrderSource = before.trip?.owner ?? orderOwner;
  const booking: Booking = bookFill(before, { fill, owner: orderOwner }, instrument.tickValue);
  turn.touch(fill.accountId);
  turn.emit({
    kind: "fillBooked",
    fill,
    tradingDay: market.tradingDay(fill.at),
    owner,
    ...booking,
  });
  return true;
}

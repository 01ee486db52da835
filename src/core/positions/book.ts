import { findOrder, findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Fill } from "#core/domain/order.ts";
import { bookFill, flatPosition } from "./book-fill.ts";

/** Books a new fill of a known order: what it did to the position and to whom its result belongs. */
export function book(turn: Turn, fill: Fill): void {
  const { state, market } = turn;
  const { accountId } = fill;
  const instrument = market.instrument(fill.instrument);
  const order = findOrder(state, fill.clientOrderId);
  invariant(instrument !== undefined, `a fill is of a known instrument, found ${fill.instrument}`);
  invariant(order !== undefined, `a fill is of a known order, found ${fill.clientOrderId}`);
  const before =
    findPosition(state, accountId, fill.instrument) ?? flatPosition(accountId, fill.instrument);
  const booking = bookFill(before, { fill, owner: order.source }, instrument.tickValue);
  turn.touch(accountId);
  turn.emit({
    kind: "fillBooked",
    fill,
    tradingDay: market.tradingDay(fill.at),
    owner: before.trip?.owner ?? order.source,
    ...booking,
  });
}

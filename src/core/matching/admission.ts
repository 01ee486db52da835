import type { ModifyOrder, SubmitOrder } from "#core/desk/command.ts";
import type { OrderTerms, Side } from "#core/domain/order.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import type { TopOfBook } from "#core/market/top-of-book.ts";
import { type BookOrder, stopOf } from "./book-order.ts";
import { ENTRY_ID_LENGTH_MAX } from "./brackets.ts";
import { ticksPastStop, touchPrice } from "./fill-model.ts";

export const ID_IN_USE = "client order id already in use";
export const MARKET_CLOSED = "market closed";
export const UNKNOWN_ORDER = "unknown order";
export const SUSPENDED = "suspended until its entry fills";

/** Why an order for a known account and an open instrument is refused; undefined when it is not. */
export function submitRefusal(command: SubmitOrder, top: TopOfBook): string | undefined {
  return (
    qtyRefusal(command.qty) ??
    bracketRefusal(command) ??
    trailRefusal(command.terms) ??
    stopRefusal(command.side, command.terms, top)
  );
}

/** Why a working order cannot be changed like this; undefined when it can. */
export function modifyRefusal(
  order: BookOrder,
  command: ModifyOrder,
  top: TopOfBook,
): string | undefined {
  const { terms } = command;
  if (terms.type !== order.terms.type) {
    return `a ${order.terms.type} order cannot become a ${terms.type} order`;
  }
  const refusal = qtyRefusal(command.qty) ?? trailRefusal(terms);
  if (refusal !== undefined) return refusal;
  // One whose stop price was reached has no trigger any more.
  return order.phase === "stop" ? stopRefusal(order.side, terms, top) : undefined;
}

function qtyRefusal(qty: number): string | undefined {
  if (Number.isSafeInteger(qty) && qty > 0) return undefined;
  return `quantity must be at least 1, found ${qty}`;
}

function bracketRefusal({ bracket, clientOrderId, reduceOnly }: SubmitOrder): string | undefined {
  if (bracket === null) return undefined;
  if (reduceOnly) return "a reduce-only order takes no bracket";
  if (clientOrderId.length > ENTRY_ID_LENGTH_MAX) {
    return `the id of an order with a bracket has at most ${ENTRY_ID_LENGTH_MAX} characters, found ${clientOrderId.length}`;
  }
  const distance = Math.min(bracket.stopLossTicks, bracket.takeProfitTicks ?? 1);
  return distance >= 1 ? undefined : `bracket distances must be at least 1 tick, found ${distance}`;
}

function trailRefusal(terms: OrderTerms): string | undefined {
  if (terms.type !== "trailingStop" || terms.trailTicks >= 1) return undefined;
  return `trail distance must be at least 1 tick, found ${terms.trailTicks}`;
}

/** A stop that the market has already reached would be a market order in disguise. */
function stopRefusal(side: Side, terms: OrderTerms, top: TopOfBook): string | undefined {
  const stop = stopOf(terms);
  const market = top.lastPrice === NO_PRICE ? touchPrice(top, side) : top.lastPrice;
  if (stop === null || market === NO_PRICE) return undefined;
  if (ticksPastStop(side, stop, market) < 0) return undefined;
  const where = side === "buy" ? "above" : "below";
  return `invalid stop price: a ${side} stop must be ${where} the market at ${market}, found ${stop}`;
}

import type { SubmitOrder } from "#core/desk/command.ts";
import {
  type ClientOrderId,
  type VenueOrderId,
  clientOrderId,
  venueOrderId,
} from "#core/domain/ids.ts";
import {
  type Instrument,
  priceToTicks,
  roundToTicks,
  ticksToPrice,
} from "#core/domain/instrument.ts";
import type { OrderTerms } from "#core/domain/order.ts";
import type { VenueOrder } from "#core/domain/report.ts";
import { type Ticks, lots } from "#core/domain/units.ts";
import type { TradedContract } from "./contract-book.ts";
import type { OrderRow, OrderState } from "./rows.ts";

// What an order is called here and there.

const TYPE = { limit: 1, market: 2, stopLimit: 3, stop: 4, trailingStop: 5 } as const;
/** The venue takes no bracket stop that is nearer to the fill. */
const STOP_TICKS_LEAST = 4;

/** The body of `Order/place`, or why the venue has no such order. */
export function placement(
  command: SubmitOrder,
  contract: TradedContract,
  venueAccount: string,
): { readonly body: Readonly<Record<string, unknown>> } | { readonly problem: string } {
  const { terms, timeInForce, bracket, side, qty } = command;
  if (qty === 0) return { problem: "an order needs at least one lot" };
  if (terms.type === "stopLimit" || terms.type === "trailingStop") {
    return { problem: `ProjectX takes no ${terms.type} orders; use a stop` };
  }
  if (terms.type !== "market" && (timeInForce === "ioc" || timeInForce === "fok")) {
    return { problem: `ProjectX knows no ${timeInForce} orders; use day or gtc` };
  }
  if (bracket !== null && bracket.stopLossTicks < STOP_TICKS_LEAST) {
    const text = `the stop of a bracket at ProjectX is at least ${STOP_TICKS_LEAST} ticks away`;
    return { problem: `${text}, found ${bracket.stopLossTicks}` };
  }
  const sign = side === "buy" ? 1 : -1;
  const target = bracket?.takeProfitTicks ?? null;
  return {
    body: {
      accountId: Number(venueAccount),
      contractId: contract.contractId,
      type: TYPE[terms.type],
      side: side === "buy" ? 0 : 1,
      size: qty,
      ...prices(terms, contract.instrument),
      trailPrice: null,
      customTag: command.clientOrderId,
      // Distances carry the sign of the move: a long loses below its entry.
      stopLossBracket:
        bracket === null ? null : { ticks: -sign * bracket.stopLossTicks, type: TYPE.stop },
      takeProfitBracket: target === null ? null : { ticks: sign * target, type: TYPE.limit },
    },
  };
}

/** The price members of a request; null leaves a price as it is. */
export function prices(
  terms: OrderTerms,
  instrument: Instrument,
): { readonly limitPrice: number | null; readonly stopPrice: number | null } {
  const price = (ticks: Ticks): number => ticksToPrice(instrument, ticks);
  switch (terms.type) {
    case "market":
      return { limitPrice: null, stopPrice: null };
    case "limit":
      return { limitPrice: price(terms.limitPrice), stopPrice: null };
    case "stop":
    case "trailingStop":
      return { limitPrice: null, stopPrice: price(terms.stopPrice) };
    case "stopLimit":
      return { limitPrice: price(terms.limitPrice), stopPrice: price(terms.stopPrice) };
  }
}

/** The terms of an order at the venue; null while its prices are not known, as of a leg that waits for its entry. */
export function termsOf(row: OrderRow, instrument: Instrument): OrderTerms | null {
  const limitPrice = inTicks(instrument, row.limitPrice);
  const stopPrice = inTicks(instrument, row.stopPrice);
  switch (row.type) {
    case TYPE.market:
      return { type: "market" };
    case TYPE.stop:
      return stopPrice === null ? null : { type: "stop", stopPrice };
    case TYPE.stopLimit:
      return stopPrice === null || limitPrice === null
        ? null
        : { type: "stopLimit", stopPrice, limitPrice };
    case TYPE.trailingStop: {
      const trailTicks = inTicks(instrument, Math.abs(row.trailPrice ?? 0));
      return stopPrice === null || trailTicks === null
        ? null
        : { type: "trailingStop", stopPrice, trailTicks };
    }
    default:
      // Limits, and what joins the bid or the ask at a limit that the venue chose.
      return limitPrice === null ? null : { type: "limit", limitPrice };
  }
}

/** Our key of an order of the venue: its tag where that can be an id, or one made of the venue's own. */
export function keyOf(row: Pick<OrderRow, "id" | "customTag">): ClientOrderId {
  return tagOf(row) ?? externalKey(row.id);
}

export function tagOf({ customTag }: Pick<OrderRow, "customTag">): ClientOrderId | null {
  return customTag !== null && /^[\x21-\x7e]{1,64}$/u.test(customTag)
    ? clientOrderId(customTag)
    : null;
}

export function externalKey(orderId: string): ClientOrderId {
  return clientOrderId(`ext-${orderId}`);
}

export function venueIdOf({ id }: Pick<OrderRow, "id">): VenueOrderId {
  return venueOrderId(id);
}

/** An order as the snapshot of an account lists it. What has no known price counts as taking any. */
export function listed(row: OrderRow, instrument: Instrument): VenueOrder {
  return {
    clientOrderId: tagOf(row),
    venueOrderId: venueIdOf(row),
    instrument: instrument.id,
    side: row.side,
    qty: lots(row.size),
    filledQty: lots(row.fillVolume ?? 0),
    terms: termsOf(row, instrument) ?? { type: "market" },
    reduceOnly: false,
    state: stateOf(row.status),
    ...(row.creationTimestamp === null ? {} : { placedAt: row.creationTimestamp }),
  };
}

function stateOf(state: OrderState): VenueOrder["state"] {
  switch (state) {
    case "none":
    case "open":
    case "pending":
    case "pendingCancel":
    case "suspended":
      return "working";
    case "filled":
    case "canceled":
    case "expired":
    case "rejected":
      return state;
  }
}

/** Prices of orders lie on ticks; one that does not is taken to the nearest. */
function inTicks(instrument: Instrument, price: number | null): Ticks | null {
  if (price === null) return null;
  return priceToTicks(instrument, price) ?? roundToTicks(instrument, price, "nearest") ?? null;
}

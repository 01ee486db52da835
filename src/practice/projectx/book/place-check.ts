import { type Instrument, roundToTicks, ticksToPrice } from "#core/domain/instrument.ts";
import type { OrderTerms } from "#core/domain/order.ts";
import { type Ticks, ticks } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import type { TopOfBook } from "#core/market/top-of-book.ts";
import type { FirmAccount } from "./firm-account.ts";
import { ORDER_TYPE, ORDER_TYPE_NAMES } from "./gateway-order.ts";
import type { BracketRequest, PlaceRequest } from "./place-request.ts";
import { REFUSALS } from "./refusal.ts";

/** More lots than anybody trades; the venue's own limit is unknown. */
export const SIZE_MAX = 100_000;
const STOP_TICKS_MIN = 4;
const TRAIL_TICKS_MAX = 1_000;
/** How far from the last price a limit or stop may be, as a share of it. The venue's own range is unknown. */
const PRICE_BAND = 0.1;
const ALIGNED_WITHIN = 1e-8;

/** Why a placement is refused before the market is asked; undefined when it is not. The order of the checks is ours. */
export function placementText(request: PlaceRequest, account: FirmAccount): string | undefined {
  const { type, side, size, stopLossBracket: stop, takeProfitBracket: target } = request;
  const isKnownType = type in ORDER_TYPE_NAMES && type !== 0 && type !== ORDER_TYPE.stopLimit;
  if (!isKnownType) return REFUSALS.type;
  if (size <= 0 || size > SIZE_MAX) return REFUSALS.size;
  if (side !== 0 && side !== 1) return REFUSALS.side;
  const hasBracket = stop !== null || target !== null;
  if (hasBracket && account.brackets === "position") return REFUSALS.positionBrackets;
  return stopText(stop, side) ?? targetText(target, side);
}

function stopText(bracket: BracketRequest | null, side: 0 | 1): string | undefined {
  if (bracket === null) return undefined;
  const { ticks: count, type } = bracket;
  const found = `Invalid stop loss ticks (${count}).`;
  if (type !== ORDER_TYPE.stop) return `Invalid stop loss type (${ORDER_TYPE_NAMES[type] ?? type})`;
  if (side === 0 && count >= 0) return `${found} Ticks should be less than zero when longing.`;
  if (side === 1 && count <= 0) {
    return `${found} Ticks should be greater than zero when going short.`;
  }
  if (Math.abs(count) >= STOP_TICKS_MIN) return undefined;
  return `${found} Stop loss tick value should be at least ${STOP_TICKS_MIN} ticks.`;
}

function targetText(bracket: BracketRequest | null, side: 0 | 1): string | undefined {
  if (bracket === null) return undefined;
  const { ticks: count, type } = bracket;
  const found = `Invalid take profit ticks (${count}).`;
  if (type !== ORDER_TYPE.limit) {
    return `Invalid take profit type (${ORDER_TYPE_NAMES[type] ?? type})`;
  }
  if (side === 0 && count <= 0) return `${found} Ticks should be greater than zero when longing.`;
  if (side === 1 && count >= 0) return `${found} Ticks should be less than zero when going short.`;
  return undefined;
}

/** The terms that prices of a request stand for, or the text of the refusal. */
export function termsOf(
  request: PlaceRequest,
  product: Instrument,
  top: TopOfBook,
): OrderTerms | string {
  const { type, side, limitPrice, stopPrice, trailPrice } = request;
  switch (type) {
    case ORDER_TYPE.market:
      return { type: "market" };
    case ORDER_TYPE.limit: {
      const price = allowedTicks(product, limitPrice, top);
      return price === undefined ? REFUSALS.price : { type: "limit", limitPrice: price };
    }
    case ORDER_TYPE.stop: {
      const price = allowedTicks(product, stopPrice, top);
      return price === undefined ? REFUSALS.price : { type: "stop", stopPrice: price };
    }
    case ORDER_TYPE.trailingStop:
      return trailingTerms(allowedTicks(product, trailPrice, top), side, top) ?? REFUSALS.price;
    default: {
      const price = type === ORDER_TYPE.joinBid ? top.bidPrice : top.askPrice;
      return price === NO_PRICE ? REFUSALS.notTrading : { type: "limit", limitPrice: price };
    }
  }
}

/** The request names a price; what counts afterwards is its distance from the market on arrival. */
export function trailingTerms(
  price: Ticks | undefined,
  side: number,
  { lastPrice }: TopOfBook,
): OrderTerms | undefined {
  if (price === undefined || lastPrice === NO_PRICE) return undefined;
  const distance = side === 0 ? price - lastPrice : lastPrice - price;
  if (distance < 1 || distance > TRAIL_TICKS_MAX) return undefined;
  return { type: "trailingStop", stopPrice: price, trailTicks: ticks(distance) };
}

/** A price on a tick and near the market; undefined for any other. */
export function allowedTicks(
  product: Instrument,
  price: number | null,
  { lastPrice }: TopOfBook,
): Ticks | undefined {
  if (price === null) return undefined;
  const near = roundToTicks(product, price, "nearest");
  if (near === undefined || Math.abs(ticksToPrice(product, near) - price) > ALIGNED_WITHIN) {
    return undefined;
  }
  const isFar =
    lastPrice !== NO_PRICE && Math.abs(near - lastPrice) > Math.abs(lastPrice) * PRICE_BAND;
  return isFar ? undefined : near;
}

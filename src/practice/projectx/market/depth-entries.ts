import { ticksToPrice } from "#core/domain/instrument.ts";
import type { Ticks } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { ContractMarket } from "#practice/projectx/book/contract-market.ts";
import type { Row } from "#practice/projectx/wire/rows.ts";

// The recorded data has best bid and ask and trades, and no levels behind them: types 1 and 2 never come from here.
const BEST_ASK = 3;
const BEST_BID = 4;
const TRADE = 5;
const LOW = 7;
const HIGH = 8;

/** The entries of a first batch say no time. */
export const NO_TIME_TEXT = "0001-01-01T00:00:00+00:00";

/** Both touches with what is displayed there. */
export function bestLevels(market: ContractMarket, timestamp: string): readonly Row[] {
  const { bidPrice, bidQty, askPrice, askQty } = market.top;
  return [
    ...entry(market, { timestamp, type: BEST_ASK, price: askPrice, volume: askQty }),
    ...entry(market, { timestamp, type: BEST_BID, price: bidPrice, volume: bidQty }),
  ];
}

export function tradeDepth(
  market: ContractMarket,
  { price, qty }: TradeTick,
  timestamp: string,
): Row {
  const [row] = entry(market, { timestamp, type: TRADE, price, volume: qty });
  return row ?? {};
}

/** Volume at every price of the day, best levels, high and low; without contract ids, as recorded. */
export function firstDepth(market: ContractMarket, timestamp: string): readonly Row[] {
  const { volumeAt, high, low } = market;
  const entries = [
    ...[...volumeAt].flatMap(([price, volume]) =>
      entry(market, { timestamp, type: TRADE, price, volume }),
    ),
    ...bestLevels(market, timestamp),
    ...entry(market, { timestamp, type: HIGH, price: high, volume: 0 }),
    ...entry(market, { timestamp, type: LOW, price: low, volume: 0 }),
  ];
  return entries.map(withoutContract);
}

type Level = {
  readonly timestamp: string;
  readonly type: number;
  readonly price: Ticks;
  readonly volume: number;
};

function entry(market: ContractMarket, { timestamp, type, price, volume }: Level): readonly Row[] {
  if (price === NO_PRICE) return [];
  const { id, product } = market.contract;
  return [
    {
      contractId: id,
      timestamp,
      type,
      price: ticksToPrice(product, price),
      volume,
      currentVolume: 0,
    },
  ];
}

export function withoutContract(row: Row): Row {
  const { contractId: _, ...rest } = row;
  return rest;
}

import { ticksToPrice } from "#core/domain/instrument.ts";
import type { Ticks } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import type { ContractMarket } from "#practice/projectx/book/contract-market.ts";
import { wireAverage } from "#practice/projectx/wire/price.ts";
import type { Row } from "#practice/projectx/wire/rows.ts";

/** Everything a quote says of the market besides who and when; what is not known is left out. */
export function quoteMembers(market: ContractMarket): Row {
  const { contract, top, open, high, low, volume, closeBefore } = market;
  const { product } = contract;
  const price = (ticks: Ticks): number | undefined =>
    ticks === NO_PRICE ? undefined : ticksToPrice(product, ticks);
  const since = closeBefore === NO_PRICE ? open : closeBefore;
  const moved =
    since === NO_PRICE || top.lastPrice === NO_PRICE ? undefined : top.lastPrice - since;
  const members = {
    symbolName: `/${product.root}`,
    lastPrice: price(top.lastPrice),
    bestBid: price(top.bidPrice),
    bestAsk: price(top.askPrice),
    change: moved === undefined ? undefined : wireAverage(product, moved),
    changePercent: moved === undefined ? undefined : Number((moved / since).toFixed(4)),
    open: price(open),
    high: price(high),
    low: price(low),
    volume: volume === 0 ? undefined : volume,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

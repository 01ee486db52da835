import { ticksToPrice } from "#core/domain/instrument.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { ContractMarket } from "#practice/projectx/book/contract-market.ts";
import type { HubConnection } from "#practice/projectx/hubs/hub-connection.ts";
import type { Row } from "#practice/projectx/wire/rows.ts";
import { StampSource, millisecondTime, streamTime } from "#practice/projectx/wire/stamp.ts";
import {
  NO_TIME_TEXT,
  bestLevels,
  firstDepth,
  tradeDepth,
  withoutContract,
} from "./depth-entries.ts";
import { quoteMembers } from "./quote-members.ts";

/** How market events look: as recorded, or as documented. */
export type EventShape = "live" | "doc";

export type FeedParts = {
  readonly connections: () => Iterable<HubConnection>;
  readonly shape: EventShape;
  /** Whether depth batches begin and end with null now. */
  readonly hasDepthNulls: () => boolean;
};

type Batch = {
  readonly market: ContractMarket;
  readonly at: EpochMs;
  readonly trades: Row[];
  readonly depth: Row[];
};

/** What the market hub tells of quotes and trades. Trades of one instant go out together. */
export class MarketFeed {
  readonly #parts: FeedParts;
  readonly #stamps = new StampSource();
  /** The members of the last quote of each contract: only what changed is told. */
  readonly #told = new Map<string, Row>();
  #batch: Batch | null = null;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** A row of data; `market` has taken it in already. */
  onData(market: ContractMarket, shown: TradeTick | Quote): void {
    if (this.#batch !== null && !belongs(this.#batch, market, shown)) this.flush();
    if (shown.kind === "quote") {
      this.#quote(market, shown.at);
      this.#depth(market, bestLevels(market, streamTime(this.#stamps.next(shown.at))));
      return;
    }
    this.#batch ??= { market, at: shown.at, trades: [], depth: [] };
    this.#batch.trades.push(tradeEntry(market, shown));
    this.#batch.depth.push(tradeDepth(market, shown, streamTime(this.#stamps.next(shown.at))));
  }

  /** Tells the trades that wait for others of their instant. */
  flush(): void {
    const batch = this.#batch;
    this.#batch = null;
    if (batch === null) return;
    const { market, at, trades, depth } = batch;
    this.#tell("GatewayTrade", "subscribecontracttrades", market, trades);
    this.#depth(market, depth);
    this.#quote(market, at);
  }

  /** Everything there is to say about the quote, for one who has just subscribed. */
  greetQuote(connection: HubConnection, market: ContractMarket): void {
    if (market.updatedAt === 0) return;
    connection.tell("GatewayQuote", [
      market.contract.id,
      this.#quoteRow(market, quoteMembers(market), market.updatedAt),
    ]);
  }

  /** The first batch of depth: best levels and the day's volume at every price. */
  greetDepth(connection: HubConnection, market: ContractMarket): void {
    const entries = firstDepth(market, NO_TIME_TEXT);
    if (entries.length === 0) return;
    for (const payload of this.#payloads(this.#withNulls(entries))) {
      connection.tell("GatewayDepth", [market.contract.id, payload]);
    }
  }

  #quote(market: ContractMarket, at: EpochMs): void {
    const { id } = market.contract;
    const members = quoteMembers(market);
    const before = this.#told.get(id) ?? {};
    this.#told.set(id, members);
    const subscription = `subscribecontractquotes/${id}`;
    let row: Row | null = null;
    for (const connection of this.#parts.connections()) {
      if (!connection.subscriptions.has(subscription)) continue;
      row ??= this.#quoteRow(market, changedMembers(before, members), at);
      connection.tell("GatewayQuote", [id, row]);
    }
  }

  #quoteRow(market: ContractMarket, members: Row, at: EpochMs): Row {
    const { id, symbolId } = market.contract;
    return {
      symbol: symbolId,
      ...members,
      lastUpdated: streamTime(this.#stamps.next(at)),
      timestamp: millisecondTime(at),
      ...(this.#parts.shape === "live" ? { contract: id } : {}),
    };
  }

  #depth(market: ContractMarket, entries: readonly Row[]): void {
    if (entries.length === 0) return;
    this.#tell("GatewayDepth", "subscribecontractmarketdepth", market, this.#withNulls(entries));
  }

  #withNulls(entries: readonly Row[]): readonly (Row | null)[] {
    return this.#parts.hasDepthNulls() ? [null, ...entries, null] : entries;
  }

  #tell(
    event: string,
    method: string,
    market: ContractMarket,
    entries: readonly (Row | null)[],
  ): void {
    const { id } = market.contract;
    for (const connection of this.#parts.connections()) {
      if (!connection.subscriptions.has(`${method}/${id}`)) continue;
      for (const payload of this.#payloads(entries)) connection.tell(event, [id, payload]);
    }
  }

  /** Live: one list. Documented: one event for each, without the contract. */
  #payloads(entries: readonly (Row | null)[]): readonly unknown[] {
    if (this.#parts.shape === "live") return [entries];
    return entries.flatMap((entry) => (entry === null ? [] : [withoutContract(entry)]));
  }
}

function belongs(batch: Batch, market: ContractMarket, shown: TradeTick | Quote): boolean {
  return shown.kind === "tradeTick" && shown.at === batch.at && market === batch.market;
}

function tradeEntry(market: ContractMarket, { price, qty, at }: TradeTick): Row {
  const { id, symbolId, product } = market.contract;
  return {
    symbolId,
    price: ticksToPrice(product, price),
    timestamp: millisecondTime(at),
    type: market.lastSide,
    volume: qty,
    contractId: id,
  };
}

function changedMembers(before: Row, now: Row): Row {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => before[name] !== value));
}

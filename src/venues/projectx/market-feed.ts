import type { Instrument } from "#core/domain/instrument.ts";
import { priceToTicks } from "#core/domain/instrument.ts";
import { type EpochMs, NO_LOTS, type Ticks, lots } from "#core/domain/units.ts";
import { NO_PRICE, type Quote } from "#core/market/quote.ts";
import type { Aggressor, TradeTick } from "#core/market/trade-tick.ts";
import type { ContractBook } from "./contract-book.ts";
import type { PublicTrade, QuoteUpdate } from "./hub-events.ts";

type Touch = { bidPrice: Ticks; askPrice: Ticks };

/**
 * Quotes and trades of the market hub in ticks and lots. Quotes name only what changed, so they are put together per
 * contract; a price between two ticks is refused and counted, because it would be made up.
 */
export class MarketFeed {
  readonly #book: ContractBook;
  readonly #touches = new Map<string, Touch>();
  #offTick = 0;

  constructor(book: ContractBook) {
    this.#book = book;
  }

  /** Messages that held a price between two ticks. */
  get offTick(): number {
    return this.#offTick;
  }

  /** The connection is gone: what was known of the touches grows old. */
  forget(): void {
    this.#touches.clear();
  }

  /**
   * The touch as it is now, also when it stayed as it was: that it did is news for whoever asks how old it is. Null
   * while a side is unknown. `at` stands in for a time that is missing.
   */
  quote(contractId: string, update: QuoteUpdate, at: EpochMs): Quote | null {
    const instrument = this.#book.instrumentOf(contractId);
    const { bestBid, bestAsk } = update;
    if (instrument === undefined) return null;
    const known = this.#touches.get(contractId) ?? { bidPrice: NO_PRICE, askPrice: NO_PRICE };
    const bidPrice = this.#side(instrument, bestBid, known.bidPrice);
    const askPrice = this.#side(instrument, bestAsk, known.askPrice);
    if (bidPrice === undefined || askPrice === undefined) return null;
    this.#touches.set(contractId, { bidPrice, askPrice });
    if (bidPrice === NO_PRICE || askPrice === NO_PRICE) return null;
    return {
      kind: "quote",
      at: update.timestamp ?? update.lastUpdated ?? at,
      instrument: instrument.id,
      bidPrice,
      // The venue tells no quantities; zero means not known.
      bidQty: NO_LOTS,
      askPrice,
      askQty: NO_LOTS,
    };
  }

  trades(contractId: string, trades: readonly PublicTrade[]): readonly TradeTick[] {
    const instrument = this.#book.instrumentOf(contractId);
    if (instrument === undefined) return [];
    const ticks: TradeTick[] = [];
    for (const { price, timestamp, type, volume } of trades) {
      const inTicks = priceToTicks(instrument, price);
      if (inTicks === undefined) {
        this.#offTick += 1;
        continue;
      }
      ticks.push({
        kind: "tradeTick",
        at: timestamp,
        instrument: instrument.id,
        price: inTicks,
        qty: lots(volume),
        aggressor: aggressorOf(type),
      });
    }
    return ticks;
  }

  #side(instrument: Instrument, price: number | null, before: Ticks): Ticks | undefined {
    if (price === null) return before;
    const inTicks = priceToTicks(instrument, price);
    if (inTicks === undefined) this.#offTick += 1;
    return inTicks;
  }
}

function aggressorOf(type: number | null): Aggressor {
  if (type === 0) return "buy";
  return type === 1 ? "sell" : "unknown";
}

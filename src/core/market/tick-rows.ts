import type { InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import { type Quote, QuoteView } from "./quote.ts";
import { TRADE_ROW, type TickBlock, loadQuote, loadTrade } from "./tick-block.ts";
import { type TradeTick, TradeTickView } from "./trade-tick.ts";

/** Shows the rows of blocks one by one. What it returns is reused: valid until the next row. */
export class TickRows {
  readonly #instruments: readonly InstrumentId[];
  readonly #trade: TradeTickView;
  readonly #quote: QuoteView;

  constructor(instruments: readonly InstrumentId[]) {
    const [first] = instruments;
    invariant(first !== undefined, "market data is of at least one instrument");
    this.#instruments = instruments;
    this.#trade = new TradeTickView(first);
    this.#quote = new QuoteView(first);
  }

  at(block: TickBlock, row: number): TradeTick | Quote {
    if (block.kind[row] === TRADE_ROW) {
      loadTrade(block, row, this.#instruments, this.#trade);
      return this.#trade;
    }
    loadQuote(block, row, this.#instruments, this.#quote);
    return this.#quote;
  }
}

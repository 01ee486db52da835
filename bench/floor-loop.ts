import { TRADE_ROW, type TickBlock } from "#core/market/tick-block.ts";

const BAR_MS = 300_000;
const BAND_TICKS = 25;
const ALPHA = 2 / 27;

/**
 * The least that has to be computed for each tick, written out as one loop over plain columns with its state in
 * class fields: an average, the open, high, low, close and volume of a bar, equity with its peak and drawdown, a
 * band of trigger prices, and the comparison that makes a signal; a quote marks the position at its touch. What a
 * desk takes longer than this is the price of its gate, orders, accounts and structure.
 */
export class FloorLoop {
  bars = 0;
  triggers = 0;
  signals = 0;
  maxDrawdown = 0;
  #ema = 0;
  #above = false;
  #barEnd = 0;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;
  #barRange = 0;
  #position = 0;
  #cash = 0;
  #peak = 0;
  #bandLow = 0;
  #bandHigh = 0;

  run(block: TickBlock): void {
    const { count, kind, at, price, qty, askPrice } = block;
    for (let row = 0; row < count; row += 1) {
      if (kind[row] === TRADE_ROW) {
        this.#onTrade(at[row] as number, price[row] as number, qty[row] as number);
      } else {
        this.#mark((this.#position > 0 ? price[row] : askPrice[row]) as number);
      }
    }
  }

  #onTrade(at: number, price: number, qty: number): void {
    if (at >= this.#barEnd) this.#startBar(at, price);
    if (price > this.#high) this.#high = price;
    else if (price < this.#low) this.#low = price;
    this.#close = price;
    this.#volume += qty;

    this.#ema += ALPHA * (price - this.#ema);
    const isAbove = price > this.#ema;
    if (isAbove !== this.#above) {
      this.#above = isAbove;
      this.signals += 1;
    }

    if (price <= this.#bandLow || price >= this.#bandHigh) this.#trigger(price);
    this.#mark(price);
  }

  #mark(price: number): void {
    const equity = this.#cash + this.#position * price;
    if (equity > this.#peak) this.#peak = equity;
    const drawdown = this.#peak - equity;
    if (drawdown > this.maxDrawdown) this.maxDrawdown = drawdown;
  }

  #startBar(at: number, price: number): void {
    this.bars += 1;
    this.#barRange += this.#high - this.#low + Math.abs(this.#close - this.#open);
    this.#barEnd = (Math.floor(at / BAR_MS) + 1) * BAR_MS;
    this.#open = price;
    this.#high = price;
    this.#low = price;
    this.#volume = 0;
  }

  #trigger(price: number): void {
    this.triggers += 1;
    const wanted = this.#above ? 1 : -1;
    this.#cash -= (wanted - this.#position) * price;
    this.#position = wanted;
    this.#bandLow = price - BAND_TICKS;
    this.#bandHigh = price + BAND_TICKS;
  }

  /** Of everything it computed, so that nothing can be left out as unused. */
  get checksum(): number {
    return (
      this.#ema + this.#volume + this.#close + this.#barRange + this.maxDrawdown + this.signals
    );
  }
}

import { type TickBlock, emptyTickBlock } from "#core/market/tick-block.ts";

/** A place in a sequence of chunks of rows, from which runs of rows are copied in order. */
export class TickCursor {
  /** Instant of the row that comes next, in epoch milliseconds; +Infinity after the last. */
  nextAt = Number.NEGATIVE_INFINITY;
  readonly #chunks: AsyncIterator<TickBlock, unknown>;
  #chunk = emptyTickBlock(0);
  #row = 0;

  constructor(chunks: AsyncIterator<TickBlock, unknown>) {
    this.#chunks = chunks;
  }

  /** No row is at hand: before the first `refill`, at the end of a chunk and at the end of all. */
  get isEmpty(): boolean {
    return this.#row === this.#chunk.count;
  }

  /** Brings the next chunk to hand, or sets `nextAt` to +Infinity when there is none. */
  async refill(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done === true) {
      this.nextAt = Number.POSITIVE_INFINITY;
      return;
    }
    this.#chunk = next.value;
    this.#row = 0;
    this.nextAt = this.#chunk.at[0] as number;
  }

  /** Copies the rows before `until` to `block`, from its row `start` while there is room; returns the row after. */
  copyRun(block: TickBlock, start: number, until: number): number {
    const chunk = this.#chunk;
    const rows = block.at.length;
    let to = start;
    let from = this.#row;
    while (to < rows && from < chunk.count && (chunk.at[from] as number) < until) {
      copyRow(chunk, from, block, to);
      from += 1;
      to += 1;
    }
    this.#row = from;
    if (from < chunk.count) this.nextAt = chunk.at[from] as number;
    return to;
  }

  /** Frees what the sequence of chunks holds. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

function copyRow(source: TickBlock, from: number, target: TickBlock, to: number): void {
  target.at[to] = source.at[from] as number;
  target.kind[to] = source.kind[from] as number;
  target.instrument[to] = source.instrument[from] as number;
  target.price[to] = source.price[from] as number;
  target.qty[to] = source.qty[from] as number;
  target.askPrice[to] = source.askPrice[from] as number;
  target.askQty[to] = source.askQty[from] as number;
  target.aggressor[to] = source.aggressor[from] as number;
}

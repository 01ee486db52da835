import { type InstrumentId, instrumentId } from "#core/domain/ids.ts";
import type { TapeEvent } from "#ports/tape.ts";
import { TapeColumns } from "./tape-columns.ts";
import { FRAME_HEADER_BYTES, NAMES, ROWS } from "./tape-frame.ts";
import type { ScannedFrame } from "./tape-scan.ts";

/** The events of a tape as its frames are taken in, one after the other. */
export class TapeRows {
  readonly #columns = new TapeColumns();
  readonly #instruments: InstrumentId[] = [];
  #count = 0;
  #lastSeq = 0;

  get instruments(): readonly InstrumentId[] {
    return this.#instruments;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Takes in a sound frame. Returns what is wrong with its content; then nothing of it is taken. */
  load({ kind, count, bytes }: ScannedFrame): string | undefined {
    this.#count = 0;
    if (kind === NAMES) return this.#loadNames(bytes.toString("utf8", FRAME_HEADER_BYTES));
    if (kind !== ROWS) return `expected names or rows, found a frame of kind ${kind}`;
    if (!this.#columns.unpack(bytes, count)) return "expected seven columns, found others";
    const problem = this.#problemIn(count);
    if (problem !== undefined) return problem;
    this.#count = count;
    this.#lastSeq = this.#columns.seq[count - 1] ?? this.#lastSeq;
    return undefined;
  }

  /** The events of the frame taken in last. */
  *events(): Generator<TapeEvent> {
    const { seq, at, price, qty, askPrice, askQty, label } = this.#columns;
    for (let row = 0; row < this.#count; row += 1) {
      const labelled = label[row] ?? 0;
      yield {
        seq: seq[row] ?? 0,
        kind: (labelled & 3) as TapeEvent["kind"],
        at: at[row] ?? 0,
        instrument: this.#instruments[labelled >> 4] as InstrumentId,
        price: price[row] ?? 0,
        qty: qty[row] ?? 0,
        askPrice: askPrice[row] ?? 0,
        askQty: askQty[row] ?? 0,
        aggressor: ((labelled >> 2) & 3) as TapeEvent["aggressor"],
      };
    }
  }

  #loadNames(text: string): string | undefined {
    try {
      const names = JSON.parse(text) as unknown;
      if (!Array.isArray(names)) return "expected a list of instruments, found something else";
      this.#instruments.push(...names.map((name) => instrumentId(String(name))));
      return undefined;
    } catch (error) {
      return `expected a list of instruments, found ${String(error)}`;
    }
  }

  #problemIn(count: number): string | undefined {
    const { seq, label } = this.#columns;
    let last = this.#lastSeq;
    for (let row = 0; row < count; row += 1) {
      const next = seq[row] ?? 0;
      if (!(next > last)) return `expected a number after ${last}, found ${next}`;
      last = next;
      const labelled = label[row] ?? 0;
      if (
        (labelled & 3) > 2 ||
        ((labelled >> 2) & 3) > 2 ||
        labelled >> 4 >= this.#instruments.length
      ) {
        return `expected a kind, an aggressor and an instrument, found label ${labelled}`;
      }
    }
    return undefined;
  }
}

import { closeSync, ftruncateSync, writeSync } from "node:fs";
import type { InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { TapeEvent, TapeWriter } from "#ports/tape.ts";
import { TapeColumns } from "./tape-columns.ts";
import {
  FRAME_HEADER_BYTES,
  FRAME_ROWS,
  NAMES,
  PAYLOAD_BYTES_MAX,
  ROWS,
  sealFrame,
} from "./tape-frame.ts";

/** Events that could not be written. The tape goes on with later ones. */
export type TapeLoss = {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly cause: unknown;
};

/** An open tape up to its last sound frame. */
export type TapeEnd = {
  readonly file: number;
  readonly bytes: number;
  readonly frames: number;
  readonly lastSeq: number;
  readonly instruments: readonly InstrumentId[];
};

/** Collects events in columns and writes them a frame at a time, into the file system's cache and no further. */
export class TapeFileWriter implements TapeWriter {
  readonly #file: number;
  readonly #onLost: (loss: TapeLoss) => void;
  readonly #columns = new TapeColumns();
  readonly #frame = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + PAYLOAD_BYTES_MAX);
  readonly #labels = new Map<InstrumentId, number>();
  /** Instruments whose names are not on the tape yet. */
  #unnamed: InstrumentId[] = [];
  #instrument: InstrumentId | undefined;
  #instrumentLabel = 0;
  #count = 0;
  #lastSeq: number;
  #bytes: number;
  #frames: number;
  /** Whether a write that failed may have left something behind `#bytes`. */
  #isRagged = false;

  constructor(end: TapeEnd, onLost: (loss: TapeLoss) => void) {
    this.#file = end.file;
    this.#bytes = end.bytes;
    this.#frames = end.frames;
    this.#lastSeq = end.lastSeq;
    this.#onLost = onLost;
    for (const instrument of end.instruments) this.#label(instrument);
    this.#unnamed = [];
  }

  /** Gives an instrument its number, if it has none yet. */
  introduce(instrument: InstrumentId): void {
    if (!this.#labels.has(instrument)) this.#label(instrument);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  append(event: TapeEvent): void {
    const { seq, instrument } = event;
    invariant(seq > this.#lastSeq, "events on a tape have rising numbers");
    if (instrument !== this.#instrument) this.#turnTo(instrument);
    const row = this.#count;
    const columns = this.#columns;
    columns.seq[row] = seq;
    columns.at[row] = event.at;
    columns.price[row] = event.price;
    columns.qty[row] = event.qty;
    columns.askPrice[row] = event.askPrice;
    columns.askQty[row] = event.askQty;
    columns.label[row] = this.#instrumentLabel + event.kind + 4 * event.aggressor;
    this.#lastSeq = seq;
    this.#count = row + 1;
    if (this.#count === FRAME_ROWS) this.flush();
  }

  flush(): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    try {
      this.#writeNames();
      this.#writeFrame(ROWS, count, this.#columns.pack(this.#frame, count));
    } catch (cause) {
      if (!(cause instanceof Error && "syscall" in cause)) throw cause;
      this.#isRagged = true;
      const [fromSeq = 0] = this.#columns.seq;
      this.#onLost({ fromSeq, toSeq: this.#lastSeq, cause });
    }
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }

  #turnTo(instrument: InstrumentId): void {
    this.#instrument = instrument;
    this.#instrumentLabel = this.#labels.get(instrument) ?? this.#label(instrument);
  }

  #label(instrument: InstrumentId): number {
    const label = this.#labels.size * LABELS_PER_INSTRUMENT;
    this.#labels.set(instrument, label);
    this.#unnamed.push(instrument);
    return label;
  }

  #writeNames(): void {
    const names = this.#unnamed;
    if (names.length === 0) return;
    const length = this.#frame.write(JSON.stringify(names), FRAME_HEADER_BYTES);
    this.#writeFrame(NAMES, names.length, length);
    this.#unnamed = [];
  }

  #writeFrame(kind: number, count: number, length: number): void {
    sealFrame(this.#frame, { number: this.#frames, kind, count, length });
    if (this.#isRagged) ftruncateSync(this.#file, this.#bytes);
    this.#isRagged = false;
    const size = FRAME_HEADER_BYTES + length;
    for (let done = 0; done < size;) {
      done += writeSync(this.#file, this.#frame, done, size - done, this.#bytes + done);
    }
    this.#bytes += size;
    this.#frames += 1;
  }
}

const LABELS_PER_INSTRUMENT = 16;

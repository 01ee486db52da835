import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  writeSync,
} from "node:fs";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { TapeEvent, TapeReader, TapeWriter } from "#ports/tape.ts";
import { HEAD_BYTES, TAPE_VERSION, tapeHead } from "./tape-frame.ts";
import { TapeRows } from "./tape-rows.ts";
import { TapeScan } from "./tape-scan.ts";
import { type TapeEnd, TapeFileWriter, type TapeLoss } from "./tape-writer.ts";

export type TapeOptions = {
  readonly path: string;
  /** Known from the start; others may follow with their first event. */
  readonly instruments: readonly InstrumentId[];
  /** Told when the disk did not take events. Nothing is thrown for it, and the tape goes on with later ones. */
  readonly onLost: (loss: TapeLoss) => void;
};

/**
 * Opens a tape for writing, a new one or one to go on with: what a crash left unfinished at its end is cut off.
 * When sound frames stand behind a damaged one the whole file is kept first, as `<path>.damaged-<n>`.
 */
export function openTapeWriter({ path, instruments, onLost }: TapeOptions): TapeWriter {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const writer = new TapeFileWriter(takeOver(file, path), onLost);
    for (const instrument of instruments) writer.introduce(instrument);
    return writer;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Opens a tape for reading, also while it is written. A tape that is not there is one without events. */
export function openTapeReader(path: string): TapeReader {
  return new TapeFileReader(path);
}

/** Leaves nothing behind the last sound frame. */
function takeOver(file: number, path: string): TapeEnd {
  const scan = new TapeScan(file, path);
  const rows = new TapeRows();
  let bytes = 0;
  let frames = 0;
  for (const frame of scan.frames()) {
    if (rows.load(frame) !== undefined) break;
    bytes = scan.end;
    frames += 1;
  }
  if (scan.problem !== undefined || bytes < scan.end) {
    if (scan.hasFramesBeyond(bytes)) keepAside(path);
    ftruncateSync(file, bytes);
  }
  if (bytes === 0) bytes = writeSync(file, tapeHead(TAPE_VERSION), 0, HEAD_BYTES, 0);
  return { file, bytes, frames, lastSeq: rows.lastSeq, instruments: rows.instruments };
}

function keepAside(path: string): void {
  for (let number = 1; ; number += 1) {
    const aside = `${path}.damaged-${number}`;
    if (existsSync(aside)) continue;
    copyFileSync(path, aside, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return;
  }
}

class TapeFileReader implements TapeReader {
  readonly #path: string;
  #shortAfter: { readonly seq: number; readonly reason: string } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  shortAfter(): { readonly seq: number; readonly reason: string } | undefined {
    return this.#shortAfter;
  }

  *events(): Generator<TapeEvent> {
    this.#shortAfter = undefined;
    if (!existsSync(this.#path)) return this.#endShort(0, "expected a tape, found none");
    const file = openSync(this.#path, "r");
    try {
      yield* this.#eventsOf(new TapeScan(file, this.#path));
    } finally {
      closeSync(file);
    }
  }

  *#eventsOf(scan: TapeScan): Generator<TapeEvent> {
    const rows = new TapeRows();
    for (const frame of scan.frames()) {
      const { lastSeq } = rows;
      const problem = rows.load(frame);
      if (problem !== undefined) return this.#endShort(lastSeq, problem);
      yield* rows.events();
    }
    if (scan.problem !== undefined) this.#endShort(rows.lastSeq, scan.problem);
  }

  #endShort(seq: number, problem: string): void {
    this.#shortAfter = { seq, reason: `Tape ${this.#path}: ${problem}` };
  }
}

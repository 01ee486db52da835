import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import type { JournalHead } from "#ports/journal.ts";
import { checksum } from "./checksum.ts";

/**
 * A small file beside the journal that says how far it went. It is written after each commit and never synced: it
 * may lag behind the journal after a power cut, and is never ahead of it. A journal that ends before its witness
 * has lost records, which SQLite alone cannot tell from a journal that was always shorter.
 */
export class HeadWitness {
  readonly #bytes = Buffer.alloc(WITNESS_BYTES, " ");
  #file: number | undefined;

  /** Makes the file, or takes it over. Throws when it cannot be written. */
  constructor(path: string, head: JournalHead) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    this.#put(head, this.#file);
  }

  write(head: JournalHead): void {
    if (this.#file === undefined) return;
    try {
      this.#put(head, this.#file);
    } catch {
      // The records are durable whatever became of the witness, and one that lags tells nothing wrong.
      this.close();
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }

  #put({ seq, hash }: JournalHead, file: number): void {
    this.#bytes.fill(" ").write(`${seq} ${hash} ${checksum(seq, hash)}\n`);
    writeSync(file, this.#bytes, 0, WITNESS_BYTES, 0);
  }
}

/** The longest hash that fits, in characters. */
export const HASH_LENGTH_MAX = 128;
const WITNESS_BYTES = 256;

/** `undefined` when there is no witness or it was cut off while being written. */
export function readWitness(path: string): JournalHead | undefined {
  const [seqText, hash, sum] = textOf(path).split(/[ \n]/u, 3);
  if (seqText === undefined || hash === undefined) return undefined;
  const seq = Number(seqText);
  return sum === String(checksum(seq, hash)) ? { seq, hash } : undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

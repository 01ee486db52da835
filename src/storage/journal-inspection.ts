import { statSync } from "node:fs";
import { invariant } from "#core/domain/invariant.ts";
import type { Journal, JournalHead, JournalRecord, JournalSnapshot } from "#ports/journal.ts";
import { readWitness } from "./head-witness.ts";
import { type Doubt, extentFrom, type JournalExtent } from "./journal-extent.ts";
import { JournalFile } from "./journal-file.ts";
import {
  JournalFormatError,
  type JournalMeta,
  MetaDamagedError,
  readMeta,
} from "./journal-meta.ts";
import {
  type HashChain,
  type Reading,
  readVerified,
  soundHead,
  throwDamage,
} from "./journal-reading.ts";
import { newestSnapshot } from "./journal-snapshots.ts";
import { isUnreadable } from "./sqlite.ts";

/** A journal opened for reading, also while another process writes it or when it is damaged. */
export class JournalInspection implements Journal {
  readonly #path: string;
  readonly #chain: HashChain;
  readonly #writeAheadFile: "present" | "missing";
  readonly #file: JournalFile;
  /** Why the file as a whole is not right, if it is not. */
  readonly #doubt: Doubt | undefined;

  constructor(path: string, chain: HashChain) {
    this.#path = path;
    this.#chain = chain;
    this.#writeAheadFile = sizeOf(`${path}-wal`) > 0 ? "present" : "missing";
    this.#doubt = doubtAbout(path);
    this.#file = openFor(path, this.#doubt);
  }

  meta(): JournalMeta {
    if (this.#doubt !== undefined) throwDamage(this.#file, this.#reading());
    return readMeta(this.#file);
  }

  head(): JournalHead {
    return soundHead(this.#file, this.#reading());
  }

  read(afterSeq: number): Iterable<JournalRecord> {
    return readVerified(this.#file, this.#reading(), afterSeq);
  }

  loadSnapshot(atMost = Number.MAX_SAFE_INTEGER): JournalSnapshot | undefined {
    return newestSnapshot(this.#file, this.#chain, atMost);
  }

  close(): void {
    this.#file.close();
  }

  append(): void {
    refuseToWrite();
  }

  commit(): void {
    refuseToWrite();
  }

  saveSnapshot(): void {
    refuseToWrite();
  }

  checkpoint(): void {
    refuseToWrite();
  }

  #reading(): Reading {
    return { path: this.#path, chain: this.#chain, ...this.#extent() };
  }

  /** Asked at each reading, because the writer may have gone on. */
  #extent(): JournalExtent {
    const witness = readWitness(`${this.#path}-head`);
    if (this.#doubt !== undefined) return { known: witness, doubt: this.#doubt };
    try {
      const { end } = readMeta(this.#file);
      return extentFrom({ end, witness, writeAheadFile: this.#writeAheadFile });
    } catch (error) {
      return { known: witness, doubt: doubtFrom(error) };
    }
  }
}

/** Throws `JournalFormatError` where there never was a journal. */
function doubtAbout(path: string): Doubt | undefined {
  const isKnown = (readWitness(`${path}-head`)?.seq ?? 0) > 0;
  if (sizeOf(path) < 0) {
    if (isKnown) return { problem: "expected the file of the journal, found none" };
    throw new JournalFormatError(`Expected a journal at ${path}, found none`);
  }
  if (sizeOf(`${path}-journal`) > 0) {
    throw new JournalFormatError(
      `Expected a journal at ${path}, found one that is only being made`,
    );
  }
  const file = new JournalFile(path, "read");
  try {
    if (file.isEmpty() && !isKnown) {
      throw new JournalFormatError(`Expected a journal at ${path}, found an empty file`);
    }
    readMeta(file);
    return undefined;
  } catch (error) {
    return doubtFrom(error);
  } finally {
    file.close();
  }
}

/** A missing file reads like one whose tables cannot be found. */
function openFor(path: string, doubt: Doubt | undefined): JournalFile {
  if (doubt === undefined) return new JournalFile(path, "read");
  return new JournalFile(sizeOf(path) < 0 ? ":memory:" : path, "salvage");
}

/** Rethrows what does not come from damage. */
function doubtFrom(cause: unknown): Doubt {
  if (!isUnreadable(cause) && !(cause instanceof MetaDamagedError)) throw cause;
  return { problem: `expected a whole file, found a damaged one (${String(cause)})`, cause };
}

/** In bytes; -1 without a file. Looking for a write-ahead file makes an empty one, so empty is as good as missing. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}

function refuseToWrite(): void {
  invariant(false, "a journal opened for reading is not written to");
}

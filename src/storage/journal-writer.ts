import { existsSync } from "node:fs";
import { invariant } from "#core/domain/invariant.ts";
import {
  type Journal,
  JournalDamagedError,
  type JournalHead,
  type JournalRecord,
  type JournalSnapshot,
  JournalWriteError,
} from "#ports/journal.ts";
import { HASH_LENGTH_MAX, type HeadWitness } from "./head-witness.ts";
import { JournalFile } from "./journal-file.ts";
import { type JournalMeta, type JournalSession, markClosed, readMeta } from "./journal-meta.ts";
import { openForWriting } from "./journal-opening.ts";
import {
  findDamage,
  type HashChain,
  type Reading,
  readVerified,
  soundHead,
} from "./journal-reading.ts";
import { belongsTo, newestSnapshot } from "./journal-snapshots.ts";
import { isRefusedWrite, isUnreadable, spoilsDescriptor } from "./sqlite.ts";

/** The one writer of a journal. */
export class JournalWriter implements Journal {
  readonly #path: string;
  readonly #chain: HashChain;
  readonly #witness: HeadWitness;
  #file: JournalFile;
  /** After an I/O error nothing more is written through the same descriptor. */
  #descriptor: "trusted" | "spoiled" = "trusted";
  #head: JournalHead;
  #buffer: JournalRecord[] = [];

  constructor(path: string, chain: HashChain, session: JournalSession) {
    const { file, head, witness } = openForWriting(path, chain, session);
    this.#path = path;
    this.#chain = chain;
    this.#file = file;
    this.#head = head;
    this.#witness = witness;
  }

  append(record: JournalRecord): void {
    const { seq, body, hash } = record;
    const last = this.#buffer.at(-1) ?? this.#head;
    invariant(
      Number.isSafeInteger(seq) && seq > last.seq,
      `records have rising numbers, found ${seq} after ${last.seq}`,
    );
    invariant(body.isWellFormed(), "the body of a record is well-formed text");
    invariant(
      /^[!-~]+$/u.test(hash) && hash.length <= HASH_LENGTH_MAX,
      "a hash is short printable text",
    );
    if (this.#buffer.length >= BUFFERED_MAX) this.#makeRoom(seq);
    this.#buffer.push(record);
  }

  commit(): void {
    const [first] = this.#buffer;
    const last = this.#buffer.at(-1);
    if (first === undefined || last === undefined) return;
    this.#write(`records ${first.seq} to ${last.seq}`, (file) =>
      file.insert(this.#buffer, this.#head.seq),
    );
    this.#head = { seq: last.seq, hash: last.hash };
    this.#buffer = [];
    this.#witness.write(this.#head);
  }

  head(): JournalHead {
    return this.#head;
  }

  meta(): JournalMeta {
    return readMeta(this.#file);
  }

  read(afterSeq: number): Iterable<JournalRecord> {
    return readVerified(this.#file, this.#reading(), afterSeq);
  }

  saveSnapshot(snapshot: JournalSnapshot): void {
    const { seq, hash, body } = snapshot;
    invariant(body.isWellFormed(), "the body of a snapshot is well-formed text");
    invariant(belongsTo(this.#file, snapshot), "a snapshot is taken at a durable record");
    const ownHash = this.#chain(hash, body);
    this.#write(`the snapshot at ${seq}`, (file) => file.putSnapshot(snapshot, ownHash));
  }

  loadSnapshot(atMost = Number.MAX_SAFE_INTEGER): JournalSnapshot | undefined {
    return newestSnapshot(this.#file, this.#chain, atMost);
  }

  checkpoint(load: "idle" | "busy"): void {
    const how = load === "idle" ? "RESTART" : "PASSIVE";
    this.#write("a checkpoint", (file) => file.checkpoint(how));
  }

  close(): void {
    if (!this.#file.isOpen()) return;
    this.#markClosed();
    this.#file.close();
    this.#witness.close();
  }

  /** Nobody asked for a commit for long, or every one was refused; whether this one is too decides. */
  #makeRoom(seq: number): void {
    try {
      this.commit();
    } catch (error) {
      const isRefused = error instanceof JournalWriteError || error instanceof JournalDamagedError;
      if (!isRefused) throw error;
      throw new JournalWriteError(
        `Expected room for record ${seq} in journal ${this.#path}, found ${BUFFERED_MAX} records that wait for the disk. What happens from record ${seq} on is not kept: make room on the disk, stop the desk and start it again`,
        { cause: error },
      );
    }
  }

  #write(what: string, work: (file: JournalFile) => unknown): void {
    try {
      if (this.#descriptor === "spoiled") this.#reopen();
      work(this.#file);
    } catch (error) {
      if (spoilsDescriptor(error)) this.#descriptor = "spoiled";
      if (isRefusedWrite(error)) throw this.#refused(what, error);
      if (isUnreadable(error)) throw this.#damaged(error);
      throw error;
    }
  }

  /** The old connection stays open until the new one serves: so a transaction that failed is not taken for a whole one. */
  #reopen(): void {
    if (!existsSync(this.#path)) throw this.#refused("the file", "none");
    const file = new JournalFile(this.#path, "write");
    try {
      file.makeDurable();
      // Writes what the failed sync may have dropped once more, from the new descriptor.
      if (!file.checkpoint("TRUNCATE")) throw this.#refused("the checkpoint", "readers");
      const { seq } = soundHead(file, this.#reading());
      invariant(seq === this.#head.seq, "a journal has one writer");
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file.close();
    this.#file = file;
    this.#descriptor = "trusted";
  }

  #reading(): Reading {
    return { path: this.#path, chain: this.#chain, known: this.#head, doubt: undefined };
  }

  /** Without the mark the next start takes the journal for one that was not closed, which costs nothing. */
  #markClosed(): void {
    if (this.#descriptor === "spoiled") return;
    try {
      markClosed(this.#file, this.#head);
    } catch (error) {
      if (!isRefusedWrite(error) && !isUnreadable(error)) throw error;
    }
  }

  #refused(what: string, cause: unknown): JournalWriteError {
    return new JournalWriteError(
      `Expected to write ${what} to journal ${this.#path}, found: ${String(cause)}; ${this.#buffer.length} records wait for the disk`,
      { cause },
    );
  }

  #damaged(cause: unknown): JournalDamagedError {
    const seq = this.#head.seq + 1;
    const message = `Expected to write record ${seq} to journal ${this.#path}, found it damaged: ${String(cause)}; the records that can be read are sound`;
    return (
      findDamage(this.#file, this.#reading()) ??
      new JournalDamagedError({ seq, place: "tail", message }, { cause })
    );
  }
}

/** A disk that takes nothing for long: what is asked for then is little, so this is far away. */
const BUFFERED_MAX = 100_000;

import {
  type Journal,
  JournalDamagedError,
  type JournalSnapshot,
  JournalWriteError,
} from "#ports/journal.ts";
import { writableJournal } from "#storage/journal-samples.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";

/** A real journal on a disk that is full, or damages what it holds, when a test says so. */
export class BrittleJournal implements Journal {
  isFull = false;
  isDamaged = false;
  /** How many records may wait for the disk. */
  waitingMax = Number.POSITIVE_INFINITY;
  #waiting = 0;
  readonly #journal: Journal = writableJournal(new TemporaryFolder().file("journal.db"));

  append(record: Parameters<Journal["append"]>[0]): void {
    if (this.#waiting >= this.waitingMax) throw new JournalWriteError("too many records wait");
    this.#journal.append(record);
    this.#waiting += 1;
  }

  commit(): void {
    if (this.#waiting === 0) return;
    this.#write(() => this.#journal.commit());
    this.#waiting = 0;
  }

  head(): ReturnType<Journal["head"]> {
    return this.#journal.head();
  }

  read(afterSeq: number): ReturnType<Journal["read"]> {
    return this.#journal.read(afterSeq);
  }

  saveSnapshot(snapshot: JournalSnapshot): void {
    this.#write(() => this.#journal.saveSnapshot(snapshot));
  }

  loadSnapshot(atMost?: number): JournalSnapshot | undefined {
    return this.#journal.loadSnapshot(atMost);
  }

  checkpoint(load: "idle" | "busy"): void {
    this.#write(() => this.#journal.checkpoint(load));
  }

  close(): void {
    this.#journal.close();
  }

  #write(work: () => void): void {
    if (this.isFull) throw new JournalWriteError("the disk is full");
    if (this.isDamaged) {
      throw new JournalDamagedError({ seq: 1, place: "middle", message: "record 1 is damaged" });
    }
    work();
  }
}

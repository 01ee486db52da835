/** One journaled event with its outcome, as canonical text. `hash` chains it to the record before. */
export type JournalRecord = {
  readonly seq: number;
  readonly body: string;
  readonly hash: string;
};

/**
 * The durable record of a session. Sequence numbers rise and may have gaps: a tick without an outcome takes a
 * number and is not journaled, so the chain runs over the journaled records in order, from an empty hash.
 *
 * `append` buffers, `commit` returns only when everything appended is on stable storage: all of it or nothing.
 * After a `JournalWriteError` the records stay buffered, so the same journal can be tried again when the world is
 * mended; `append` throws one too when 100 000 records wait that cannot be committed. `read` and `head` see durable
 * records only.
 */
export type Journal = {
  readonly append: (record: JournalRecord) => void;
  readonly commit: () => void;
  /** Sequence and hash of the last durable record; seq 0 and an empty hash in a new journal. */
  readonly head: () => JournalHead;
  /** Records after `afterSeq` in order, each verified. Ends with `JournalDamagedError` at the first damaged one. */
  readonly read: (afterSeq: number) => Iterable<JournalRecord>;
  /** Keeps the whole durable state at `seq`, and the one before it. Errors: `JournalWriteError`; nothing is buffered. */
  readonly saveSnapshot: (snapshot: JournalSnapshot) => void;
  /** The newest snapshot whose own hash holds, at or before `atMost`. */
  readonly loadSnapshot: (atMost?: number) => JournalSnapshot | undefined;
  /**
   * Folds the write-ahead file back, as far as possible without waiting (`busy`), or the whole of it when nothing is
   * happening (`idle`): then it is written over from its beginning, which costs the disk less than a file that grows.
   */
  readonly checkpoint: (load: "idle" | "busy") => void;
  /** Does not commit: what is still buffered is lost. */
  readonly close: () => void;
};

export type JournalHead = { readonly seq: number; readonly hash: string };

export type JournalSnapshot = {
  /** A journaled record. */
  readonly seq: number;
  /** Hash of that record. */
  readonly hash: string;
  readonly body: string;
};

/** The storage refused a write: full, read-only or failing. Entries stop; what reduces risk goes on. */
export class JournalWriteError extends Error {
  override readonly name = "JournalWriteError";
}

/**
 * Where a journal stops being what was written. `tail`: nothing sound follows, as after a write that was cut off.
 * `middle`: sound records follow, or nothing at all can be read, so what is missing must not be taken for undone.
 */
export type JournalDamage = {
  /** The number of the first record that is, or may be, missing or changed; every record before it is sound. */
  readonly seq: number;
  readonly place: "tail" | "middle";
  /** What was expected and what was found. */
  readonly message: string;
};

/** The journal is not what was written. Everything before `seq` is sound. */
export class JournalDamagedError extends Error {
  override readonly name = "JournalDamagedError";
  readonly seq: number;
  readonly place: "tail" | "middle";

  constructor(damage: JournalDamage, options?: ErrorOptions) {
    super(damage.message, options);
    this.seq = damage.seq;
    this.place = damage.place;
  }
}

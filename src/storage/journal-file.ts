import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { JournalRecord, JournalSnapshot } from "#ports/journal.ts";
import { checksum } from "./checksum.ts";
import { inTransaction } from "./sqlite.ts";

/**
 * `salvage` reads what is left of a damaged file: it does not insist on the size and the schema being right.
 * Whatever it yields has to prove itself.
 */
export type JournalAccess = "write" | "read" | "salvage";

/** A row as stored: it may be anything until it was checked. */
export type StoredRow = readonly unknown[];

/** One connection to the file of a journal: its tables and statements, and no judgement about what they hold. */
export class JournalFile {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, access: JournalAccess) {
    this.#db = new DatabaseSync(path, {
      readOnly: access !== "write",
      defensive: access !== "salvage",
      timeout: OPEN_PATIENCE_MS,
    });
    this.#db.exec("PRAGMA cell_size_check = ON");
    if (access === "salvage") this.#db.exec("PRAGMA writable_schema = ON");
  }

  isEmpty(): boolean {
    return this.#rows("SELECT name FROM sqlite_schema LIMIT 1").length === 0;
  }

  createTables(): void {
    this.#db.exec(SCHEMA);
  }

  /** From here on every commit is on stable storage when it returns, and nothing waits for another process. */
  makeDurable(): void {
    const [row] = this.#rows("PRAGMA journal_mode = WAL");
    if (row?.[0] !== "wal") {
      throw new Error(
        `Expected a disk that can hold a write-ahead file, found journal mode ${row?.[0]}; use a local disk`,
      );
    }
    this.#db.exec(
      `PRAGMA synchronous = FULL;
       PRAGMA fullfsync = ON;
       PRAGMA checkpoint_fullfsync = ON;
       PRAGMA wal_autocheckpoint = ${WAL_PAGES_MAX};
       PRAGMA busy_timeout = 0`,
    );
  }

  transaction(work: () => void): void {
    inTransaction(this.#db, work);
  }

  /** Each row names the record before it, which tells a number that was never journaled from a lost record. */
  insert(records: readonly JournalRecord[], afterSeq: number): void {
    const insert = this.#prepare("INSERT INTO records VALUES (?, ?, ?, ?, ?)");
    const insertAll = (): void => {
      let previous = afterSeq;
      for (const { seq, body, hash } of records) {
        insert.run(seq, previous, body, hash, checksum(seq, previous, hash, body));
        previous = seq;
      }
    };
    // A statement by itself is a transaction.
    if (records.length === 1) insertAll();
    else this.transaction(insertAll);
  }

  /** Rows `[seq, previous, body, hash, sum]` after a sequence number, in order. */
  rowsAfter(seq: number, limit: number): readonly StoredRow[] {
    return this.#rows(`${SELECT_RECORD} WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit);
  }

  /** The last rows at or before a sequence number, last first. */
  rowsUpTo(seq: number, limit: number): readonly StoredRow[] {
    return this.#rows(`${SELECT_RECORD} WHERE seq <= ? ORDER BY seq DESC LIMIT ?`, seq, limit);
  }

  /** The stored bytes of a body, before they were read as text. */
  bodyBytes(seq: number): unknown {
    return this.#rows("SELECT CAST(body AS BLOB) FROM records WHERE seq = ?", seq)[0]?.[0];
  }

  /** Rows `[key, value, sum]`. */
  metaRows(): readonly StoredRow[] {
    return this.#rows("SELECT key, value, sum FROM meta");
  }

  putMeta(key: string, value: string): void {
    this.#prepare("INSERT OR REPLACE INTO meta (key, value, sum) VALUES (?, ?, ?)").run(
      key,
      value,
      checksum(key, value),
    );
  }

  /** Sequence numbers of the snapshots at or before `atMost`, newest first. */
  snapshotSeqs(atMost: number): readonly StoredRow[] {
    return this.#rows("SELECT seq FROM snapshots WHERE seq <= ? ORDER BY seq DESC", atMost);
  }

  /** At most one row `[seq, hash, body, own_hash, sum]`. */
  snapshotRows(seq: number): readonly StoredRow[] {
    return this.#rows("SELECT seq, hash, body, own_hash, sum FROM snapshots WHERE seq = ?", seq);
  }

  putSnapshot({ seq, hash, body }: JournalSnapshot, ownHash: string): void {
    this.transaction(() => {
      this.#prepare("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)").run(
        seq,
        hash,
        body,
        ownHash,
        checksum(seq, hash, ownHash),
      );
      this.#prepare(
        `DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ${SNAPSHOTS_KEPT})`,
      ).run();
    });
  }

  /** Whether all of the write-ahead file is in the main file now. */
  checkpoint(how: "PASSIVE" | "RESTART" | "TRUNCATE"): boolean {
    const [row] = this.#rows(`PRAGMA wal_checkpoint(${how})`);
    return row?.[0] === 0 && row[1] === row[2];
  }

  isOpen(): boolean {
    return this.#db.isOpen;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #rows(sql: string, ...values: SQLInputValue[]): readonly StoredRow[] {
    return this.#prepare(sql).all(...values) as unknown as readonly StoredRow[];
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }
}

const SELECT_RECORD = "SELECT seq, previous, body, hash, sum FROM records";
const SNAPSHOTS_KEPT = 2;
/** While another process opens, recovers or closes the same file. */
const OPEN_PATIENCE_MS = 1_000;
/** 16 MiB. A bound for when nobody asks for checkpoints. */
const WAL_PAGES_MAX = 4_096;

const SCHEMA = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE records (
  seq INTEGER PRIMARY KEY,
  previous INTEGER NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  sum INTEGER NOT NULL
) STRICT;
CREATE TABLE snapshots (
  seq INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  own_hash TEXT NOT NULL,
  sum INTEGER NOT NULL
) STRICT;`;

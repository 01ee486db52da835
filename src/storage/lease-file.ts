import { DatabaseSync } from "node:sqlite";
import type { EpochMs } from "#core/domain/units.ts";
import { checksum } from "./checksum.ts";
import type { Owner } from "./instance-lock.ts";
import { inTransaction } from "./sqlite.ts";

/** The lease as it is stored. `owner` is null when it was given back. */
export type StoredLease = {
  readonly epoch: number;
  readonly owner: Owner | null;
  /** Whether its owner had the instance lock, so that whoever has the lock now knows it dead. */
  readonly isUnderLock: boolean;
  /** Whether its owner still waits until a predecessor that may be alive surely does not act any more. */
  readonly isWaiting: boolean;
  /** When it ends unless it is renewed, by the clock of its owner. */
  readonly deadline: EpochMs;
};

/** The file does not tell the epoch any more, so the next one is not known to be higher. */
export class LeaseDamagedError extends Error {
  override readonly name = "LeaseDamagedError";
}

/** The small file behind a lease. */
export class LeaseFile {
  readonly #db: DatabaseSync;
  readonly #path: string;

  /** Everything stored is durable until `relax` is called. */
  constructor(path: string) {
    this.#path = path;
    this.#db = new DatabaseSync(path, { timeout: PATIENCE_MS });
    try {
      this.#db.exec(PREPARE);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** From here on a power cut may undo the last renewals, and nothing waits for another process. */
  relax(): void {
    this.#db.exec("PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 0");
  }

  transaction<Result>(work: () => Result): Result {
    return inTransaction(this.#db, work);
  }

  /** `null` when nobody ever had it. */
  read(): StoredLease | null {
    const row = this.#db.prepare("SELECT body, sum FROM lease").get();
    if (row === undefined) return null;
    const { body, sum } = row;
    if (typeof body !== "string" || sum !== checksum(body)) {
      throw new LeaseDamagedError(
        `Expected the lease in ${this.#path} as it was stored, found ${String(body)}; move the file away and start again`,
      );
    }
    return JSON.parse(body) as StoredLease;
  }

  write(lease: StoredLease): void {
    const body = JSON.stringify(lease);
    this.#db.prepare("INSERT OR REPLACE INTO lease VALUES (1, ?, ?)").run(body, checksum(body));
  }

  isOpen(): boolean {
    return this.#db.isOpen;
  }

  close(): void {
    this.#db.close();
  }
}

const PREPARE = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
CREATE TABLE IF NOT EXISTS lease (id INTEGER PRIMARY KEY, body TEXT, sum INTEGER) STRICT;`;

/** While another process takes or opens it. */
const PATIENCE_MS = 1_000;

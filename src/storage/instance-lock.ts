import { DatabaseSync } from "node:sqlite";
import type { EpochMs } from "#core/domain/units.ts";
import { inTransaction, isBusy, isUnreadable } from "./sqlite.ts";

/** A running process. */
export type Owner = {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: EpochMs;
};

/** Held until it is released or the process ends, in whatever way. */
export type InstanceLock = {
  readonly owner: Owner;
  readonly release: () => void;
};

/** Another process holds the lock. */
export class InstanceHeldError extends Error {
  override readonly name = "InstanceHeldError";
  /** `null` when it has not said yet. */
  readonly owner: Owner | null;

  constructor(path: string, owner: Owner | null) {
    const who = owner === null ? "" : ` (pid ${owner.pid} on ${owner.host})`;
    super(
      `Another desk${who} is running on this data folder, it holds ${path}. Stop it first or use another folder`,
    );
    this.owner = owner;
  }
}

/**
 * Makes this process the only one, or throws `InstanceHeldError`. The lock is the write lock of an open transaction
 * in a SQLite file of its own: the system takes it back when the process dies, on every platform. It is lost too
 * when this process opens and closes the file in any other way, so nobody else may touch it.
 */
export function acquireInstanceLock(path: string, owner: Owner): InstanceLock {
  const db = new DatabaseSync(path, { timeout: PATIENCE_MS });
  try {
    holdOrThrow(db, path, owner);
  } catch (error) {
    db.close();
    throw error;
  }
  OPEN_LOCKS.add(db);
  const release = (): void => {
    if (OPEN_LOCKS.delete(db)) db.close();
  };
  return { owner, release };
}

/** While another process writes its name. */
const PATIENCE_MS = 250;
/** How often others may come and go between the two steps of taking it. */
const ATTEMPTS = 10;

/** A connection nobody refers to is closed sooner or later, and with it the lock would be gone. */
const OPEN_LOCKS = new Set<DatabaseSync>();

function holdOrThrow(db: DatabaseSync, path: string, owner: Owner): void {
  try {
    if (!hold(db, owner)) throw new InstanceHeldError(path, namedOwner(db));
  } catch (error) {
    if (isBusy(error)) throw new InstanceHeldError(path, namedOwner(db));
    if (!isUnreadable(error)) throw error;
    throw new Error(
      `Expected the lock of a data folder in ${path}, found ${String(error)}; delete the file when no desk is running`,
      { cause: error },
    );
  }
}

/** A name has to be stored before others can read it, and storing lets go of the lock for a moment. */
function hold(db: DatabaseSync, owner: Owner): boolean {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    inTransaction(db, () => writeName(db, owner));
    db.exec("BEGIN IMMEDIATE");
    const named = namedOwner(db);
    if (named !== null && isSame(named, owner)) return true;
    db.exec("ROLLBACK");
  }
  return false;
}

function writeName(db: DatabaseSync, { pid, host, startedAt }: Owner): void {
  db.exec(
    "CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY, pid INTEGER, host TEXT, started_at INTEGER) STRICT",
  );
  db.prepare("INSERT OR REPLACE INTO owner VALUES (1, ?, ?, ?)").run(pid, host, startedAt);
}

/** Who stored its name last; reading is possible while another one holds the lock. */
function namedOwner(db: DatabaseSync): Owner | null {
  try {
    const row = db.prepare("SELECT pid, host, started_at AS startedAt FROM owner").get();
    return row === undefined ? null : (row as Owner);
  } catch (error) {
    // It is just being made or written: the lock is held, whoever has it.
    if (isBusy(error) || isUnreadable(error)) return null;
    throw error;
  }
}

function isSame(one: Owner, other: Owner): boolean {
  return one.pid === other.pid && one.host === other.host && one.startedAt === other.startedAt;
}

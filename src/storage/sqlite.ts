import type { DatabaseSync } from "node:sqlite";

/** Runs `work` in one transaction: all of it is stored, or nothing and the error is thrown. */
export function inTransaction<Result>(db: DatabaseSync, work: () => Result): Result {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has already rolled back after some errors.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Another connection holds a lock that this one needs. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === BUSY || code === LOCKED;
}

/** What was read is not what SQLite wrote, or cannot be read at all. */
export function isUnreadable(error: unknown): boolean {
  if (errorCode(error) === "ERR_OUT_OF_RANGE") return true;
  const code = primaryCode(error);
  return code !== undefined && UNREADABLE.has(code);
}

/** The world did not take a write. A later attempt may succeed. */
export function isRefusedWrite(error: unknown): boolean {
  const code = primaryCode(error);
  return code !== undefined && REFUSED_WRITE.has(code);
}

/**
 * After these the descriptor is not to be trusted: a failed sync may have dropped the data and marked it clean, so
 * that the next sync on it succeeds and proves nothing.
 */
export function spoilsDescriptor(error: unknown): boolean {
  return isRefusedWrite(error) && !isBusy(error) && primaryCode(error) !== FULL;
}

// Primary result codes, the low byte of an extended code: https://sqlite.org/rescode.html
const ERROR = 1;
const PERM = 3;
const BUSY = 5;
const LOCKED = 6;
const NOMEM = 7;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const PROTOCOL = 15;
const NOTADB = 26;

// ERROR is a table or column that should be there: our statements are fixed.
const UNREADABLE: ReadonlySet<number> = new Set([ERROR, IOERR, CORRUPT, NOTADB]);
const REFUSED_WRITE: ReadonlySet<number> = new Set([
  FULL,
  IOERR,
  READONLY,
  BUSY,
  LOCKED,
  CANTOPEN,
  PERM,
  PROTOCOL,
  NOMEM,
]);

function primaryCode(error: unknown): number | undefined {
  if (errorCode(error) !== "ERR_SQLITE_ERROR") return undefined;
  if (!(error instanceof Error && "errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

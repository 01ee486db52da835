import { existsSync } from "node:fs";
import { JournalDamagedError, type JournalHead, JournalWriteError } from "#ports/journal.ts";
import { HeadWitness, readWitness } from "./head-witness.ts";
import { JournalFile } from "./journal-file.ts";
import { JournalInspection } from "./journal-inspection.ts";
import {
  createJournal,
  JournalFormatError,
  type JournalSession,
  markOpen,
} from "./journal-meta.ts";
import type { HashChain } from "./journal-reading.ts";
import { isRefusedWrite, isUnreadable } from "./sqlite.ts";

export type WritableFile = {
  readonly file: JournalFile;
  readonly head: JournalHead;
  readonly witness: HeadWitness;
};

/** A file ready for records. Throws before anything was changed when it is not fit. */
export function openForWriting(
  path: string,
  chain: HashChain,
  session: JournalSession,
): WritableFile {
  const refused = (cause: unknown) =>
    new JournalWriteError(
      `Expected to write the journal ${path}, found: ${String(cause)}; free the disk or the file and start again`,
      { cause },
    );
  try {
    const head = isNew(path) ? undefined : inspectedHead(path, chain, session);
    const file = new JournalFile(path, "write");
    try {
      return prepare(file, { path, head, session });
    } catch (error) {
      file.close();
      throw isSystemError(error) ? refused(error) : error;
    }
  } catch (error) {
    throw isRefusedWrite(error) ? refused(error) : error;
  }
}

type Preparation = {
  readonly path: string;
  /** `undefined` in a journal that has yet to be made. */
  readonly head: JournalHead | undefined;
  readonly session: JournalSession;
};

function prepare(file: JournalFile, { path, head: found, session }: Preparation): WritableFile {
  const head = found ?? { seq: 0, hash: "" };
  try {
    file.makeDurable();
    if (found === undefined) createJournal(file, session);
    else markOpen(file, session);
    // The witness first: an empty write-ahead file and no witness would look like a loss.
    const witness = new HeadWitness(`${path}-head`, head);
    // The mark belongs into the main file, where it is seen even if the write-ahead file gets lost.
    file.checkpoint("TRUNCATE");
    return { file, head, witness };
  } catch (error) {
    if (!isUnreadable(error) || isRefusedWrite(error)) throw error;
    const message = `Expected to write to the journal ${path}, found it damaged outside its records: ${String(error)}`;
    const damage = { seq: head.seq + 1, place: "tail", message } as const;
    throw new JournalDamagedError(damage, { cause: error });
  }
}

/** A program that was killed while it made the file has left one without tables. */
function isNew(path: string): boolean {
  if ((readWitness(`${path}-head`)?.seq ?? 0) > 0) return false;
  if (!existsSync(path)) return true;
  // A rollback journal exists only until the file has its write-ahead log, and only a writer can apply it.
  const file = new JournalFile(path, existsSync(`${path}-journal`) ? "write" : "read");
  try {
    return file.isEmpty();
  } catch (error) {
    if (isUnreadable(error)) return false;
    throw error;
  } finally {
    file.close();
  }
}

/** Read-only, because even closing a connection that may write folds the evidence of damage away. */
function inspectedHead(path: string, chain: HashChain, session: JournalSession): JournalHead {
  const journal = new JournalInspection(path, chain);
  try {
    const { sessionId } = journal.meta();
    if (sessionId !== session.sessionId) {
      throw new JournalFormatError(
        `Expected the journal of session ${session.sessionId} in ${path}, found session ${sessionId}`,
      );
    }
    return journal.head();
  } finally {
    journal.close();
  }
}

/** An error of a file outside SQLite, such as ENOSPC. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

import { existsSync } from "node:fs";
import { type HashText, chainHash } from "#core/desk/fingerprint.ts";
import type { SessionId } from "#core/domain/ids.ts";
import { instantText } from "#core/domain/instant-text.ts";
import type { Clock } from "#ports/clock.ts";
import { JournalDamagedError, JournalWriteError } from "#ports/journal.ts";
import { type SessionListing, listingOf, untold } from "#runtime/session-listing.ts";
import type { World } from "#runtime/world.ts";
import { type InstanceLock, type Owner, acquireInstanceLock } from "#storage/instance-lock.ts";
import { JournalFormatError } from "#storage/journal-meta.ts";
import { type Lease, takeLease } from "#storage/lease.ts";
import { lostJournal } from "#storage/lost-journal.ts";
import {
  type DataFolder,
  type SessionFolder,
  dataFolder,
  folderBytes,
  listSessions,
  makeDataFolder,
  makeSessionFolder,
  removeSessionFolder,
  sessionFolder,
} from "#storage/session-folder.ts";
import { NOTHING_MARKED, readNote } from "#storage/session-note.ts";
import { openJournal } from "#storage/sqlite-journal.ts";
import { isRefusedWrite } from "#storage/sqlite.ts";
import { openTapeReader } from "#storage/tape-file.ts";
import { orUsage } from "./ask.ts";
import { UsageError } from "./command-frame.ts";
import { HeldSession } from "./held-session.ts";
import { knownEpoch } from "./known-epoch.ts";

export type StoreParts = {
  readonly clock: Clock;
  readonly hash: HashText;
  readonly codeVersion: string;
  readonly owner: Owner;
  /**
   * The first epoch of a new data folder. It is part of every order id, so another one for each folder keeps the ids
   * of two folders apart where they meet, at a venue (R2).
   */
  readonly firstEpoch?: number;
  /** By how much it rises with each start; by chance, so that two lives of one folder share no epoch either. */
  readonly epochStep?: number;
  /** Told what a person should know and nobody else can tell: lost market data, a journal set aside. */
  readonly say: (text: string) => void;
};

export type SessionStore = Pick<World, "openSession" | "openArchive"> & {
  readonly sessions: (dataFolder: string) => readonly SessionId[];
  readonly listSessions: (dataFolder: string) => readonly SessionListing[];
  readonly removeSession: (dataFolder: string, id: SessionId) => void;
};

/** Another process has the right to send orders. */
export class LeaseHeldError extends Error {
  override readonly name = "LeaseHeldError";
}

/** The sessions of a data folder: one may be held and written, all may be read. */
export function sessionStore(parts: StoreParts): SessionStore {
  return {
    openSession(path, id) {
      const data = orNoFolder(path, () => makeDataFolder(path));
      return orNotWritable(path, () => hold(parts, data, id));
    },
    openArchive(path, id) {
      const folder = orUsage(() => sessionFolder(dataFolder(path), id));
      const lost = lostJournal(folder);
      if (lost !== undefined) {
        throw new JournalDamagedError({ seq: 1, place: "middle", message: lost });
      }
      const chain = chainOf(parts.hash);
      const journal = openJournal({ path: folder.journal, chain, readOnly: true });
      return {
        journal,
        openTape: () => openTapeReader(folder.tape),
        close: () => journal.close(),
      };
    },
    sessions: (path) =>
      listSessions(dataFolder(path))
        .map((listed) => listed.sessionId)
        .toReversed(),
    listSessions: (path) =>
      listSessions(dataFolder(path))
        .map((folder) => listing(parts, folder))
        .toReversed(),
    removeSession(path, id) {
      const data = dataFolder(path);
      const lock = acquireInstanceLock(data.lock, parts.owner);
      try {
        removeSessionFolder(data, id);
      } finally {
        lock.release();
      }
    },
  };
}

function listing({ hash }: StoreParts, folder: SessionFolder): SessionListing {
  const { sessionId, path } = folder;
  const bytes = folderBytes(path);
  if (lostJournal(folder) !== undefined) return untold(sessionId, bytes, "damaged");
  try {
    const journal = openJournal({ path: folder.journal, chain: chainOf(hash), readOnly: true });
    try {
      return listingOf({ sessionId, bytes, marks: readNote(path) ?? NOTHING_MARKED, journal });
    } finally {
      journal.close();
    }
  } catch (error) {
    if (!(error instanceof JournalFormatError)) throw error;
    // No journal, and none to be missed; or one of a newer release.
    return untold(sessionId, bytes, existsSync(folder.journal) ? "damaged" : "empty");
  }
}

function hold(parts: StoreParts, data: DataFolder, id: SessionId): HeldSession {
  const lock = acquireInstanceLock(data.lock, parts.owner);
  try {
    const isNew = !existsSync(orUsage(() => sessionFolder(data, id)).path);
    const folder = makeSessionFolder(data, id, parts.clock.now());
    const lease = leaseOf(parts, data, lock);
    try {
      const { clock, codeVersion, say, hash } = parts;
      const session = { sessionId: id, now: clock.now(), codeVersion };
      return new HeldSession(
        { isNew, folder, session, chain: chainOf(hash), clock, say },
        lease,
        lock,
      );
    } catch (error) {
      lease.release();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Where no folder can be made another one must be named; a disk that is full or fails is another matter. */
function orNoFolder<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
    const found = NO_FOLDER.get(String(code));
    if (found === undefined) throw isSystemError(cause) ? notWritable(path, cause) : cause;
    throw new UsageError(
      `Expected a data folder, or a place to make one, at ${path}, found ${found}; name another with --data`,
      { cause },
    );
  }
}

const NO_FOLDER: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "a place where the system makes none"],
  ["ENOTDIR", "a file in its place"],
  ["EEXIST", "a file in its place"],
  ["EACCES", "a place that is not yours"],
  ["EPERM", "a place that is not yours"],
  ["EROFS", "a disk that is read-only"],
  ["ENAMETOOLONG", "a name that is too long"],
]);

/** A disk that takes nothing is the machine's matter, not a bug. */
function orNotWritable<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    if (!isRefusedWrite(cause) && !isSystemError(cause)) throw cause;
    throw notWritable(path, cause);
  }
}

function notWritable(path: string, cause: unknown): JournalWriteError {
  return new JournalWriteError(
    `Expected to write to the data folder ${path}, found: ${String(cause)}; make room or free the folder, and start again`,
    { cause },
  );
}

/** An error of a file outside SQLite, such as ENOSPC or EACCES. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function leaseOf(
  { clock, owner, firstEpoch, epochStep, hash }: StoreParts,
  data: DataFolder,
  lock: InstanceLock,
): Lease {
  const now = { wall: clock.now(), monotonicMs: clock.monotonicMs() };
  const answer = takeLease({
    path: data.lease,
    owner,
    now,
    lock,
    // Each journal wants its next epoch to be higher. One older than the journal that is gone on with is raised later.
    epochAbove: existsSync(data.lease) ? 0 : knownEpoch(data, chainOf(hash)),
    ...(firstEpoch === undefined ? {} : { firstEpoch }),
    ...(epochStep === undefined ? {} : { epochStep }),
  });
  if (answer.kind === "taken") return answer.lease;
  const { pid, host } = answer.by;
  throw new LeaseHeldError(
    `Another desk (pid ${pid} on ${host}) may send orders until ${instantText(answer.until)}. Stop it first, or wait`,
  );
}

function chainOf(hash: HashText) {
  return (previous: string, body: string): string => chainHash(hash, previous, body);
}

import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type HashText, chainHash } from "#core/desk/fingerprint.ts";
import { type SessionId, sessionId } from "#core/domain/ids.ts";
import type { Clock } from "#ports/clock.ts";
import type { World } from "#runtime/world.ts";
import { type InstanceLock, type Owner, acquireInstanceLock } from "#storage/instance-lock.ts";
import { type Lease, takeLease } from "#storage/lease.ts";
import { openJournal } from "#storage/sqlite-journal.ts";
import { openTapeReader } from "#storage/tape-file.ts";
import { UsageError } from "./command-frame.ts";
import { HeldSession, JOURNAL, TAPE } from "./held-session.ts";
import { instantText } from "./time-text.ts";

export type StoreParts = {
  readonly clock: Clock;
  readonly hash: HashText;
  readonly codeVersion: string;
  readonly owner: Owner;
  /** Told what a person should know and nobody else can tell: lost market data, a journal set aside. */
  readonly say: (text: string) => void;
};

export type SessionStore = Pick<World, "openSession" | "openArchive"> & {
  readonly sessions: (dataFolder: string) => readonly SessionId[];
};

/** Another process has the right to send orders. */
export class LeaseHeldError extends Error {
  override readonly name = "LeaseHeldError";
}

/**
 * The sessions of a data folder: `desk.lock` and `lease.db` for the one process that may run, and under `sessions` a
 * folder for each with its journal and its tape.
 */
export function sessionStore(parts: StoreParts): SessionStore {
  return {
    openSession: (dataFolder, id) => hold(parts, dataFolder, id),
    openArchive(dataFolder, id) {
      const folder = folderOf(dataFolder, id);
      const chain = chainOf(parts.hash);
      const journal = openJournal({ path: join(folder, JOURNAL), chain, readOnly: true });
      return {
        journal,
        openTape: () => openTapeReader(join(folder, TAPE)),
        close: () => journal.close(),
      };
    },
    sessions: recordedSessions,
  };
}

function hold(parts: StoreParts, dataFolder: string, id: SessionId): HeldSession {
  const folder = folderOf(dataFolder, id);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = acquireInstanceLock(join(dataFolder, "desk.lock"), parts.owner);
  try {
    const lease = leaseOf(parts, dataFolder, lock);
    try {
      const { clock, codeVersion, say, hash } = parts;
      const session = { sessionId: id, now: clock.now(), codeVersion };
      return new HeldSession({ folder, session, chain: chainOf(hash), clock, say }, lease, lock);
    } catch (error) {
      lease.release();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Session names become folders, on every system. */
function folderOf(dataFolder: string, id: SessionId): string {
  if (!/^\w[\w.-]*$/u.test(id)) {
    throw new UsageError(
      `Expected a session name of letters, digits, dots, - and _, found ${JSON.stringify(id)}`,
    );
  }
  return join(dataFolder, "sessions", id);
}

/** By their last record, the newest last. */
function recordedSessions(dataFolder: string): readonly SessionId[] {
  const folder = join(dataFolder, "sessions");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => ({ name, journal: join(folder, name, JOURNAL) }))
    .filter(({ journal }) => existsSync(journal))
    .map(({ name, journal }) => ({ name, at: lastWrite(journal) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ name }) => sessionId(name));
}

/** Recent records are in the write-ahead file. */
function lastWrite(journal: string): number {
  const times = [journal, `${journal}-wal`].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(...times);
}

function leaseOf({ clock, owner }: StoreParts, dataFolder: string, lock: InstanceLock): Lease {
  const now = { wall: clock.now(), monotonicMs: clock.monotonicMs() };
  const answer = takeLease({ path: join(dataFolder, "lease.db"), owner, now, lock });
  if (answer.kind === "taken") return answer.lease;
  const { pid, host } = answer.by;
  throw new LeaseHeldError(
    `Another desk (pid ${pid} on ${host}) may send orders until ${instantText(answer.until)}. Stop it first, or wait`,
  );
}

function chainOf(hash: HashText) {
  return (previous: string, body: string): string => chainHash(hash, previous, body);
}

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type SessionId, sessionId } from "#core/domain/ids.ts";
import { type EpochMs, epochMs } from "#core/domain/units.ts";
import { NOTHING_MARKED, readNote, syncFolder, writeNote } from "./session-note.ts";

/** Where a desk keeps everything: one folder, for its owner only. */
export type DataFolder = {
  readonly path: string;
  /** The instance lock. */
  readonly lock: string;
  readonly lease: string;
  readonly sessions: string;
};

export type SessionFolder = {
  readonly sessionId: SessionId;
  readonly path: string;
  readonly journal: string;
  readonly tape: string;
};

export type ListedSession = SessionFolder & { readonly createdAt: EpochMs };

/** The places in a data folder, whether it is there or not. */
export function dataFolder(path: string): DataFolder {
  const root = resolve(path);
  return {
    path: root,
    lock: join(root, "desk.lock"),
    lease: join(root, "lease.db"),
    sessions: join(root, "sessions"),
  };
}

/** Makes the data folder if it is not there; nobody but its owner may look into what is made. */
export function makeDataFolder(path: string): DataFolder {
  const folder = dataFolder(path);
  makeFolders(folder.sessions);
  return folder;
}

/** One folder after the other: a recursive call never returns where the system lets nobody make any, as in /proc. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path, { mode: PRIVATE });
}

/** The places of one session. Throws `RangeError` for an id that cannot be the name of a folder. */
export function sessionFolder(data: DataFolder, id: SessionId): SessionFolder {
  const path = join(data.sessions, folderName(id));
  return { sessionId: id, path, journal: join(path, "journal.db"), tape: join(path, "tape.bin") };
}

/** Makes the folder of a session if it is not there. It appears whole, with the note of when it was made, or not at all. */
export function makeSessionFolder(
  data: DataFolder,
  id: SessionId,
  createdAt: EpochMs,
): SessionFolder {
  const folder = sessionFolder(data, id);
  if (existsSync(folder.path)) return folder;
  const draft = join(data.sessions, `.${folderName(id)}.new`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: PRIVATE });
  writeNote(draft, { sessionId: id, createdAt, ...NOTHING_MARKED });
  renameSync(draft, folder.path);
  syncFolder(data.sessions);
  return folder;
}

/** All sessions of a data folder, newest first. */
export function listSessions(data: DataFolder): readonly ListedSession[] {
  if (!existsSync(data.sessions)) return [];
  return readdirSync(data.sessions, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isFolderName(entry.name))
    .map(({ name }) => sessionFolder(data, sessionId(name)))
    .map((folder) => ({ ...folder, createdAt: createdAtOf(folder) }))
    .sort(byAge);
}

/** Deletes a session: its name is gone at once, its files follow. */
export function removeSessionFolder(data: DataFolder, id: SessionId): void {
  const { path } = sessionFolder(data, id);
  const removed = join(data.sessions, `.${folderName(id)}.removed`);
  rmSync(removed, { recursive: true, force: true });
  renameSync(path, removed);
  syncFolder(data.sessions);
  rmSync(removed, { recursive: true });
}

/** Of all files in a folder and below, as far as they are still there when they are looked at. */
export function folderBytes(path: string): number {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => statSync(join(parentPath, name), { throwIfNoEntry: false }))
    .reduce((sum, status) => sum + (status?.size ?? 0), 0);
}

const PRIVATE = 0o700;
const NAME_LENGTH_MAX = 64;
/** Names that Windows keeps for devices, with any ending. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;

function folderName(id: SessionId): string {
  if (isFolderName(id)) return id;
  throw new RangeError(
    `Expected a session id of 1 to ${NAME_LENGTH_MAX} letters, digits, "-", "_" or "." that begins with a letter or digit and is no device name, found ${JSON.stringify(id)}`,
  );
}

/** On every platform, and never a way out of the folder of sessions. */
function isFolderName(name: string): boolean {
  if (name.length > NAME_LENGTH_MAX || DEVICES.test(name)) return false;
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/u.test(name);
}

/** From the note, or from the folder itself when a person has made or restored it. */
function createdAtOf({ path }: SessionFolder): EpochMs {
  return readNote(path)?.createdAt ?? epochMs(Math.trunc(statSync(path).mtimeMs));
}

function byAge(one: ListedSession, other: ListedSession): number {
  const age = other.createdAt - one.createdAt;
  if (age !== 0) return age;
  return one.sessionId < other.sessionId ? 1 : -1;
}

import { type SessionId, sessionId } from "#core/domain/ids.ts";
import { type EpochMs, epochMs } from "#core/domain/units.ts";
import type { JournalHead } from "#ports/journal.ts";
import { checksum } from "./checksum.ts";
import type { JournalFile } from "./journal-file.ts";

/** What a journal says about itself. */
export type JournalMeta = {
  readonly format: number;
  readonly sessionId: SessionId;
  readonly createdAt: EpochMs;
  /** Code versions of the first and of the last program that wrote to it. */
  readonly createdBy: string;
  readonly writtenBy: string;
  /** Where it was closed; `open` while a program writes, and after one that was killed. */
  readonly end: JournalHead | "open";
};

/** Who writes, and since when. */
export type JournalSession = {
  readonly sessionId: SessionId;
  readonly now: EpochMs;
  readonly codeVersion: string;
};

/** The file is not for this program: another format, another session, or no journal. */
export class JournalFormatError extends Error {
  override readonly name = "JournalFormatError";
}

/** The description of the journal is not what was written. */
export class MetaDamagedError extends Error {
  override readonly name = "MetaDamagedError";
}

export const JOURNAL_FORMAT = 1;

/** Makes the tables and says whose they are, in one transaction. */
export function createJournal(file: JournalFile, session: JournalSession): void {
  file.transaction(() => {
    file.createTables();
    file.putMeta("format", String(JOURNAL_FORMAT));
    file.putMeta("sessionId", session.sessionId);
    file.putMeta("createdAt", String(session.now));
    file.putMeta("createdBy", session.codeVersion);
    putOpen(file, session);
  });
}

export function markOpen(file: JournalFile, session: JournalSession): void {
  file.transaction(() => putOpen(file, session));
}

function putOpen(file: JournalFile, { codeVersion }: JournalSession): void {
  file.putMeta("writtenBy", codeVersion);
  file.putMeta("end", "open");
}

export function markClosed(file: JournalFile, { seq, hash }: JournalHead): void {
  file.transaction(() => file.putMeta("end", `${seq} ${hash}`));
}

/** Throws `JournalFormatError` for a newer journal before it reads anything else. */
export function readMeta(file: JournalFile): JournalMeta {
  const values = new Map<string, string>();
  for (const [key, value, sum] of file.metaRows()) {
    if (typeof key !== "string" || typeof value !== "string" || sum !== checksum(key, value)) {
      throw new MetaDamagedError(
        `Expected an intact entry, found ${String(key)}: ${String(value)}`,
      );
    }
    values.set(key, value);
  }
  const format = Number(entry(values, "format"));
  if (format > JOURNAL_FORMAT) {
    const writer = values.get("writtenBy") ?? "a newer Keel";
    throw new JournalFormatError(
      `Expected a journal of format ${JOURNAL_FORMAT} or older, found format ${format}, written by ${writer}; start that version or a newer one`,
    );
  }
  return {
    format,
    sessionId: sessionId(entry(values, "sessionId")),
    createdAt: epochMs(Number(entry(values, "createdAt"))),
    createdBy: entry(values, "createdBy"),
    writtenBy: entry(values, "writtenBy"),
    end: readEnd(entry(values, "end")),
  };
}

function readEnd(text: string): JournalHead | "open" {
  if (text === "open") return "open";
  const [seq, hash = ""] = text.split(" ");
  return { seq: Number(seq), hash };
}

function entry(values: ReadonlyMap<string, string>, key: string): string {
  const value = values.get(key);
  if (value === undefined) throw new MetaDamagedError(`Expected the entry ${key}, found none`);
  return value;
}

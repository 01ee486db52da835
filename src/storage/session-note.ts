import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SessionId } from "#core/domain/ids.ts";
import { type EpochMs, epochMs } from "#core/domain/units.ts";
import type { SessionEnding } from "#ports/session-ending.ts";

/** What a session's folder says about itself, apart from its journal, so that a journal that is gone is missed. */
export type SessionNote = {
  readonly sessionId: SessionId;
  readonly createdAt: EpochMs;
  /** Whether records were durable once; before that nothing was sent anywhere. */
  readonly begun: boolean;
  readonly ended: SessionEnding | null;
};

const NOTE = "session.json";

/** Replaces the note of a folder, durably: the whole one is there or the one before. */
export function writeNote(folder: string, note: SessionNote): void {
  const draft = join(folder, `.${NOTE}.new`);
  writeFileSync(draft, JSON.stringify(note), { flush: true });
  renameSync(draft, join(folder, NOTE));
  syncFolder(folder);
}

/** Undefined where there is none, or one that a person has spoiled. */
export function readNote(folder: string): SessionNote | undefined {
  const path = join(folder, NOTE);
  if (!existsSync(path)) return undefined;
  const { sessionId, createdAt, begun, ended } = fieldsOf(readFileSync(path, "utf8"));
  if (typeof sessionId !== "string" || !Number.isSafeInteger(createdAt)) return undefined;
  return {
    sessionId: sessionId as SessionId,
    createdAt: epochMs(Number(createdAt)),
    begun: begun === true,
    ended: endingOf(ended),
  };
}

/** Makes the names in a folder durable. Windows has no such call and does it by itself. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function endingOf(raw: unknown): SessionEnding | null {
  const { seq, at, endedAt } = objectOf(raw);
  if (![seq, at, endedAt].every(Number.isSafeInteger)) return null;
  return { seq: Number(seq), at: epochMs(Number(at)), endedAt: epochMs(Number(endedAt)) };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

function objectOf(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : {};
}

import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type SessionId, sessionId } from "#core/domain/ids.ts";
import { type EpochMs, epochMs } from "#core/domain/units.ts";
import type { CountedEvents, SessionEnding, SessionMarks } from "#ports/session-marks.ts";

/** What a session's folder says about itself, apart from its journal, so that a journal that is gone is missed. */
export type SessionNote = SessionMarks & {
  readonly sessionId: SessionId;
  readonly createdAt: EpochMs;
};

export const NOTHING_MARKED: SessionMarks = { begun: false, ended: null, counted: null };

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
  const raw = fieldsOf(readFileSync(path, "utf8"));
  if (typeof raw["sessionId"] !== "string" || !Number.isSafeInteger(raw["createdAt"])) {
    return undefined;
  }
  return {
    sessionId: sessionId(raw["sessionId"]),
    createdAt: epochMs(Number(raw["createdAt"])),
    begun: raw["begun"] === true,
    ended: endingOf(raw["ended"]),
    counted: countedOf(raw["counted"]),
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

function countedOf(raw: unknown): CountedEvents | null {
  const { seq, count, warmingUp } = objectOf(raw);
  if (![seq, count].every(Number.isSafeInteger)) return null;
  return { seq: Number(seq), count: Number(count), warmingUp: warmingUp === true };
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

import { hash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { sessionId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import type { Journal, JournalRecord } from "#ports/journal.ts";
import type { JournalSession } from "./journal-meta.ts";
import { openJournal, type SqliteJournal } from "./sqlite-journal.ts";

/** What the tests of this folder share: a chain, a session, records that follow each other. */
export const chain = (previousHash: string, body: string): string =>
  hash("sha256", `${previousHash}\n${body}`);

export const session: JournalSession = {
  sessionId: sessionId("paper-1"),
  now: epochMs(1_700_000_000_000),
  codeVersion: "0.1.0",
};

export function writableJournal(path: string): SqliteJournal {
  return openJournal({ path, chain, session });
}

export function readOnlyJournal(path: string): SqliteJournal {
  return openJournal({ path, chain, readOnly: true });
}

/** Records with the given bodies, numbered in steps of `step` after `head`. */
export function chained(
  bodies: readonly string[],
  { seq, hash }: { readonly seq: number; readonly hash: string } = { seq: 0, hash: "" },
  step = 1,
): readonly JournalRecord[] {
  let last = { seq, hash };
  return bodies.map((body) => {
    last = { seq: last.seq + step, hash: chain(last.hash, body) };
    return { ...last, body };
  });
}

/** Stores records, each in its own commit. */
export function storeEach(journal: Journal, records: readonly JournalRecord[]): void {
  for (const record of records) {
    journal.append(record);
    journal.commit();
  }
}

/** What a reading yields and, if it ends with an error, that error. */
export function readAll(records: Iterable<JournalRecord>): {
  readonly records: readonly JournalRecord[];
  readonly error: unknown;
} {
  const read: JournalRecord[] = [];
  try {
    for (const record of records) read.push(record);
    return { records: read, error: undefined };
  } catch (error) {
    return { records: read, error };
  }
}

/** All of a journal, through a reader of its own. */
export function readWhole(path: string): ReturnType<typeof readAll> {
  const journal = readOnlyJournal(path);
  try {
    return readAll(journal.read(0));
  } finally {
    journal.close();
  }
}

/** The files of a journal as they are now, which is what a killed program leaves behind. */
export function imageOf(path: string): JournalImage {
  const parts = PARTS.filter((part) => existsSync(path + part));
  return new Map(parts.map((part) => [part, readFileSync(path + part)]));
}

/** By the end of the file name: the main file, the write-ahead file and the witness. */
export type JournalImage = ReadonlyMap<string, Buffer>;

export function restore(image: JournalImage, path: string): void {
  for (const part of [...PARTS, "-shm"]) rmSync(path + part, { force: true });
  for (const [part, bytes] of image) writeFileSync(path + part, bytes);
}

/** What a read-only journal tells about an image. */
export function readImage(image: JournalImage, path: string): ReturnType<typeof readAll> {
  restore(image, path);
  return readWhole(path);
}

const PARTS = ["", "-wal", "-head"];

export function someRecords(count: number): readonly JournalRecord[] {
  return chained(Array.from({ length: count }, (_, index) => `{"event":"number ${index}"}`));
}

/** Makes a journal with these records, closes it, and returns its files. */
export function closedJournal(path: string, records: readonly JournalRecord[]): JournalImage {
  restore(new Map(), path);
  const journal = writableJournal(path);
  for (const record of records) journal.append(record);
  journal.commit();
  journal.close();
  return imageOf(path);
}

/** The same bytes, but for some bits of one. */
export function withFlip(bytes: Buffer, at: number, bits: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ bits, at);
  return changed;
}

export const PAGE_BYTES = 4_096;

/** Lengths to cut a file to: around every page, and many between. */
export function cuts(length: number): readonly number[] {
  const lengths = new Set<number>();
  for (let at = 0; at < length; at += 1_999) lengths.add(at);
  for (let page = PAGE_BYTES; page < length; page += PAGE_BYTES) {
    for (const near of [-1, 0, 1]) lengths.add(page + near);
  }
  return [...lengths, length - PAGE_BYTES, length - 1].filter((at) => at >= 0 && at < length);
}

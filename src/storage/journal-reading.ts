import { JournalDamagedError, type JournalHead, type JournalRecord } from "#ports/journal.ts";
import { damagedError, type Finding, intact, readable } from "./journal-damage.ts";
import type { JournalExtent } from "./journal-extent.ts";
import type { JournalFile, StoredRow } from "./journal-file.ts";
import { isUnreadable } from "./sqlite.ts";

/** The hash of a record from the hash of the one before and its own body. */
export type HashChain = (previousHash: string, body: string) => string;

export type Reading = JournalExtent & {
  readonly path: string;
  readonly chain: HashChain;
};

/** Yields verified records and throws `JournalDamagedError` at the first place where the journal is not whole. */
export function* readVerified(
  file: JournalFile,
  reading: Reading,
  afterSeq: number,
): Generator<JournalRecord> {
  let last = startingPoint(file, reading, afterSeq);
  for (;;) {
    const { rows, failure } = nextRows(file, last.seq);
    for (const row of rows) {
      const verdict = verify(file, row, reading, last);
      if (verdict.kind === "damaged") throw damagedError(file, verdict, { ...reading, last });
      last = verdict.record;
      yield verdict.record;
    }
    if (failure !== undefined) throw damagedError(file, failure, { ...reading, last });
    if (rows.length === 0) break;
  }
  const missing = missingAtEnd(last, reading);
  if (missing !== undefined) throw damagedError(file, missing, { ...reading, last });
}

/** The last record, after verifying those near the end. Throws `JournalDamagedError` when the end is not whole. */
export function soundHead(file: JournalFile, reading: Reading): JournalHead {
  const rows = readable(() => file.rowsUpTo(Number.MAX_SAFE_INTEGER, ROWS_AT_ONCE));
  const first = rows?.length === 0 ? START : intact(rows?.at(-1));
  if (first === undefined) throwDamage(file, reading);
  let head: JournalHead = first;
  try {
    for (const record of readVerified(file, reading, first.seq)) head = record;
  } catch (error) {
    if (error instanceof JournalDamagedError) throwDamage(file, reading);
    throw error;
  }
  return { seq: head.seq, hash: head.hash };
}

/** The error that a complete reading ends with, or `undefined` when the journal is whole. */
export function findDamage(file: JournalFile, reading: Reading): JournalDamagedError | undefined {
  const records = readVerified(file, reading, 0);
  try {
    while (records.next().done !== true);
  } catch (error) {
    if (error instanceof JournalDamagedError) return error;
    throw error;
  }
  return undefined;
}

type Verdict =
  | { readonly kind: "sound"; readonly record: JournalRecord }
  | ({ readonly kind: "damaged" } & Finding);

const START: JournalHead = { seq: 0, hash: "" };
const ROWS_AT_ONCE = 256;

/** The record to chain from. When that one is damaged, the first damage is there or before. */
function startingPoint(file: JournalFile, reading: Reading, afterSeq: number): JournalHead {
  if (afterSeq <= 0) return START;
  const rows = readable(() => file.rowsUpTo(afterSeq, 1));
  if (rows?.length === 0) return START;
  return intact(rows?.[0]) ?? throwDamage(file, reading);
}

/** For when a first look found damage: reads from the start, to name the first damaged place. */
export function throwDamage(file: JournalFile, reading: Reading): never {
  const problem = "expected to read what was written, found pages that cannot be searched";
  const unsearchable = { seq: START.seq + 1, problem };
  throw findDamage(file, reading) ?? damagedError(file, unsearchable, { ...reading, last: START });
}

type Fetched = { readonly rows: readonly StoredRow[]; readonly failure?: Finding };

/** The next rows. When a page cannot be read: the rows before it, and the failure. */
function nextRows(file: JournalFile, afterSeq: number): Fetched {
  const several = guarded(() => file.rowsAfter(afterSeq, ROWS_AT_ONCE), afterSeq + 1);
  if (several.failure === undefined) return several;
  const rows: StoredRow[] = [];
  let seq = afterSeq;
  while (rows.length < ROWS_AT_ONCE) {
    const from = seq;
    const one = guarded(() => file.rowsAfter(from, 1), from + 1);
    const [row] = one.rows;
    if (row === undefined)
      return { rows, failure: { ...several.failure, ...one.failure, seq: seq + 1 } };
    rows.push(row);
    if (typeof row[0] !== "number" || row[0] <= seq) break;
    [seq] = row as readonly [number];
  }
  return { rows };
}

function guarded(rows: () => readonly StoredRow[], seq: number): Fetched {
  try {
    return { rows: rows() };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const problem = `expected a record, found that SQLite cannot read there (${String(error)})`;
    return { rows: [], failure: { seq, problem, cause: error } };
  }
}

function verify(
  file: JournalFile,
  row: StoredRow,
  { known, chain }: Reading,
  last: JournalHead,
): Verdict {
  const stored = intact(row);
  if (stored === undefined || stored.seq <= last.seq) return notAsStored(row, last);
  const { seq, previous, body, hash } = stored;
  const damaged = (problem: string): Verdict => ({ kind: "damaged", seq, problem });
  if (previous !== last.seq) {
    const problem = `expected record ${previous} before record ${seq}, found it missing`;
    return { kind: "damaged", seq: last.seq + 1, problem };
  }
  const expected = chain(last.hash, body);
  if (hash !== expected) {
    return damaged(`expected hash ${expected} after record ${last.seq}, found ${hash}`);
  }
  if (known !== undefined && last.seq < known.seq && seq > known.seq) {
    return damaged(`expected record ${known.seq}, found record ${seq} in its place`);
  }
  if (seq === known?.seq && hash !== known.hash) {
    return damaged(`expected the record with hash ${known.hash}, found another one with ${hash}`);
  }
  const record = { seq, body, hash };
  return isStoredText(file, record)
    ? { kind: "sound", record }
    : damaged("expected text, found bytes that are not UTF-8");
}

/** A number that a damaged row gives is believed when the row fits behind the last sound one. */
function notAsStored(row: StoredRow, last: JournalHead): Verdict {
  const [at, previous, , hash, sum] = row;
  const fits = typeof at === "number" && at > last.seq && previous === last.seq;
  const problem = `expected a row with its own checksum, found number ${String(at)}, hash ${String(hash)} and checksum ${String(sum)}`;
  return { kind: "damaged", seq: fits ? at : last.seq + 1, problem };
}

/** Broken bytes read as U+FFFD and may hide behind one that was really written. */
function isStoredText(file: JournalFile, { seq, body }: JournalRecord): boolean {
  if (!body.includes("\uFFFD")) return true;
  const bytes = file.bodyBytes(seq);
  return bytes instanceof Uint8Array && Buffer.from(body).equals(bytes);
}

function missingAtEnd(last: JournalHead, { known, doubt }: Reading): Finding | undefined {
  const seq = last.seq + 1;
  if (known !== undefined && last.seq < known.seq) {
    return { seq, problem: `expected records up to ${known.seq}, found the end` };
  }
  return doubt === undefined ? undefined : { seq, ...doubt };
}

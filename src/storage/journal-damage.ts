import {
  type JournalDamage,
  JournalDamagedError,
  type JournalHead,
  type JournalRecord,
} from "#ports/journal.ts";
import { checksum } from "./checksum.ts";
import type { JournalFile, StoredRow } from "./journal-file.ts";
import { isUnreadable } from "./sqlite.ts";

/** The first place where a journal is not what was written. */
export type Finding = {
  readonly seq: number;
  /** "expected ..., found ..." */
  readonly problem: string;
  readonly cause?: unknown;
};

/** The last sound record before it, and the furthest record that is known to have existed. */
export type Around = {
  readonly path: string;
  readonly last: JournalHead;
  readonly known: JournalHead | undefined;
};

/** A record and the number of the one that was stored before it. */
export type StoredRecord = JournalRecord & { readonly previous: number };

/** A row whose own checksum holds, or `undefined`. Says nothing about its neighbours. */
export function intact(row: StoredRow | undefined): StoredRecord | undefined {
  if (row === undefined) return undefined;
  const [seq, previous, body, hash, sum] = row;
  if (typeof seq !== "number" || typeof previous !== "number") return undefined;
  if (typeof body !== "string" || typeof hash !== "string") return undefined;
  return checksum(seq, previous, hash, body) === sum ? { seq, previous, body, hash } : undefined;
}

export function damagedError(
  file: JournalFile,
  finding: Finding,
  around: Around,
): JournalDamagedError {
  const place = placeOf(file, around);
  const sound =
    around.last.seq === 0
      ? "No record was read before it"
      : `All up to record ${around.last.seq} is sound`;
  const message = [
    `Journal ${around.path} is damaged at record ${finding.seq}: ${finding.problem}.`,
    `${sound}; ${AFTER[place]}.`,
    "Nothing was changed. Keep the file, and restore a copy or go on in a new session",
  ].join(" ");
  return new JournalDamagedError({ seq: finding.seq, place, message }, { cause: finding.cause });
}

const AFTER: Readonly<Record<JournalDamage["place"], string>> = {
  tail: "nothing sound follows",
  middle: "sound records follow or may follow",
};

/** A file of which no row at all can be read may hold everything, so it counts as `middle`. */
function placeOf(file: JournalFile, { last, known }: Around): JournalDamage["place"] {
  for (const row of rowsBeyond(file, last.seq, known?.seq ?? last.seq)) {
    if ((intact(row)?.seq ?? 0) > last.seq) return "middle";
  }
  const start = readable(() => file.rowsAfter(0, 1));
  return start === undefined ? "middle" : "tail";
}

/** What can be read after `seq`: all in order or, between pages that cannot be read, the last rows and samples. */
function* rowsBeyond(file: JournalFile, seq: number, knownSeq: number): Generator<StoredRow> {
  for (let from = seq; ;) {
    const rows = readable(() => file.rowsAfter(from, ROWS_AT_ONCE));
    if (rows === undefined) break;
    if (rows.length === 0) return;
    yield* rows;
    from = rows.reduce(
      (most, [found]) => (typeof found === "number" ? Math.max(most, found) : most),
      from + 1,
    );
  }
  yield* readable(() => file.rowsUpTo(Number.MAX_SAFE_INTEGER, ROWS_AT_ONCE)) ?? [];
  const until = Math.max(knownSeq, seq + SAMPLES);
  const step = Math.ceil((until - seq) / SAMPLES);
  for (let at = seq; at < until; at += step) {
    yield* readable(() => file.rowsAfter(at, 1)) ?? [];
  }
}
const ROWS_AT_ONCE = 16;
const SAMPLES = 1_024;

/** Rows, or `undefined` where SQLite cannot read them. */
export function readable(rows: () => readonly StoredRow[]): readonly StoredRow[] | undefined {
  try {
    return rows();
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

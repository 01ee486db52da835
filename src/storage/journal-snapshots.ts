import type { JournalSnapshot } from "#ports/journal.ts";
import { checksum } from "./checksum.ts";
import { intact, readable } from "./journal-damage.ts";
import type { JournalFile, StoredRow } from "./journal-file.ts";
import type { HashChain } from "./journal-reading.ts";

/** The newest sound snapshot at or before `atMost`. One that is damaged is passed over: an older one serves as well. */
export function newestSnapshot(
  file: JournalFile,
  chain: HashChain,
  atMost: number,
): JournalSnapshot | undefined {
  for (const [seq] of readable(() => file.snapshotSeqs(atMost)) ?? []) {
    if (typeof seq !== "number") continue;
    const row = readable(() => file.snapshotRows(seq))?.[0];
    const snapshot = soundSnapshot(row, chain);
    if (snapshot !== undefined && belongsTo(file, snapshot)) return snapshot;
  }
  return undefined;
}

/** Whether the journal has the record that the snapshot was taken at. */
export function belongsTo(file: JournalFile, { seq, hash }: JournalSnapshot): boolean {
  const record = intact(readable(() => file.rowsUpTo(seq, 1))?.[0]);
  return record?.seq === seq && record.hash === hash;
}

function soundSnapshot(row: StoredRow | undefined, chain: HashChain): JournalSnapshot | undefined {
  if (row === undefined) return undefined;
  const [seq, hash, body, ownHash, sum] = row;
  if (typeof seq !== "number" || typeof hash !== "string") return undefined;
  if (typeof body !== "string" || typeof ownHash !== "string") return undefined;
  if (sum !== checksum(seq, hash, ownHash) || ownHash !== chain(hash, body)) return undefined;
  return { seq, hash, body };
}

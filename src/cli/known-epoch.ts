import { decodeState } from "#core/desk/snapshot.ts";
import { type Journal, JournalDamagedError } from "#ports/journal.ts";
import { decodeRecord } from "#runtime/recovery.ts";
import { JournalFormatError } from "#storage/journal-meta.ts";
import type { HashChain } from "#storage/journal-reading.ts";
import { type DataFolder, listSessions } from "#storage/session-folder.ts";
import { openJournal } from "#storage/sqlite-journal.ts";

/** The highest epoch that the journals of a folder tell, as far as they can be read; 0 where they tell of none. */
export function knownEpoch(data: DataFolder, chain: HashChain): number {
  return listSessions(data).reduce(
    (highest, { journal: path }) => Math.max(highest, epochIn(path, chain)),
    0,
  );
}

function epochIn(path: string, chain: HashChain): number {
  try {
    const journal = openJournal({ path, chain, readOnly: true });
    try {
      return lastEpochOf(journal);
    } finally {
      journal.close();
    }
  } catch (error) {
    // None, a damaged one, or one of a newer release: each is told of when it is gone on with.
    if (error instanceof JournalFormatError || error instanceof JournalDamagedError) return 0;
    throw error;
  }
}

function lastEpochOf(journal: Journal): number {
  let { seq, epoch } = beginning(journal);
  try {
    for (const record of journal.read(seq)) {
      seq = record.seq;
      if (!record.body.includes('"deskStarted"')) continue;
      const { event } = decodeRecord(record.body);
      if (event.kind === "deskStarted") epoch = Math.max(epoch, event.epoch);
    }
  } catch (error) {
    // Whoever goes on with it finds the same damage, and folds no further.
    if (!(error instanceof JournalDamagedError)) throw error;
  }
  return epoch;
}

function beginning(journal: Journal): { readonly seq: number; readonly epoch: number } {
  const snapshot = journal.loadSnapshot();
  if (snapshot === undefined) return { seq: 0, epoch: 0 };
  try {
    return { seq: snapshot.seq, epoch: decodeState(snapshot.body).epoch };
  } catch (error) {
    // Of another release; the records tell it as well.
    if (!(error instanceof TypeError)) throw error;
    return { seq: 0, epoch: 0 };
  }
}

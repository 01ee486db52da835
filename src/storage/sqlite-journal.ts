import type { Journal } from "#ports/journal.ts";
import { JournalInspection } from "./journal-inspection.ts";
import type { JournalMeta, JournalSession } from "./journal-meta.ts";
import type { HashChain } from "./journal-reading.ts";
import { JournalWriter } from "./journal-writer.ts";

/** A journal in a SQLite file. `meta` throws `JournalDamagedError` when the file no longer tells. */
export type SqliteJournal = Journal & { readonly meta: () => JournalMeta };

export type JournalOptions = {
  readonly path: string;
  /** Makes the hash of a record; reading compares with it. */
  readonly chain: HashChain;
} & ({ readonly readOnly: true } | { readonly readOnly?: false; readonly session: JournalSession });

/**
 * Opens a journal; for writing, it may be a new one. Readers in other processes may read while one writes.
 *
 * A journal whose end is damaged is not opened for writing (`JournalDamagedError`); opened read-only, it yields
 * its sound records first. Other errors: `JournalFormatError` for a newer format, another session or no journal,
 * and `JournalWriteError` when the disk takes no writes.
 */
export function openJournal(options: JournalOptions): SqliteJournal {
  const { path, chain } = options;
  if (options.readOnly === true) return new JournalInspection(path, chain);
  return new JournalWriter(path, chain, options.session);
}

import { existsSync } from "node:fs";
import { readWitness } from "./head-witness.ts";
import { JournalFile } from "./journal-file.ts";
import type { SessionFolder } from "./session-folder.ts";
import { readNote } from "./session-note.ts";
import { hasSetAside } from "./set-aside.ts";
import { isUnreadable } from "./sqlite.ts";
import { openTapeReader } from "./tape-file.ts";

/**
 * Why the records of a session must be missed, when its journal is gone or empty though there were some; undefined
 * otherwise. A journal that is there and damaged tells so itself.
 */
export function lostJournal(folder: SessionFolder): string | undefined {
  const evidence = evidenceOf(folder);
  if (evidence === undefined || mayHaveRecords(folder.journal)) return undefined;
  const found = existsSync(folder.journal) ? "one without records" : "none";
  return `Expected the journal of session ${folder.sessionId} at ${folder.journal}, found ${found}, and ${evidence}`;
}

/** That a journal had records, told by something else. The tape gets its first event after the first record. */
function evidenceOf(folder: SessionFolder): string | undefined {
  for (const { seq } of openTapeReader(folder.tape).events()) {
    return `its tape has market data from event ${seq} on`;
  }
  // A journal that was set aside has its records in another folder.
  const isMissed = readNote(folder.path)?.begun === true && !hasSetAside(folder);
  return isMissed ? "its session.json says that there was one" : undefined;
}

function mayHaveRecords(path: string): boolean {
  if ((readWitness(`${path}-head`)?.seq ?? 0) > 0 || existsSync(`${path}-journal`)) return true;
  if (!existsSync(path)) return false;
  const file = new JournalFile(path, "read");
  try {
    return !file.isEmpty() && file.rowsAfter(0, 1).length > 0;
  } catch (error) {
    if (isUnreadable(error)) return true;
    throw error;
  } finally {
    file.close();
  }
}

import type { SessionId } from "#core/domain/ids.ts";
import type { JournalRecord } from "#ports/journal.ts";
import type { World } from "./world.ts";

/** The records of a session in order, from a sequence number on; the session may be running. */
export function* readJournal(
  world: World,
  session: { readonly dataFolder: string; readonly sessionId: SessionId },
  from: number,
): Generator<JournalRecord> {
  const archive = world.openArchive(session.dataFolder, session.sessionId);
  try {
    yield* archive.journal.read(from - 1);
  } finally {
    archive.close();
  }
}

import type { SessionConfig } from "#core/desk/config.ts";
import { decodeState } from "#core/desk/snapshot.ts";
import type { SessionId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { type Journal, JournalDamagedError } from "#ports/journal.ts";
import type { SessionMarks } from "#ports/session-marks.ts";
import { type DecodedRecord, decodeRecord } from "./recovery.ts";

/** A recorded session in a list. */
export type SessionListing = {
  readonly sessionId: SessionId;
  /** Null where the journal does not tell. */
  readonly mode: SessionConfig["mode"] | null;
  /** Of its records, in the time of the market; null without any. */
  readonly from: EpochMs | null;
  readonly until: EpochMs | null;
  /** `interrupted` is one that can go on; `empty` has no records; that it is running only its desk can tell. */
  readonly state: "ended" | "interrupted" | "damaged" | "empty";
  /** Of all its files. */
  readonly bytes: number;
};

export type ListedFiles = {
  readonly sessionId: SessionId;
  readonly bytes: number;
  readonly marks: SessionMarks;
  readonly journal: Journal;
};

/** What a list tells of a session. Reads its first record and its last. */
export function listingOf({ sessionId, bytes, marks, journal }: ListedFiles): SessionListing {
  try {
    const { seq } = journal.head();
    const first = firstOf(journal, 0);
    const last = firstOf(journal, seq - 1);
    if (first === undefined || last === undefined) return untold(sessionId, bytes, "empty");
    const ended = marks.ended?.seq === seq ? marks.ended : null;
    return {
      sessionId,
      mode: modeOf(first),
      from: first.event.at,
      until: ended?.at ?? last.event.at,
      state: ended === null ? "interrupted" : "ended",
      bytes,
    };
  } catch (error) {
    if (!(error instanceof JournalDamagedError)) throw error;
    return untold(sessionId, bytes, "damaged");
  }
}

/** One whose journal tells nothing. */
export function untold(
  sessionId: SessionId,
  bytes: number,
  state: SessionListing["state"],
): SessionListing {
  return { sessionId, mode: null, from: null, until: null, state, bytes };
}

function firstOf(journal: Journal, afterSeq: number): DecodedRecord | undefined {
  for (const { body } of journal.read(Math.max(0, afterSeq))) return decodeRecord(body);
  return undefined;
}

/** A session is opened or salvaged by its first record. */
function modeOf({ event }: DecodedRecord): SessionListing["mode"] {
  if (event.kind === "sessionOpened") return event.config.mode;
  if (event.kind === "stateSalvaged") return decodeState(event.state).session?.mode ?? null;
  return null;
}

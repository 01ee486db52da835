import { decode } from "#core/desk/codec.ts";
import type { DeskOrigin } from "#core/desk/desk.ts";
import type { DeskEvent } from "#core/desk/event.ts";
import { evolve } from "#core/desk/evolve.ts";
import type { Fact } from "#core/desk/fact.ts";
import { encodeOutcome } from "#core/desk/fingerprint.ts";
import { decodeState, encodeState } from "#core/desk/snapshot.ts";
import { type DeskState, emptyState } from "#core/desk/state.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { type Journal, JournalDamagedError } from "#ports/journal.ts";
import type { PassPoint } from "./crash-point.ts";
import type { SessionFiles } from "./world.ts";

/** What a session's journal held. */
export type Recovered = {
  /** The state it folds into and its last sequence number; null for a new session. */
  readonly origin: DeskOrigin | null;
  /** When its last event was. */
  readonly lastAt: EpochMs | null;
  /** Records folded since the last snapshot. */
  readonly folded: number;
  /** Why the journal could not be trusted to its end; null when it could. Then the desk starts in safe mode. */
  readonly distrust: string | null;
};

/** A journal record as it was written, read back. */
export type DecodedRecord = {
  readonly seq: number;
  readonly event: DeskEvent;
  readonly facts: readonly Fact[];
  readonly commands: readonly unknown[];
};

/**
 * Rebuilds the durable state by folding facts; nothing is decided again, so a lost tape, a new release or an edited
 * rule cannot rewrite what happened. Where the journal is damaged or does not fold, what is sound before it is kept,
 * the journal is set aside as evidence, and a new one begins: a desk that cannot trust its memory must still be able
 * to cancel, close and flatten, and must not crash again on the next start.
 */
export function recover(files: Pick<SessionFiles, "journal" | "damage" | "setAside">): Recovered {
  const { journal, damage } = files;
  const folded = fold(damage === null ? journal : damage.sound);
  const distrust = damage?.reason ?? folded.broken;
  if (distrust !== null) files.setAside();
  const { state, seq, lastAt, records } = folded;
  return { origin: seq === 0 ? null : { state, seq }, lastAt, folded: records, distrust };
}

export function decodeRecord(body: string): DecodedRecord {
  return decode(body) as DecodedRecord;
}

/** What the fingerprint takes in of a record; undefined for the one that names the session. */
export function fingerprinted({ seq, event, facts, commands }: DecodedRecord): string | undefined {
  return event.kind === "sessionOpened" ? undefined : encodeOutcome({ seq, facts, commands });
}

/** Saves the state at the journal's head, so that the next start folds only what came after. */
export function takeSnapshot(journal: Journal, state: DeskState, passPoint: PassPoint): void {
  const { seq, hash } = journal.head();
  if (seq === 0) return;
  const snapshot = { seq, hash, body: encodeState(state) };
  passPoint("duringSnapshot");
  journal.saveSnapshot(snapshot);
  passPoint("duringSnapshot");
}

type Folded = DeskOrigin & {
  readonly lastAt: EpochMs | null;
  readonly records: number;
  readonly broken: string | null;
};

function fold(journal: Journal): Folded {
  const snapshot = journal.loadSnapshot();
  const state = snapshot === undefined ? emptyState() : decodeState(snapshot.body);
  let seq = snapshot?.seq ?? 0;
  let lastAt: EpochMs | null = null;
  let records = 0;
  try {
    if (snapshot !== undefined) lastAt = timeOf(journal, snapshot.seq);
    for (const record of journal.read(seq)) {
      const { event, facts } = decodeRecord(record.body);
      for (const fact of facts) evolve(state, fact);
      seq = record.seq;
      records += 1;
      if (lastAt === null || event.at > lastAt) lastAt = event.at;
    }
  } catch (error) {
    const broken = `record after ${seq}: ${error instanceof Error ? error.message : String(error)}`;
    if (error instanceof JournalDamagedError) return { state, seq, lastAt, records, broken };
    return { ...foldUntil(journal, seq), lastAt, records, broken };
  }
  return { state, seq, lastAt, records, broken: null };
}

/** When the event of a record was: a snapshot does not say how late it was taken. */
function timeOf(journal: Journal, seq: number): EpochMs | null {
  for (const record of journal.read(seq - 1)) return decodeRecord(record.body).event.at;
  return null;
}

/** The state after a record; the one that follows it broke half-way through its facts. */
function foldUntil(journal: Journal, last: number): DeskOrigin {
  const state = emptyState();
  for (const record of journal.read(0)) {
    if (record.seq > last) break;
    for (const fact of decodeRecord(record.body).facts) evolve(state, fact);
  }
  return { state, seq: last };
}

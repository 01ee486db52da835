import { decode } from "#core/desk/codec.ts";
import type { DeskOrigin } from "#core/desk/desk.ts";
import type { DeskEvent } from "#core/desk/event.ts";
import { evolve } from "#core/desk/evolve.ts";
import type { Fact } from "#core/desk/fact.ts";
import { encodeOutcome } from "#core/desk/fingerprint.ts";
import { decodeState, encodeState } from "#core/desk/snapshot.ts";
import { type DeskState, emptyState } from "#core/desk/state.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { type Journal, JournalDamagedError, type JournalSnapshot } from "#ports/journal.ts";
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
  /** Whether the listener was told every record that it wanted. */
  readonly wasHeard: boolean;
};

/** Who wants the records after a number too, so that a long journal is read once; told only where folding begins there. */
export type RecordListener = {
  readonly after: number;
  readonly add: (record: DecodedRecord) => void;
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
export function recover(
  files: Pick<SessionFiles, "journal" | "damage" | "setAside">,
  listener?: RecordListener,
): Recovered {
  const { damage } = files;
  const folded = damage === null ? fold(files.journal, { listener }) : salvaged(damage.sound);
  const distrust = damage?.reason ?? folded.broken;
  if (distrust !== null) files.setAside();
  const { state, seq, lastAt, records } = folded;
  const wasHeard = distrust === null && folded.wasHeard;
  return { origin: seq === 0 ? null : { state, seq }, lastAt, folded: records, distrust, wasHeard };
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
  readonly wasHeard: boolean;
  readonly broken: string | null;
};

type FoldOptions = { readonly until?: number; readonly listener?: RecordListener | undefined };

/** Folds what is sound, up to a record. */
function fold(
  journal: Journal,
  { until = Number.POSITIVE_INFINITY, listener }: FoldOptions = {},
): Folded {
  const { state, ...start } = startOf(journal);
  let { seq, lastAt } = start;
  let records = 0;
  const heard = listener?.after === seq ? listener : undefined;
  const wasHeard = heard !== undefined;
  try {
    for (const record of journal.read(seq)) {
      if (record.seq > until) break;
      const decoded = decodeRecord(record.body);
      const { event, facts } = decoded;
      for (const fact of facts) evolve(state, fact);
      heard?.add(decoded);
      seq = record.seq;
      records += 1;
      if (lastAt === null || event.at > lastAt) lastAt = event.at;
    }
  } catch (error) {
    const broken = `record after ${seq}: ${error instanceof Error ? error.message : String(error)}`;
    if (error instanceof JournalDamagedError)
      return { state, seq, lastAt, records, wasHeard, broken };
    // It broke half-way through its facts: what of it was folded goes with it.
    return { ...fold(journal, { until: seq }), broken };
  }
  return { state, seq, lastAt, records, wasHeard, broken: null };
}

function salvaged(sound: Journal | null): Folded {
  if (sound !== null) return fold(sound);
  return { state: emptyState(), seq: 0, lastAt: null, records: 0, wasHeard: false, broken: null };
}

type Start = Pick<Folded, "state" | "seq" | "lastAt">;

/** The newest snapshot that this release can read, or the beginning. */
function startOf(journal: Journal): Start {
  const snapshot = journal.loadSnapshot();
  const state = snapshot === undefined ? undefined : stateOf(snapshot);
  const lastAt = snapshot === undefined ? null : timeOf(journal, snapshot.seq);
  if (snapshot === undefined || state === undefined || lastAt === null) {
    return { state: emptyState(), seq: 0, lastAt: null };
  }
  return { state, seq: snapshot.seq, lastAt };
}

/** Undefined for a state that another release saved in another shape. */
function stateOf({ body }: JournalSnapshot): DeskState | undefined {
  try {
    return decodeState(body);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}

/** When the event of a record was, for a snapshot does not say; null where that cannot be read any more. */
function timeOf(journal: Journal, seq: number): EpochMs | null {
  try {
    for (const record of journal.read(seq - 1)) return decodeRecord(record.body).event.at;
  } catch (error) {
    if (!(error instanceof JournalDamagedError)) throw error;
  }
  return null;
}

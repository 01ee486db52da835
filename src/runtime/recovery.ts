import { decode } from "#core/desk/codec.ts";
import type { DeskOrigin } from "#core/desk/desk.ts";
import { evolve } from "#core/desk/evolve.ts";
import type { Fact } from "#core/desk/fact.ts";
import { decodeState, encodeState } from "#core/desk/snapshot.ts";
import { emptyState } from "#core/desk/state.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { type Journal, JournalDamagedError } from "#ports/journal.ts";

/** What a journal held: the state it folds into, and when its last event was. */
export type Recovered = {
  readonly origin: DeskOrigin;
  readonly lastAt: EpochMs | null;
  /** Why the journal cannot be trusted beyond `origin`; null when it can. */
  readonly distrust: string | null;
};

/** A journal record as it was written, read back. */
export type DecodedRecord = {
  readonly seq: number;
  readonly event: { readonly kind: string; readonly at: EpochMs };
  readonly facts: readonly Fact[];
};

/**
 * Rebuilds the durable state by folding facts; nothing is decided again, so a lost tape, a new release or an edited
 * rule cannot rewrite what happened. A record that is damaged or does not fold ends it there: what is before it is
 * kept, and the caller starts in safe mode.
 */
export function recover(journal: Journal): Recovered {
  const snapshot = journal.loadSnapshot();
  let state = snapshot === undefined ? emptyState() : decodeState(snapshot.body);
  let seq = snapshot?.seq ?? 0;
  let lastAt: EpochMs | null = null;
  try {
    for (const record of journal.read(seq)) {
      const { event, facts } = decodeRecord(record.body);
      for (const fact of facts) evolve(state, fact);
      seq = record.seq;
      if (lastAt === null || event.at > lastAt) lastAt = event.at;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof JournalDamagedError)) state = refold(journal, seq);
    return { origin: { state, seq }, lastAt, distrust: reason };
  }
  return { origin: { state, seq }, lastAt, distrust: null };
}

export function decodeRecord(body: string): DecodedRecord {
  return decode(body) as DecodedRecord;
}

/** Saves the state at the journal's head, so that the next start folds only what came after. */
export function takeSnapshot(journal: Journal, origin: DeskOrigin): void {
  const { seq, hash } = journal.head();
  if (seq > 0) journal.saveSnapshot({ seq, hash, body: encodeState(origin.state) });
}

/** The state up to a record that broke half-way through its facts. */
function refold(journal: Journal, until: number) {
  const state = emptyState();
  for (const record of journal.read(0)) {
    if (record.seq > until) break;
    for (const fact of decodeRecord(record.body).facts) evolve(state, fact);
  }
  return state;
}

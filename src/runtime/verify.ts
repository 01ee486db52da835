import { encode } from "#core/desk/codec.ts";
import { Desk, type Outcome } from "#core/desk/desk.ts";
import { type DeskEvent, isMarketEvent } from "#core/desk/event.ts";
import { evolve } from "#core/desk/evolve.ts";
import { Fingerprint } from "#core/desk/fingerprint.ts";
import { decodeState, encodeState } from "#core/desk/snapshot.ts";
import { type DeskState, emptyState } from "#core/desk/state.ts";
import type { SessionId } from "#core/domain/ids.ts";
import { InvariantError } from "#core/domain/invariant.ts";
import { JournalDamagedError, type JournalRecord } from "#ports/journal.ts";
import type { TapeEvent } from "#ports/tape.ts";
import { decodeRecord, fingerprinted } from "./recovery.ts";
import { marketEventOf } from "./tape-event.ts";
import type { SessionArchive, World } from "./world.ts";

/** A record that deciding again does not reproduce. */
export type Difference = {
  readonly seq: number;
  readonly expected: string;
  readonly found: string;
};

export type VerifyReport = {
  readonly sessionId: string;
  /** Sound journal records. */
  readonly records: number;
  /** Last sequence number whose decision was repeated and agreed. */
  readonly verifiedTo: number;
  /** The first differences, at most `DIFFERENCES_KEPT`. */
  readonly differences: readonly Difference[];
  readonly damage: { readonly seq: number; readonly reason: string } | null;
  /** Ranges where market data is missing from the tape: their facts were folded, not decided again. */
  readonly notVerifiable: readonly { readonly from: number; readonly to: number }[];
  readonly fingerprint: string;
  readonly ok: boolean;
};

const DIFFERENCES_KEPT = 10;

/**
 * Decides a recorded session again, from its journal and its tape, and compares with what was recorded. Every byte
 * of the journal is covered by the chain of hashes, every fact by the repetition.
 */
export function verifySession(
  world: World,
  dataFolder: string,
  sessionId: SessionId,
): VerifyReport {
  const archive = openOrDamage(world, dataFolder, sessionId);
  if ("damage" in archive) return archive;
  try {
    return new Verification(world, archive).run(sessionId);
  } finally {
    archive.close();
  }
}

/** The files of a session; or what there is to report of one whose journal is gone. */
function openOrDamage(
  world: World,
  dataFolder: string,
  sessionId: SessionId,
): SessionArchive | VerifyReport {
  try {
    return world.openArchive(dataFolder, sessionId);
  } catch (error) {
    if (!(error instanceof JournalDamagedError)) throw error;
    return {
      sessionId,
      records: 0,
      verifiedTo: 0,
      differences: [],
      damage: { seq: error.seq, reason: error.message },
      notVerifiable: [],
      fingerprint: new Fingerprint(world.hash).value,
      ok: false,
    };
  }
}

class Verification {
  readonly #world: World;
  readonly #archive: SessionArchive;
  readonly #differences: Difference[] = [];
  readonly #gaps: { from: number; to: number }[] = [];
  readonly #tape: Iterator<TapeEvent, undefined>;
  #next: TapeEvent | undefined;
  #desk: Desk;
  /** Durable state as the recorded facts make it, whatever deciding again says. */
  readonly #folded: DeskState = emptyState();
  #starts = 0;
  #seq = 0;
  #records = 0;
  #verifiedTo = 0;
  readonly #fingerprint: Fingerprint;
  /** While the tape is short the views are not what they were, until the next process built them anew. */
  #isBlind = false;

  constructor(world: World, archive: SessionArchive) {
    this.#world = world;
    this.#archive = archive;
    this.#fingerprint = new Fingerprint(world.hash);
    this.#desk = new Desk({ strategies: world.strategies });
    this.#tape = archive.openTape().events()[Symbol.iterator]() as Iterator<TapeEvent, undefined>;
    this.#next = this.#pull();
  }

  run(sessionId: SessionId): VerifyReport {
    const damage = this.#takeAll();
    return {
      sessionId,
      records: this.#records,
      verifiedTo: this.#verifiedTo,
      differences: this.#differences,
      damage,
      notVerifiable: this.#gaps,
      fingerprint: this.#fingerprint.value,
      ok: damage === null && this.#differences.length === 0,
    };
  }

  #takeAll(): VerifyReport["damage"] {
    let seq = 0;
    try {
      for (const record of this.#archive.journal.read(0)) {
        seq = record.seq;
        this.#take(record);
      }
      return null;
    } catch (error) {
      if (error instanceof JournalDamagedError) return { seq: error.seq, reason: error.message };
      if (!(error instanceof InvariantError)) throw error;
      const reason = `record ${seq} cannot be what happened: ${error.message}. A desk that goes on with this session keeps what is before it, and starts in safe mode`;
      return { seq, reason };
    }
  }

  #take(record: JournalRecord): void {
    const decoded = decodeRecord(record.body);
    const isStart = decoded.event.kind === "deskStarted";
    if (isStart && this.#starts > 0) this.#restart(record.seq);
    if (isStart) this.#starts += 1;
    this.#replayTape(record.seq);
    if (this.#isBlind) this.#noteGap(record.seq);
    else this.#repeat(record, decoded.event);
    for (const fact of decoded.facts) evolve(this.#folded, fact);
    this.#seq = record.seq;
    const outcome = fingerprinted(decoded);
    if (outcome !== undefined) this.#fingerprint.add(outcome);
    this.#records += 1;
  }

  /** A process ended here and another went on from the durable state alone. */
  #restart(seq: number): void {
    while (this.#next !== undefined && this.#next.seq < seq) this.#next = this.#pull();
    const state = decodeState(encodeState(this.#folded));
    this.#seq = seq - 1;
    this.#desk = new Desk({ strategies: this.#world.strategies }, { state, seq: this.#seq });
    this.#isBlind = false;
  }

  /** Market events before a record led to nothing then; they must lead to nothing now. */
  #replayTape(until: number): void {
    for (; this.#next !== undefined && this.#next.seq < until; this.#next = this.#pull()) {
      const { seq } = this.#next;
      if (this.#isBlind || seq <= this.#seq) continue;
      if (seq !== this.#seq + 1) this.#goBlind(seq);
      else this.#compare(seq, "nothing", shown(this.#desk.apply(marketEventOf(this.#next))));
      this.#seq = seq;
    }
    if (!this.#isBlind && until !== this.#seq + 1) this.#goBlind(until);
  }

  #repeat(record: JournalRecord, event: DeskEvent): void {
    const { seq, facts, commands } = this.#desk.apply(event);
    const body = encode({ seq, event, facts, commands });
    this.#compare(record.seq, record.body, body);
    if (isMarketEvent(event) && this.#next?.seq === record.seq) this.#next = this.#pull();
  }

  #compare(seq: number, expected: string, found: string): void {
    if (expected === found) {
      this.#verifiedTo = seq;
      return;
    }
    if (this.#differences.length < DIFFERENCES_KEPT)
      this.#differences.push({ seq, expected, found });
  }

  #goBlind(seq: number): void {
    this.#isBlind = true;
    this.#gaps.push({ from: this.#seq + 1, to: seq });
  }

  #noteGap(seq: number): void {
    const gap = this.#gaps.at(-1);
    if (gap !== undefined) gap.to = seq;
  }

  #pull(): TapeEvent | undefined {
    const next: IteratorResult<TapeEvent, undefined> = this.#tape.next();
    return next.value;
  }
}

function shown({ seq, facts, commands }: Outcome): string {
  return facts.length === 0 && commands.length === 0 ? "nothing" : encode({ seq, facts, commands });
}

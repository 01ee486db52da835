import { encode } from "#core/desk/codec.ts";
import type { Outcome } from "#core/desk/desk.ts";
import type { DeskEvent, MarketEvent } from "#core/desk/event.ts";
import { Fingerprint, type HashText, chainHash } from "#core/desk/fingerprint.ts";
import { type Journal, type JournalRecord, JournalWriteError } from "#ports/journal.ts";
import type { CountedEvents } from "#ports/session-marks.ts";
import type { TapeWriter } from "#ports/tape.ts";
import { MarketEventCount } from "./market-event-count.ts";
import { tapeEvent } from "./tape-event.ts";

/** Where a session is recorded; a backtest has neither and still has a fingerprint. */
export type Records = { readonly journal: Journal | null; readonly tape: TapeWriter | null };

/**
 * Writes down what the desk was told and what it made of it. Every record is chained to the one before; no
 * byte of it can change unseen.
 */
export class Recorder {
  readonly #journal: Journal | null;
  readonly #tape: TapeWriter | null;
  readonly #hash: HashText;
  readonly #fingerprint: Fingerprint;
  readonly #marketEvents: MarketEventCount;
  #chain: string;
  #records = 0;
  #cut: JournalWriteError | null = null;

  /** `counted` holds what the processes before this one recorded. */
  constructor(records: Records, hash: HashText, counted = new MarketEventCount()) {
    this.#marketEvents = counted;
    this.#journal = records.journal;
    this.#tape = records.tape;
    this.#hash = hash;
    this.#fingerprint = new Fingerprint(hash);
    this.#chain = records.journal?.head().hash ?? "";
  }

  get fingerprint(): string {
    return this.#fingerprint.value;
  }

  /** Records written by this process. */
  get records(): number {
    return this.#records;
  }

  /**
   * Why nothing is recorded any more, once the journal had to refuse a record; null before. What came after a missing
   * record would not fold, so the journal ends with the last it took.
   */
  get cut(): JournalWriteError | null {
    return this.#cut;
  }

  get hasTape(): boolean {
    return this.#tape !== null;
  }

  /** Market events of the session as far as the last record. */
  get counted(): CountedEvents {
    return this.#marketEvents.counted;
  }

  /** Market events of the session up to an event that is not before the last one recorded. */
  marketEventsUpTo(seq: number): number {
    return this.#marketEvents.upTo(seq);
  }

  /** A market event goes to the tape, whatever came of it. */
  tape(seq: number, event: MarketEvent): void {
    this.#tape?.append(tapeEvent(seq, event));
  }

  /** An event with its outcome, as one journal record; durable after the next `commit`. */
  journal(event: DeskEvent, outcome: Outcome): void {
    if (this.#cut !== null) return;
    const { seq } = outcome;
    this.#marketEvents.add(seq, event);
    const facts = encode(outcome.facts);
    const commands = encode(outcome.commands);
    if (event.kind !== "sessionOpened") {
      this.#fingerprint.add(`{"commands":${commands},"facts":${facts},"seq":${seq}}`);
    }
    const body = `{"commands":${commands},"event":${encode(event)},"facts":${facts},"seq":${seq}}`;
    this.#chain = chainHash(this.#hash, this.#chain, body);
    this.#append({ seq, body, hash: this.#chain });
  }

  /**
   * Returns when everything is durable. Throws `JournalWriteError`, by which nothing is lost; and the `cut`, when what
   * came before it is durable.
   */
  commit(): void {
    this.#journal?.commit();
    if (this.#cut !== null) throw this.#cut;
  }

  flushTape(): void {
    this.#tape?.flush();
  }

  #append(record: JournalRecord): void {
    try {
      this.#journal?.append(record);
      this.#records += 1;
    } catch (error) {
      if (!(error instanceof JournalWriteError)) throw error;
      this.#cut = error;
    }
  }
}

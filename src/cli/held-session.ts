import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { encode } from "#core/desk/codec.ts";
import { type BotId, botId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Clock } from "#ports/clock.ts";
import { type Journal, JournalDamagedError } from "#ports/journal.ts";
import type { SessionMarks } from "#ports/session-marks.ts";
import type { TapeWriter } from "#ports/tape.ts";
import { startHangWatch } from "#runtime/real/hang-watch.ts";
import type { HangWatch, SessionFiles } from "#runtime/world.ts";
import type { InstanceLock } from "#storage/instance-lock.ts";
import type { JournalSession } from "#storage/journal-meta.ts";
import type { HashChain } from "#storage/journal-reading.ts";
import type { Lease } from "#storage/lease.ts";
import { lostJournal } from "#storage/lost-journal.ts";
import type { SessionFolder } from "#storage/session-folder.ts";
import { NOTHING_MARKED, type SessionNote, readNote, writeNote } from "#storage/session-note.ts";
import { type Aside, lastSetAside, setAside } from "#storage/set-aside.ts";
import { openJournal } from "#storage/sqlite-journal.ts";
import { openTapeWriter } from "#storage/tape-file.ts";
import type { TapeLoss } from "#storage/tape-writer.ts";

const HUNG_BOT = "hung-bot";

export type HeldParts = {
  /** Whether this process made the folder. */
  readonly isNew: boolean;
  readonly folder: SessionFolder;
  readonly session: JournalSession;
  readonly chain: HashChain;
  readonly clock: Clock;
  readonly say: (text: string) => void;
};

type Opened = {
  /** Null until a new one begins. */
  readonly journal: Journal | null;
  readonly damage: SessionFiles["damage"];
  readonly aside: string | null;
};

/** The files of a session that this process alone writes, under a lock and a lease that go with them. */
export class HeldSession implements SessionFiles {
  readonly #parts: HeldParts;
  readonly #lease: Lease;
  readonly #lock: InstanceLock;
  readonly #damage: SessionFiles["damage"];
  /** Where the damaged journal is kept already, if it is. */
  readonly #aside: string | null;
  #journal: Journal | null;
  #tape: TapeWriter | null = null;
  #note: SessionNote;
  #tapeLostTo = Number.NEGATIVE_INFINITY;

  constructor(parts: HeldParts, lease: Lease, lock: InstanceLock) {
    this.#parts = parts;
    this.#lease = lease;
    this.#lock = lock;
    const { sessionId, now: createdAt } = parts.session;
    this.#note = readNote(parts.folder.path) ?? { sessionId, createdAt, ...NOTHING_MARKED };
    const { journal, damage, aside } = this.#openOrSalvage();
    this.#journal = journal;
    this.#damage = damage;
    this.#aside = aside;
  }

  /** A damaged one yields what is sound and refuses to be written, until it is set aside. */
  get journal(): Journal {
    invariant(this.#journal !== null, "a journal that is lost is set aside before it is used");
    return this.#journal;
  }

  get damage(): SessionFiles["damage"] {
    return this.#damage;
  }

  setAside(): void {
    const { say } = this.#parts;
    const aside = this.#aside ?? this.#beginAnew();
    say(
      this.#damage?.sound === null
        ? `${this.#damage.reason}. What is left is kept as ${aside}; a new journal begins`
        : `The journal that cannot be trusted is kept as ${aside}; a new one begins`,
    );
  }

  get marks(): SessionMarks {
    return this.#note;
  }

  /** What cannot be noted is told: a journal that is gone later may not be missed, but the desk can do its work. */
  mark(change: Partial<SessionMarks>): void {
    const { folder, say } = this.#parts;
    const note = { ...this.#note, ...change };
    if (encode(note) === encode(this.#note)) return;
    this.#note = note;
    try {
      writeNote(folder.path, note);
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error)) throw error;
      say(`The note of the session in ${folder.path} cannot be written: ${error.message}`);
    }
  }

  openTape(instruments: Parameters<SessionFiles["openTape"]>[0]): TapeWriter {
    const { say, folder } = this.#parts;
    const onLost = ({ fromSeq, toSeq, cause }: TapeLoss): void => {
      // Once for each time it begins to be lost; verifying tells how far it went.
      if (fromSeq !== this.#tapeLostTo + 1) {
        say(
          `The tape lacks events from ${fromSeq} on, which cannot be verified later: ${String(cause)}`,
        );
      }
      this.#tapeLostTo = toSeq;
    };
    this.#tape = openTapeWriter({ path: folder.tape, instruments, onLost });
    return this.#tape;
  }

  get epoch(): number {
    return this.#lease.epoch;
  }

  raiseEpoch(above: number): void {
    this.#lease.raise(above);
  }

  renewLease(): void {
    const { clock } = this.#parts;
    this.#lease.renew({ wall: clock.now(), monotonicMs: clock.monotonicMs() });
  }

  ownsLease(): boolean {
    return this.#lease.mayAct(this.#parts.clock.monotonicMs());
  }

  watchHang(botIds: readonly BotId[]): HangWatch {
    return startHangWatch(this.#hungBot, botIds);
  }

  hungBot(): BotId | null {
    const path = this.#hungBot;
    const name = existsSync(path) ? readFileSync(path, "utf8") : "";
    return name === "" ? null : botId(name);
  }

  forgetHungBot(): void {
    rmSync(this.#hungBot, { force: true });
  }

  close(): void {
    const isEmpty = this.#damage === null && this.#journal?.head().seq === 0;
    this.#tape?.close();
    this.#journal?.close();
    // Nothing happened in it: a name with nothing behind it only misleads.
    if (this.#parts.isNew && isEmpty) rmSync(this.#parts.folder.path, { recursive: true });
    this.#lease.release();
    this.#lock.release();
  }

  get #hungBot(): string {
    return join(this.#parts.folder.path, HUNG_BOT);
  }

  #open(): Journal {
    const { chain, session, folder } = this.#parts;
    return openJournal({ path: folder.journal, chain, session });
  }

  #beginAnew(): string {
    this.#journal?.close();
    const aside = setAside(this.#parts.folder, this.#journal === null ? "lost" : "damaged");
    this.#journal = this.#open();
    this.mark({ ended: null, counted: null });
    return aside;
  }

  #openOrSalvage(): Opened {
    const { chain, folder } = this.#parts;
    const aside = lastSetAside(folder);
    const lost = lostJournal(folder);
    if (lost !== undefined) {
      return { journal: null, damage: { sound: null, reason: lost }, aside: null };
    }
    try {
      const journal = this.#open();
      if (aside === undefined || journal.head().seq > 0) {
        return { journal, damage: null, aside: null };
      }
      // The last desk ended after it had begun anew, before the state it took over was durable.
      return { journal, damage: this.#notTakenOver(aside), aside: aside.path };
    } catch (error) {
      if (!(error instanceof JournalDamagedError)) throw error;
      const sound = openJournal({ path: folder.journal, chain, readOnly: true });
      return { journal: sound, damage: { sound, reason: error.message }, aside: null };
    }
  }

  #notTakenOver({ path, journal }: Aside): SessionFiles["damage"] {
    if (journal === null) {
      const reason = `Expected the journal of the session, found that it was lost before ${path} was made`;
      return { sound: null, reason };
    }
    const sound = openJournal({ path: journal, chain: this.#parts.chain, readOnly: true });
    const reason = `what is sound of the journal in ${path} was not taken over when the desk ended`;
    return { sound, reason };
  }
}

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type BotId, botId } from "#core/domain/ids.ts";
import type { Clock } from "#ports/clock.ts";
import { type Journal, JournalDamagedError } from "#ports/journal.ts";
import type { TapeWriter } from "#ports/tape.ts";
import { startHangWatch } from "#runtime/real/hang-watch.ts";
import type { HangWatch, SessionFiles } from "#runtime/world.ts";
import type { InstanceLock } from "#storage/instance-lock.ts";
import type { JournalSession } from "#storage/journal-meta.ts";
import type { HashChain } from "#storage/journal-reading.ts";
import type { Lease } from "#storage/lease.ts";
import type { SessionFolder } from "#storage/session-folder.ts";
import { lastSetAside, setAside } from "#storage/set-aside.ts";
import { openJournal } from "#storage/sqlite-journal.ts";
import { openTapeWriter } from "#storage/tape-file.ts";
import type { TapeLoss } from "#storage/tape-writer.ts";

const HUNG_BOT = "hung-bot";

export type HeldParts = {
  readonly folder: SessionFolder;
  readonly session: JournalSession;
  readonly chain: HashChain;
  readonly clock: Clock;
  readonly say: (text: string) => void;
};

type Opened = {
  readonly journal: Journal;
  readonly damage: SessionFiles["damage"];
  readonly aside: string | null;
};

/** The files of a session that this process alone writes, under a lock and a lease that go with them. */
export class HeldSession implements SessionFiles {
  readonly epoch: number;
  readonly #parts: HeldParts;
  readonly #lease: Lease;
  readonly #lock: InstanceLock;
  readonly #damage: SessionFiles["damage"];
  /** Where the damaged journal is kept already, if it is. */
  readonly #aside: string | null;
  #journal: Journal;
  #tape: TapeWriter | null = null;
  #tapeLostTo = Number.NEGATIVE_INFINITY;

  constructor(parts: HeldParts, lease: Lease, lock: InstanceLock) {
    this.epoch = lease.epoch;
    this.#parts = parts;
    this.#lease = lease;
    this.#lock = lock;
    const { journal, damage, aside } = this.#openOrSalvage();
    this.#journal = journal;
    this.#damage = damage;
    this.#aside = aside;
  }

  /** A damaged one yields what is sound and refuses to be written, until it is set aside. */
  get journal(): Journal {
    return this.#journal;
  }

  get damage(): SessionFiles["damage"] {
    return this.#damage;
  }

  setAside(): void {
    const { say } = this.#parts;
    const aside = this.#aside ?? this.#beginAnew();
    say(`The journal that cannot be trusted is kept as ${aside}; a new one begins`);
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
    this.#tape?.close();
    this.#journal.close();
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
    this.#journal.close();
    const aside = setAside(this.#parts.folder);
    this.#journal = this.#open();
    return aside;
  }

  #openOrSalvage(): Opened {
    const { chain, folder } = this.#parts;
    const aside = lastSetAside(folder);
    try {
      const journal = this.#open();
      if (aside === undefined || journal.head().seq > 0) {
        return { journal, damage: null, aside: null };
      }
      // The last desk ended after it had begun anew, before the state it took over was durable.
      const sound = openJournal({ path: aside.journal, chain, readOnly: true });
      const reason = `what is sound of the journal in ${aside.path} was not taken over when the desk ended`;
      return { journal, damage: { sound, reason }, aside: aside.path };
    } catch (error) {
      if (!(error instanceof JournalDamagedError)) throw error;
      const sound = openJournal({ path: folder.journal, chain, readOnly: true });
      return { journal: sound, damage: { sound, reason: error.message }, aside: null };
    }
  }
}

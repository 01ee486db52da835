import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
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
import { openJournal } from "#storage/sqlite-journal.ts";
import { openTapeWriter } from "#storage/tape-file.ts";

export const JOURNAL = "journal.db";
export const TAPE = "tape.bin";
const HUNG_BOT = "hung-bot";
/** What SQLite and the journal keep beside a journal. */
const JOURNAL_PARTS = ["", "-wal", "-shm", "-journal", "-head"];

export type HeldParts = {
  readonly folder: string;
  readonly session: JournalSession;
  readonly chain: HashChain;
  readonly clock: Clock;
  readonly say: (text: string) => void;
};

/** The files of a session that this process alone writes, under a lock and a lease that go with them. */
export class HeldSession implements SessionFiles {
  readonly epoch: number;
  readonly #parts: HeldParts;
  readonly #lease: Lease;
  readonly #lock: InstanceLock;
  readonly #damage: SessionFiles["damage"];
  #journal: Journal;
  #tape: TapeWriter | null = null;

  constructor(parts: HeldParts, lease: Lease, lock: InstanceLock) {
    this.epoch = lease.epoch;
    this.#parts = parts;
    this.#lease = lease;
    this.#lock = lock;
    const { journal, damage } = this.#openOrSalvage();
    this.#journal = journal;
    this.#damage = damage;
  }

  /** A damaged one yields what is sound and refuses to be written, until it is set aside. */
  get journal(): Journal {
    return this.#journal;
  }

  get damage(): SessionFiles["damage"] {
    return this.#damage;
  }

  /** Moves journal and tape away together: the numbers of the tape are those of its journal. */
  setAside(): void {
    this.#journal.close();
    const { folder, say } = this.#parts;
    const path = join(folder, JOURNAL);
    const aside = freePath((number) => `${path}.damaged-${number}`);
    const moves = [
      ...JOURNAL_PARTS.map((part) => [`${path}${part}`, `${aside}${part}`] as const),
      [join(folder, TAPE), `${aside}.tape`] as const,
    ];
    for (const [from, to] of moves) if (existsSync(from)) renameSync(from, to);
    say(`The journal that cannot be trusted is kept as ${aside}; a new one begins`);
    this.#journal = this.#open();
  }

  openTape(instruments: Parameters<SessionFiles["openTape"]>[0]): TapeWriter {
    const onLost = (loss: unknown): void =>
      this.#parts.say(`The tape lacks market data: ${JSON.stringify(loss)}`);
    this.#tape = openTapeWriter({ path: this.#file(TAPE), instruments, onLost });
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
    return startHangWatch(this.#file(HUNG_BOT), botIds);
  }

  hungBot(): BotId | null {
    const path = this.#file(HUNG_BOT);
    const name = existsSync(path) ? readFileSync(path, "utf8") : "";
    return name === "" ? null : botId(name);
  }

  forgetHungBot(): void {
    rmSync(this.#file(HUNG_BOT), { force: true });
  }

  close(): void {
    this.#tape?.close();
    this.#journal.close();
    this.#lease.release();
    this.#lock.release();
  }

  #file(name: string): string {
    return join(this.#parts.folder, name);
  }

  #open(): Journal {
    const { chain, session } = this.#parts;
    return openJournal({ path: this.#file(JOURNAL), chain, session });
  }

  #openOrSalvage(): { readonly journal: Journal; readonly damage: SessionFiles["damage"] } {
    try {
      return { journal: this.#open(), damage: null };
    } catch (error) {
      if (!(error instanceof JournalDamagedError)) throw error;
      const { chain } = this.#parts;
      const sound = openJournal({ path: this.#file(JOURNAL), chain, readOnly: true });
      return { journal: sound, damage: { sound, reason: error.message } };
    }
  }
}

function freePath(path: (number: number) => string): string {
  let number = 1;
  while (existsSync(path(number))) number += 1;
  return path(number);
}

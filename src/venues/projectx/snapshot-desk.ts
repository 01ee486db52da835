import type { RequestSnapshot } from "#core/desk/command.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { VenueAlert } from "#ports/venue-alert.ts";
import type { AccountBook } from "./account-book.ts";
import type { AccountReader, VenueAccount } from "./account-reader.ts";
import type { FeedTeller } from "./feed-teller.ts";
import { type Outcome, reasonOf } from "./outcome.ts";

export type SnapshotParts = {
  readonly reader: AccountReader;
  readonly accounts: AccountBook;
  readonly teller: FeedTeller;
  readonly alert: (alert: VenueAlert) => void;
  /** Called before the lists of an account are read; `reduce` where they tell what became of something that was sent. */
  readonly prepare: (priority: "reduce" | "read") => Promise<void>;
};

type Reading = { again: EpochMs | null };

/** Answers requests for snapshots, one at a time per account; those that come meanwhile are answered by one more. */
export class SnapshotDesk {
  readonly #parts: SnapshotParts;
  readonly #reading = new Map<AccountId, Reading>();
  /** From where the desk last asked to read. */
  readonly #since = new Map<AccountId, EpochMs>();
  /** Accounts that something was sent for though nobody tells what becomes of it. */
  readonly #owed = new Set<AccountId>();
  /** Why an account could not be read; said once. */
  readonly #failed = new Map<AccountId, string>();

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  /** Accounts that are being read. */
  get reading(): readonly AccountId[] {
    return [...this.#reading.keys()];
  }

  async read({ accountId, since }: RequestSnapshot): Promise<void> {
    const account = this.#parts.accounts.find(accountId);
    if (account === undefined) return;
    this.#since.set(accountId, since);
    const running = this.#reading.get(accountId);
    if (running !== undefined) {
      running.again = Math.min(since, running.again ?? since) as EpochMs;
      return;
    }
    const reading: Reading = { again: since };
    this.#reading.set(accountId, reading);
    while (reading.again !== null) {
      const from: EpochMs = reading.again;
      reading.again = null;
      await this.#tell(account, from);
    }
    this.#reading.delete(accountId);
  }

  /** Something was sent and nobody tells what becomes of it: the lists do, as soon as they can be read. */
  async owe(accountId: AccountId): Promise<void> {
    this.#owed.add(accountId);
    const since = this.#since.get(accountId);
    if (since !== undefined) await this.read({ kind: "requestSnapshot", accountId, since });
  }

  /** No snapshot is no answer: the desk asks again when it has waited long enough. */
  async #tell(account: VenueAccount, since: EpochMs): Promise<void> {
    const { reader, teller, alert, prepare } = this.#parts;
    const { accountId } = account;
    const isOwed = this.#owed.delete(accountId);
    await prepare(isOwed ? "reduce" : "read");
    const outcome = await reader.read(account, since);
    if (outcome.kind === "confirmed") {
      this.#failed.delete(accountId);
      return teller.snapshot(outcome.value);
    }
    if (isOwed) this.#owed.add(accountId);
    const failure = failed(account, outcome);
    if (failure.text !== this.#failed.get(accountId)) alert(failure);
    this.#failed.set(accountId, failure.text);
  }
}

function failed(
  { accountId }: VenueAccount,
  outcome: Exclude<Outcome<unknown>, { readonly kind: "confirmed" }>,
): VenueAlert {
  const text = `The venue cannot be compared with for ${accountId}: ${reasonOf(outcome)}`;
  return { severity: "warning", code: "snapshotFailed", text };
}

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
};

type Reading = { again: EpochMs | null };

/** Answers requests for snapshots, one at a time per account; those that come meanwhile are answered by one more. */
export class SnapshotDesk {
  readonly #parts: SnapshotParts;
  readonly #reading = new Map<AccountId, Reading>();

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

  /** No snapshot is no answer: the desk asks again when it has waited long enough. */
  async #tell(account: VenueAccount, since: EpochMs): Promise<void> {
    const { reader, teller, alert } = this.#parts;
    const outcome = await reader.read(account, since);
    if (outcome.kind === "confirmed") return teller.snapshot(outcome.value);
    alert(failed(account, outcome));
  }
}

function failed(
  { accountId }: VenueAccount,
  outcome: Exclude<Outcome<unknown>, { readonly kind: "confirmed" }>,
): VenueAlert {
  const text = `The venue cannot be compared with for ${accountId}: ${reasonOf(outcome)}`;
  return { severity: "warning", code: "snapshotFailed", text };
}

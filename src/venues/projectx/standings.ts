import type { AccountId } from "#core/domain/ids.ts";
import type { AccountStanding } from "#core/domain/report.ts";
import { moneyFrom } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { AccountBook } from "./account-book.ts";
import { SEARCH_ACCOUNTS } from "./operations.ts";
import type { RestClient } from "./rest-client.ts";
import type { AccountRow } from "./rows.ts";

export type StandingsParts = {
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly accounts: AccountBook;
  /** Told when an account may open positions, or may not any more. */
  readonly tell: (accountId: AccountId, canTrade: boolean) => void;
};

type Known = Pick<AccountRow, "balance" | "canTrade">;

/** With fewer requests left those that orders need come first: what an account may do its hub tells, mostly. */
const REQUESTS_LEAST = 75;
/** Lists lag behind the hub by no more than this. */
const LAG_MS = 10_000;

/** Balances and permissions of accounts, from the user hub and from the venue's list: the newest word counts. */
export class Standings {
  readonly #parts: StandingsParts;
  readonly #known = new Map<AccountId, Known>();
  /** When the hub last told of an account. */
  readonly #heardMs = new Map<AccountId, number>();

  constructor(parts: StandingsParts) {
    this.#parts = parts;
    for (const { accountId, atFirst } of parts.accounts.accounts) {
      this.#known.set(accountId, atFirst);
    }
  }

  /** As last told; undefined for an account that the venue does not have. */
  of(accountId: AccountId): Known | undefined {
    return this.#known.get(accountId);
  }

  /** The hub tells of an account. */
  hear(row: AccountRow): void {
    const { accounts, clock } = this.#parts;
    const account = accounts.byNumber(row.id);
    if (account === undefined) return;
    this.#heardMs.set(account.accountId, clock.monotonicMs());
    this.#take(account.accountId, row);
  }

  /** Asks the venue, where the budget allows. Null where it does not, or the venue does not say. */
  async read(accountId: AccountId): Promise<AccountStanding | null> {
    const rows = await this.#list();
    const row = rows?.get(accountId);
    const known = this.#known.get(accountId);
    if (row === undefined || known === undefined) return null;
    return { canTrade: known.canTrade, balance: moneyFrom(known.balance) };
  }

  /** Asks for all accounts at once, as after a time in which the hub told nothing. */
  async refresh(): Promise<void> {
    await this.#list();
  }

  /** An account that is missing in the list is no account that was stopped: what was told of it stays. */
  async #list(): Promise<ReadonlyMap<AccountId, AccountRow> | null> {
    const { rest, clock, accounts } = this.#parts;
    if (rest.budgetLeft.general < REQUESTS_LEAST) return null;
    const askedMs = clock.monotonicMs();
    // The firm may list accounts that it has ended among the inactive ones alone.
    const found = await rest.call(SEARCH_ACCOUNTS, { onlyActiveAccounts: false }, "read");
    if (found.kind !== "confirmed") return null;
    const rows = new Map<AccountId, AccountRow>();
    for (const row of found.value) {
      const account = accounts.byNumber(row.id);
      if (account === undefined) continue;
      rows.set(account.accountId, row);
      if (!this.#isLate(account.accountId, row, askedMs)) this.#take(account.accountId, row);
    }
    return rows;
  }

  /** What the hub told meanwhile is newer; and that an account is free again is not believed of a list that may lag. */
  #isLate(accountId: AccountId, { canTrade }: Known, askedMs: number): boolean {
    const heardMs = this.#heardMs.get(accountId) ?? Number.NEGATIVE_INFINITY;
    if (heardMs > askedMs) return true;
    const isFreed = canTrade && this.#known.get(accountId)?.canTrade === false;
    return isFreed && askedMs - heardMs < LAG_MS;
  }

  #take(accountId: AccountId, { balance, canTrade }: Known): void {
    const before = this.#known.get(accountId);
    this.#known.set(accountId, { balance, canTrade });
    if (before?.canTrade !== canTrade) this.#parts.tell(accountId, canTrade);
  }
}

import type { Arming } from "#core/desk/config.ts";
import type { AccountId } from "#core/domain/ids.ts";
import { SEARCH_ACCOUNTS } from "./operations.ts";
import type { Outcome } from "./outcome.ts";
import type { RestClient } from "./rest-client.ts";
import type { AccountRow } from "./rows.ts";

/** An account of the desk and what the venue calls it: its number, its name, or how its name begins. */
export type WantedAccount = {
  readonly accountId: AccountId;
  readonly venueName: string;
  readonly arming: Arming;
};

export type TradedAccount = {
  readonly accountId: AccountId;
  readonly number: string;
  readonly name: string;
  /** As of when the venue was reached; what it has told since counts more. */
  readonly atFirst: Pick<AccountRow, "balance" | "canTrade">;
};

/** The accounts of the desk at the venue, with what may be sent for each. */
export class AccountBook {
  readonly accounts: readonly TradedAccount[];
  /** One sentence per account that the venue does not have. */
  readonly problems: readonly string[];
  readonly #arming: Map<AccountId, Arming>;

  constructor(wanted: readonly WantedAccount[], rows: readonly AccountRow[]) {
    const accounts: TradedAccount[] = [];
    const problems: string[] = [];
    const found = wanted.map((one) => ({ ...one, rows: matches(rows, one.venueName) }));
    for (const { accountId, venueName, rows: mine } of found) {
      const [row, ...others] = mine;
      if (row === undefined || others.length > 0) {
        problems.push(problemWith(venueName, rows, others.length));
        continue;
      }
      const rivals = found.filter((one) => one.accountId !== accountId && isOnly(one.rows, row));
      const equals = isExact(row, venueName)
        ? rivals.filter((rival) => isExact(row, rival.venueName))
        : rivals;
      if (equals.length > 0) {
        const names = equals.map((rival) => rival.accountId).join(", ");
        problems.push(`${accountId} and ${names} are both ${row.name} at the venue; name another`);
        continue;
      }
      const { id, name, balance, canTrade } = row;
      accounts.push({ accountId, number: id, name, atFirst: { balance, canTrade } });
    }
    this.accounts = accounts;
    this.problems = problems;
    this.#arming = new Map(wanted.map(({ accountId, arming }) => [accountId, arming]));
  }

  find(accountId: AccountId): TradedAccount | undefined {
    return this.accounts.find((account) => account.accountId === accountId);
  }

  byNumber(number: string): TradedAccount | undefined {
    return this.accounts.find((account) => account.number === number);
  }

  /** Whatever is not configured is only looked at. */
  armingOf(accountId: AccountId): Arming {
    return this.#arming.get(accountId) ?? "observe";
  }

  arm(accountId: AccountId, arming: Arming): void {
    this.#arming.set(accountId, arming);
  }
}

export async function resolveAccounts(
  rest: RestClient,
  wanted: readonly WantedAccount[],
): Promise<Outcome<AccountBook>> {
  const found = await rest.call(SEARCH_ACCOUNTS, { onlyActiveAccounts: true }, "read");
  if (found.kind !== "confirmed") return found;
  return { kind: "confirmed", value: new AccountBook(wanted, found.value) };
}

/** Numbers change when an account is issued anew, so a name or its beginning will do if it means one account. */
function matches(rows: readonly AccountRow[], name: string): readonly AccountRow[] {
  const exact = rows.filter((row) => isExact(row, name));
  return exact.length > 0 || name === "" ? exact : rows.filter((row) => row.name.startsWith(name));
}

function isExact(row: AccountRow, name: string): boolean {
  return row.id === name || row.name === name;
}

function isOnly(rows: readonly AccountRow[], row: AccountRow): boolean {
  return rows.length === 1 && rows[0] === row;
}

function problemWith(name: string, rows: readonly AccountRow[], others: number): string {
  const known = rows.map((row) => row.name).join(", ") || "none";
  return others > 0
    ? `several accounts begin with ${name}; the venue has ${known}`
    : `the venue has no active account ${name}; it has ${known}`;
}

import type { NoToken } from "./no-token.ts";
import {
  SEARCH_ACCOUNTS,
  SEARCH_CONTRACTS,
  SEARCH_OPEN_ORDERS,
  SEARCH_POSITIONS,
} from "./operations.ts";
import type { Outcome } from "./outcome.ts";
import type { AccountRow, ContractRow, OrderRow, PositionRow } from "./rows.ts";
import type { ProjectXSession } from "./session.ts";
import type { Token } from "./token.ts";

// What people look up at the venue without a desk. Nothing here changes anything.

/** Logs in with the credentials of the session, and says until when. */
export function logIn({ tokens }: ProjectXSession): Promise<Token | NoToken> {
  return tokens.ensure();
}

export function listAccounts({ rest }: ProjectXSession): Promise<Outcome<readonly AccountRow[]>> {
  return rest.call(SEARCH_ACCOUNTS, { onlyActiveAccounts: true }, "read");
}

/** At most 20 contracts whose name, description or id holds the text. */
export function searchContracts(
  { rest }: ProjectXSession,
  text: string,
): Promise<Outcome<readonly ContractRow[]>> {
  return rest.call(SEARCH_CONTRACTS, { searchText: text, live: false }, "read");
}

export function listPositions(
  { rest }: ProjectXSession,
  account: Pick<AccountRow, "id">,
): Promise<Outcome<readonly PositionRow[]>> {
  return rest.call(SEARCH_POSITIONS, { accountId: Number(account.id) }, "read");
}

/** Orders that work; legs that wait for their entry are not among them. */
export function listOpenOrders(
  { rest }: ProjectXSession,
  account: Pick<AccountRow, "id">,
): Promise<Outcome<readonly OrderRow[]>> {
  return rest.call(SEARCH_OPEN_ORDERS, { accountId: Number(account.id) }, "read");
}

import type { AccountId } from "#core/domain/ids.ts";
import { type AccountState, type DeskState, accountOf } from "./state.ts";

export function changeAccount(
  state: DeskState,
  id: AccountId,
  change: Partial<AccountState>,
): void {
  state.accounts.set(id, { ...accountOf(state, id), ...change });
}

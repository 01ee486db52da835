import { type DeskState, deskTradingState } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { Order } from "#core/domain/order.ts";
import { isOpenEntry } from "#core/risk/exposure.ts";
import { requestCancel } from "./place.ts";

/**
 * What may not be sent any more must not fill either: entries that a halt, a pause, a stop or the venue's
 * own word covers are canceled, as often as it takes. Protection stays, and orders placed elsewhere are not ours to cancel.
 */
export function withdrawEntries(turn: Turn, accountId: AccountId): void {
  for (const order of turn.view.ordersOf(accountId)) {
    if (isOpenEntry(order) && isHalted(turn.state, order)) requestCancel(turn, order);
  }
}

function isHalted(state: DeskState, { accountId, source }: Order): boolean {
  if (source.kind === "external") return false;
  if (deskTradingState(state) !== "active") return true;
  const account = state.accounts.get(accountId);
  if (account?.tradingState !== "active" || account.arming !== "trade") return true;
  if (account.isStopped) return true;
  return source.kind === "bot" && state.bots.get(source.botId)?.status.kind !== "running";
}

import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";

/**
 * What the venue says of an account, against what it said before: a person is told of each change. One that it has
 * stopped opens nothing, and its working entries are withdrawn; what reduces risk goes on (R12).
 */
export function changeStanding(
  turn: Turn,
  { accountId, canTrade }: { readonly accountId: AccountId; readonly canTrade: boolean },
): void {
  const account = turn.state.accounts.get(accountId);
  if (account === undefined || account.isStopped === !canTrade) return;
  turn.emit({ kind: "standingChanged", accountId, canTrade, at: turn.now });
  turn.touch(accountId);
  if (canTrade) {
    const text = `${accountId}: the venue lets it trade again; entries are taken`;
    return turn.alert("warning", "accountReleased", text);
  }
  const text = `${accountId}: the venue has stopped it and lets it open nothing (canTrade is false). Entries are denied until it may trade again; cancels, stops and closes still go. Ask the firm why`;
  turn.alert("critical", "accountStopped", text);
}

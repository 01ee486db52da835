import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";

/** What the venue told and what we had differ: recorded, and told to a person. */
export function raise(
  turn: Turn,
  accountId: AccountId,
  finding: { readonly code: string; readonly text: string },
): void {
  turn.emit({ kind: "findingRaised", accountId, ...finding });
  turn.alert("warning", finding.code, `${accountId}: ${finding.text}`);
}

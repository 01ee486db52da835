import type { EpochMs } from "#core/domain/units.ts";
import type { DeskLoop } from "./desk-loop.ts";
import type { RemoteLink } from "./remote-venue.ts";

/** Tells the desk which accounts a venue has, and the link what may then be sent for each. */
export function meetAccounts(loop: DeskLoop, link: RemoteLink, at: EpochMs): void {
  for (const [accountId, venueAccount] of link.accounts?.() ?? []) {
    loop.apply({ kind: "accountFound", at, accountId, venueAccount });
  }
  for (const { accountId, arming } of loop.desk.state.accounts.values()) {
    link.arm?.(accountId, arming);
  }
}

import type { DeskState } from "#core/desk/state.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { DeskLoop } from "./desk-loop.ts";
import { holdingsOf } from "./holdings.ts";
import type { RemoteLink } from "./remote-venue.ts";

/** Tells the desk which accounts and contracts a venue has, and the link what may then be sent for each account. */
export function meetVenue(loop: DeskLoop, link: RemoteLink, at: EpochMs): void {
  for (const [accountId, venueAccount] of link.accounts?.() ?? []) {
    loop.apply({ kind: "accountFound", at, accountId, venueAccount });
  }
  for (const [instrument, venueContract] of link.contracts?.() ?? []) {
    loop.apply({ kind: "contractFound", at, instrument, venueContract });
  }
  for (const { accountId, arming } of loop.desk.state.accounts.values()) {
    link.arm?.(accountId, arming);
  }
}

/** The contracts in which something is held or works: it can be closed only there, whichever is active meanwhile. */
export function heldContracts(state: DeskState): ReadonlyMap<InstrumentId, string> {
  const { positions, orders } = holdingsOf(state);
  const held = new Set([...positions, ...orders].map(({ instrument }) => instrument));
  return new Map([...state.contracts].filter(([instrument]) => held.has(instrument)));
}

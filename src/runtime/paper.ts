import type { DeskState } from "#core/desk/state.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { OnFeed } from "#ports/venue.ts";
import { type AttachedOptions, runAttached } from "./attached.ts";
import { PaperVenue } from "./paper-venue.ts";
import type { RemoteLink, RemoteVenue } from "./remote-venue.ts";
import type { SessionReport } from "./report.ts";
import type { LivePlan } from "./session-plan.ts";
import { restoreVenue, simulatedVenue } from "./simulation.ts";
import type { World } from "./world.ts";

/** Real prices, simulated fills. Nothing is sent. */
export function runPaper(
  world: World,
  plan: LivePlan,
  options: AttachedOptions,
): Promise<SessionReport> {
  const venue = simulatedFills(options.venue, plan, new Set());
  return runAttached(world, plan, { ...options, venue });
}

/** A venue whose fills are simulated for every account but the `observed` ones. */
export function simulatedFills(
  remote: RemoteVenue,
  plan: LivePlan,
  observed: ReadonlySet<AccountId>,
): RemoteVenue {
  const accounts = plan.config.accounts.filter(({ accountId }) => !observed.has(accountId));
  const isSimulated = (id: AccountId): boolean =>
    accounts.some(({ accountId }) => accountId === id);
  const simulated = { ...plan, config: { ...plan.config, accounts } };
  let venue: SimulatedVenue | undefined;
  return {
    ...remote,
    connect(onFeed, epoch, held) {
      venue = simulatedVenue(simulated, `${epoch.toString(36)}-`);
      const connect = (tell: OnFeed): RemoteLink => remote.connect(tell, epoch, held);
      return new PaperVenue({ connect, venue, isSimulated, observed }, onFeed);
    },
    resume(state, now) {
      if (venue !== undefined) restoreVenue(venue, heldBy(state, isSimulated), now);
    },
  };
}

/** What the simulated accounts held and worked. */
function heldBy(state: DeskState, isSimulated: (id: AccountId) => boolean): DeskState {
  const own = ([, one]: readonly [unknown, { readonly accountId: AccountId }]): boolean =>
    isSimulated(one.accountId);
  return {
    ...state,
    openOrders: new Map([...state.openOrders].filter(own)),
    positions: new Map([...state.positions].filter(own)),
  };
}

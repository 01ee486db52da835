import type { ConnectVenue } from "#ports/venue.ts";
import { lapped } from "./lapped-data.ts";
import type { RemoteVenue } from "./remote-venue.ts";
import type { SessionPlan } from "./session-plan.ts";

/** The simulated venue of a plan as a process of its own. */
export function simulatedRemote(
  plan: SessionPlan,
  address: string,
  connect: ConnectVenue,
): RemoteVenue {
  const { from, until } = plan.data.session;
  const { warmUp: history } = plan.data;
  return {
    name: address,
    connect: (onFeed) => connect(address, onFeed),
    history: (laps) => lapped(plan, laps).data.open(),
    // As far back as before its session, or one session.
    historyMs: history?.from === undefined ? until - from : from - history.from,
    period: (laps) => lapped(plan, laps).data.session,
  };
}

import { type AttachedOptions, runAttached } from "./attached.ts";
import { simulatedFills } from "./paper.ts";
import type { SessionReport } from "./report.ts";
import type { LivePlan } from "./session-plan.ts";
import type { World } from "./world.ts";

/**
 * Every decision is taken and logged, fills are simulated, nothing is sent; beside each simulated account the desk
 * looks at the real one of that name, with the same rules, so that both books can be compared.
 */
export function runShadow(
  world: World,
  plan: LivePlan,
  options: AttachedOptions,
): Promise<SessionReport> {
  const watched = new Set(plan.connection.accounts.map(({ accountId }) => accountId));
  const venue = simulatedFills(options.venue, plan, watched);
  return runAttached(world, plan, { ...options, venue });
}

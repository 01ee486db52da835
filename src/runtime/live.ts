import { type AttachedOptions, runAttached } from "./attached.ts";
import type { SessionReport } from "./report.ts";
import type { LivePlan } from "./session-plan.ts";
import type { World } from "./world.ts";

/** Real prices and real orders, as far as each account is armed. */
export function runLive(
  world: World,
  plan: LivePlan,
  options: AttachedOptions,
): Promise<SessionReport> {
  return runAttached(world, plan, options);
}

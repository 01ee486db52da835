import { type AttachedOptions, runAttached } from "./attached.ts";
import type { SessionReport } from "./report.ts";
import type { LivePlan } from "./session-plan.ts";
import type { World } from "./world.ts";

/** Records what the venue tells of the market on the tape of a session without accounts; nothing is decided. */
export function runCollect(
  world: World,
  plan: LivePlan,
  options: AttachedOptions,
): Promise<SessionReport> {
  return runAttached(world, plan, options);
}

import type { LivePlan } from "#runtime/session-plan.ts";
import { type PlanRequest, type PlanWorld, loadConfig } from "./load-config.ts";
import { livePlan } from "./load-live-plan.ts";
import { type LoadedPlan, planOf } from "./load-plan.ts";

/** What sessions a sound configuration can run: over stored data, at a venue, or both. */
export type CheckedConfig = { readonly stored: LoadedPlan | null; readonly live: LivePlan | null };

/** Reads a configuration for every kind of session that it names; errors as of `loadConfig`. */
export async function checkConfig(
  world: PlanWorld,
  source: Pick<PlanRequest, "source" | "overrides">,
): Promise<CheckedConfig> {
  const request = { ...source, sessionId: "check" };
  const loaded = await loadConfig(world, { ...request, mode: "replay" }, "either");
  const { connection } = loaded.settings;
  return {
    stored: loaded.data === undefined ? null : planOf(loaded, { ...request, mode: "replay" }),
    live: connection === null ? null : livePlan(loaded, connection, { ...request, mode: "live" }),
  };
}

import { resolve } from "node:path";
import { type LoadedPlan, type PlanRequest, loadPlan } from "#runtime/config/load-plan.ts";
import { parseOverride } from "#runtime/config/overrides.ts";
import type { CommandFrame, GlobalFlags } from "./command-frame.ts";

export type PlanFlags = GlobalFlags & {
  readonly config?: string;
  /** As written on the command line. */
  readonly set?: readonly string[];
};

export const CONFIG_HELP = "configuration file; the shipped sample when left out";
export const SET_HELP = "change one value of the file, such as bots[0].strategy.params.bars=1m";

/** The session that the options describe. */
export async function planFor(
  { io, runtime }: CommandFrame,
  { config, set }: PlanFlags,
  session: Pick<PlanRequest, "mode" | "sessionId">,
): Promise<LoadedPlan> {
  const path = config === undefined ? runtime.defaultConfig : resolve(io.cwd, config);
  const world = { env: io.env, strategies: runtime.strategies, data: runtime.data };
  return loadPlan(world, {
    source: { path },
    ...session,
    overrides: (set ?? []).map(parseOverride),
  });
}

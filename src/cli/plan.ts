import { resolve } from "node:path";
import { type CheckedConfig, checkConfig } from "#runtime/config/check-config.ts";
import type { PlanRequest, PlanWorld } from "#runtime/config/load-config.ts";
import { type LivePlanRequest, loadLivePlan } from "#runtime/config/load-live-plan.ts";
import { type LoadedPlan, loadPlan } from "#runtime/config/load-plan.ts";
import { parseOverride } from "#runtime/config/overrides.ts";
import type { LivePlan } from "#runtime/session-plan.ts";
import { type CommandFrame, type GlobalFlags, UsageError } from "./command-frame.ts";

export type PlanFlags = GlobalFlags & {
  readonly config?: string;
  /** As written on the command line. */
  readonly set?: readonly string[];
};

/** The session over a venue that the options describe. */
export async function livePlanFor(
  frame: CommandFrame,
  flags: PlanFlags,
  session: Pick<LivePlanRequest, "mode" | "sessionId">,
): Promise<LivePlan> {
  const plan = await loadLivePlan(worldOf(frame), { ...requestOf(frame, flags), ...session });
  refuseKeyArgument(flags, plan);
  return plan;
}

/** Every program on a machine can read the arguments of every other, and a shell remembers them. */
function refuseKeyArgument({ set = [] }: PlanFlags, { connection }: LivePlan): void {
  const { kind, apiKey } = connection;
  if (kind === "projectx-practice" || !("text" in apiKey)) return;
  const isSet = set.map(parseOverride).some(({ path: [first, second] }) => {
    return first === "connection" && (second === undefined || second === "key");
  });
  if (!isSet) return;
  throw new UsageError(
    "Expected connection.key in the file, found it as an argument, which any program on this machine can read; " +
      "keep it with keel secret set NAME and write key: { secret: NAME }",
  );
}

export const CONFIG_HELP = "configuration file; the shipped sample when left out";
export const SET_HELP = "change one value of the file, such as bots[0].strategy.params.bars=1m";

/** The session over stored data that the options describe. */
export async function planFor(
  frame: CommandFrame,
  flags: PlanFlags,
  session: Pick<PlanRequest, "mode" | "sessionId">,
): Promise<LoadedPlan> {
  return loadPlan(worldOf(frame), { ...requestOf(frame, flags), ...session });
}

/** Every session that a file describes. */
export async function checkedPlans(frame: CommandFrame, flags: PlanFlags): Promise<CheckedConfig> {
  const plans = await checkConfig(worldOf(frame), requestOf(frame, flags));
  if (plans.live !== null) refuseKeyArgument(flags, plans.live);
  return plans;
}

function worldOf({ io, runtime }: CommandFrame): PlanWorld {
  return { env: io.env, strategies: runtime.strategies, data: runtime.data };
}

function requestOf(
  { io, runtime }: CommandFrame,
  { config, set }: PlanFlags,
): Pick<PlanRequest, "source" | "overrides"> {
  const path = config === undefined ? runtime.defaultConfig : resolve(io.cwd, config);
  return { source: { path }, overrides: (set ?? []).map(parseOverride) };
}

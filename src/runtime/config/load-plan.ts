import type { AccountConfig } from "#core/desk/config.ts";
import { sessionId, venueId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";
import { type LoadedConfig, type PlanRequest, type PlanWorld, loadConfig } from "./load-config.ts";
import type { FoundData } from "./planned-data.ts";
import type { PracticeSettings } from "./practice-settings.ts";
import type { AccountSettings } from "./schema.ts";
import { accountBasis, botConfigs, simulationOf } from "./session-parts.ts";

const SIMULATED = venueId("simulated");

/** A session as the file describes it, and the practice gateway it may be rehearsed at. */
export type LoadedPlan = SessionPlan & { readonly practice: PracticeSettings };

/** The session over stored data that a configuration describes; errors as of `loadConfig`. */
export async function loadPlan(world: PlanWorld, request: PlanRequest): Promise<LoadedPlan> {
  return planOf(await loadConfig(world, request, "data"), request);
}

/** The session over the stored data of a configuration, which must have been looked for. */
export function planOf({ settings, data, hash }: LoadedConfig, request: PlanRequest): LoadedPlan {
  invariant(data !== undefined, "data that cannot be read is a problem");
  const { queue, answerTimeout } = settings;
  return {
    config: {
      sessionId: sessionId(request.sessionId),
      mode: request.mode,
      instruments: [data.instrument],
      accounts: Object.entries(settings.accounts).map(([name, account]) =>
        accountConfig(name, account, data),
      ),
      bots: botConfigs(settings),
      queue,
      answerTimeout,
      reconcileEvery: null,
      sources: { config: hash, ...data.hashes },
    },
    venue: simulationOf(settings),
    data: data.planned,
    practice: settings.practice,
  };
}

function accountConfig(name: string, account: AccountSettings, data: FoundData): AccountConfig {
  const basis = accountBasis(name, account);
  return {
    ...basis,
    venueId: SIMULATED,
    arming: account.arming ?? "trade",
    brackets: "desk",
    limits: limitsOf(basis.limits, data),
  };
}

/** Recordings with few quotes are stale later than live prices; the account's own word counts more. */
function limitsOf(written: PlainData, { staleAfterMs }: FoundData): PlainData {
  if (staleAfterMs === null || typeof written !== "object" || written === null) return written;
  return Object.assign({ staleAfter: `${staleAfterMs}ms` }, written);
}

import type { AccountConfig, SessionConfig } from "#core/desk/config.ts";
import { type AccountId, accountId, sessionId, venueId } from "#core/domain/ids.ts";
import { instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import { readSetting } from "#core/domain/settings.ts";
import { accountLimits } from "#core/risk/limits.ts";
import type { LivePlan } from "#runtime/session-plan.ts";
import { type ConnectionSettings, hubUrlOf, trimmed } from "./connection-settings.ts";
import { type LoadedConfig, type PlanRequest, type PlanWorld, loadConfig } from "./load-config.ts";
import type { AccountSettings, ConfigSettings } from "./schema.ts";
import { accountBasis, botConfigs, simulationOf } from "./session-parts.ts";

export type LiveMode = Extract<SessionConfig["mode"], "paper" | "shadow" | "live" | "collect">;
export type LivePlanRequest = PlanRequest & { readonly mode: LiveMode };

/** The session over a venue that a configuration describes; errors as of `loadConfig`. */
export async function loadLivePlan(world: PlanWorld, request: LivePlanRequest): Promise<LivePlan> {
  const loaded = await loadConfig(world, request, "connection");
  const { connection } = loaded.settings;
  invariant(connection !== null, "a connection that is missing is a problem");
  return livePlan(loaded, connection, request);
}

/** What the desk calls a real account that a shadow session looks at beside the simulated one of that name. */
export function watchedName(name: string): AccountId {
  return accountId(`${name}@venue`);
}

/** The session over the venue of a configuration. */
export function livePlan(
  { settings, hash }: LoadedConfig,
  connection: ConnectionSettings,
  { mode, sessionId: id }: LivePlanRequest,
): LivePlan {
  const { queue, answerTimeout } = settings;
  const isReal = mode === "live" || mode === "shadow";
  return {
    config: {
      sessionId: sessionId(id),
      mode,
      instruments: instrumentsOf(settings, connection),
      accounts: mode === "collect" ? [] : accountsOf(settings, connection, mode),
      bots: mode === "collect" ? [] : botConfigs(settings),
      queue,
      answerTimeout,
      reconcileEvery: isReal ? connection.reconcile : null,
      sources: { config: hash },
    },
    venue: simulationOf(settings),
    data: { name: connection.api, session: null },
    connection: {
      kind: connection.venue,
      apiUrl: trimmed(connection.api),
      hubUrl: hubUrlOf(connection),
      userName: connection.user,
      apiKey: connection.key,
      accounts: Object.entries(settings.accounts).map(([name, { venueName }]) => ({
        accountId: mode === "shadow" ? watchedName(name) : accountId(name),
        venueName: venueName ?? name,
      })),
      warmUp: connection.warmUp,
    },
  };
}

function accountsOf(
  settings: ConfigSettings,
  connection: ConnectionSettings,
  mode: Exclude<LiveMode, "collect">,
): readonly AccountConfig[] {
  const named = Object.entries(settings.accounts);
  if (mode === "live") return named.map(([name, account]) => real(name, account, connection));
  const simulated = named.map(([name, account]) => paper(name, account));
  if (mode === "paper") return simulated;
  return [...simulated, ...named.map(([name, account]) => watched(name, account, connection))];
}

function real(
  name: string,
  account: AccountSettings,
  { venue, brackets }: ConnectionSettings,
): AccountConfig {
  const arming = account.arming ?? (venue === "projectx-practice" ? "trade" : "observe");
  return { ...accountBasis(name, account), venueId: venueId(venue), arming, brackets };
}

function paper(name: string, account: AccountSettings): AccountConfig {
  const fixed = { arming: "trade", brackets: "desk" } as const;
  return { ...accountBasis(name, account), venueId: venueId("simulated"), ...fixed };
}

function watched(
  name: string,
  account: AccountSettings,
  connection: ConnectionSettings,
): AccountConfig {
  const one = real(name, account, connection);
  return { ...one, accountId: watchedName(name), arming: "observe" };
}

/** Whatever a bot trades, an account may trade, or is named besides. */
function instrumentsOf(
  { bots, accounts }: ConfigSettings,
  connection: ConnectionSettings,
): readonly Instrument[] {
  const found = new Map<string, Instrument>();
  const add = (instrument: Instrument | undefined): void => {
    if (instrument !== undefined) found.set(instrument.id, instrument);
  };
  for (const { value } of bots) add(value.instrument.symbol);
  for (const instrument of connection.instruments) add(instrument);
  for (const { limits } of Object.values(accounts)) {
    const reading = readSetting(accountLimits, limits);
    for (const root of reading.ok ? (reading.value.instruments ?? []) : []) {
      add(instrumentByRoot(root));
    }
  }
  return [...found.values()];
}

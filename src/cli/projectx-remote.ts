import { type Instrument } from "#core/domain/instrument.ts";
import type { DurationMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { SendHttp } from "#ports/http.ts";
import type { VenueAlert } from "#ports/venue-alert.ts";
import { barHistory } from "#runtime/bar-history.ts";
import type { RemoteVenue } from "#runtime/remote-venue.ts";
import type { ConnectionPlan, LivePlan } from "#runtime/session-plan.ts";
import { wantedInstrument, whereHeld } from "#venues/projectx/contract-book.ts";
import type { ProjectXParts } from "#venues/projectx/link-parts.ts";
import { keyHelpFor } from "#venues/projectx/no-token.ts";
import { reasonOf } from "#venues/projectx/outcome.ts";
import { ProjectXLink } from "#venues/projectx/projectx-link.ts";
import type { ProjectXAddress } from "#venues/projectx/session.ts";

/** Views are warmed up with bars of a minute. */
const BAR_MS = 60_000 as DurationMs;
/** Longer than a read and its repetitions take; entries of bots wait for it, and those of people for prices. */
const HISTORY_WITHIN_MS = 30_000;

export type ProjectXWorld = {
  readonly clock: Clock;
  readonly http: SendHttp;
  readonly random: () => number;
  readonly onAlert: (alert: VenueAlert) => void;
};

/** The venue of a plan; `apiKey` is the text of its secret. */
export function projectXRemote(world: ProjectXWorld, plan: LivePlan, apiKey: string): RemoteVenue {
  const { connection, config } = plan;
  const { instruments } = config;
  const links: ProjectXLink[] = [];
  const link = (): ProjectXLink => {
    const [last] = links.slice(-1);
    if (last === undefined) throw new TypeError("Expected a venue that was connected before");
    return last;
  };
  return {
    name: connection.apiUrl,
    connect(onFeed, _epoch, held) {
      const parts = partsOf(plan, apiKey);
      const wanted = parts.instruments.map((one) => whereHeld(one, held));
      const one = new ProjectXLink({ ...world, ...parts, instruments: wanted, onFeed });
      links.push(one);
      return {
        send: one.send,
        close: one.close,
        handled: one.handled,
        health: () => one.health(),
        reconnect: one.reconnect,
        accounts: () => one.accountNumbers(),
        contracts: () => one.contracts(),
        arm: (accountId, arming) => {
          if (config.mode === "live") one.arm(accountId, arming);
        },
      };
    },
    history: () =>
      barHistory(
        instruments.map(({ id }: Instrument) => id),
        async (instrument, { from, until }) => {
          const bars = await link().history(instrument, { everyMs: BAR_MS, from, until });
          if (bars.kind === "confirmed") return bars.value;
          world.onAlert({
            severity: "warning",
            code: "noHistory",
            text: `No history of ${instrument}, so its views begin empty: ${reasonOf(bars)}`,
          });
          return [];
        },
      ),
    historyMs: connection.warmUp,
    historyWithinMs: HISTORY_WITHIN_MS,
    period: null,
  };
}

function partsOf(
  { connection, config }: LivePlan,
  apiKey: string,
): Pick<ProjectXParts, "address" | "accounts" | "instruments" | "answerTimeout"> {
  const arming = new Map(config.accounts.map((one) => [one.accountId, one.arming]));
  return {
    address: addressOf(connection, apiKey),
    answerTimeout: config.answerTimeout,
    accounts: connection.accounts.map(({ accountId, venueName }) => ({
      accountId,
      venueName,
      arming: config.mode === "live" ? (arming.get(accountId) ?? "observe") : "observe",
    })),
    instruments: config.instruments.map(wantedInstrument),
  };
}

/** Where a venue is and who we are there. */
export function addressOf(
  { kind, apiUrl, hubUrl, userName, apiKey: ref }: ConnectionPlan,
  apiKey: string,
): ProjectXAddress {
  return {
    kind,
    apiUrl,
    userHubUrl: `${hubUrl}/hubs/user`,
    marketHubUrl: `${hubUrl}/hubs/market`,
    credentials: { userName, apiKey },
    keyHelp: keyHelpFor("secret" in ref ? ref.secret : null),
  };
}

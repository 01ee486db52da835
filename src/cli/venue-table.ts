import { SKEW_MOST_MS } from "#ports/clock-skew.ts";
import type { HubHealth, VenueHealth } from "#ports/venue-health.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { Paint } from "./paint.ts";
import type { Section } from "./status-layout.ts";
import { printable } from "./table.ts";
import { durationText } from "./time-text.ts";

/** With less of it left a session or a budget is worth a look. */
const TOKEN_LEAST_MS = 1_800_000;
const REQUESTS_LEAST = 20;
/** Quotes come every few seconds while a market is open. */
const SILENT_MOST_MS = 60_000;

/** The link to a venue in one row, and a sentence for each thing that is not as it should be. Empty without a venue. */
export function venueTable({ venue, accounts }: DeskStatus, paint: Paint): Section {
  const columns = [
    { title: "link" },
    { title: "session" },
    { title: "user hub" },
    { title: "market hub" },
    { title: "requests", spare: 1 },
    { title: "our clock" },
  ] as const;
  const rows = venue === null ? [] : [rowOf(venue, paint)];
  const stopped = accounts.filter(({ isStopped }) => isStopped).map((one) => one.accountId);
  const problems = venue === null ? [] : problemsOf(venue, stopped);
  return { title: "Venue", columns, rows, sentences: problems };
}

/** Which contract an instrument is traded in; `none` where the venue has none for it. */
export function contractCell({ venue }: DeskStatus, instrument: string, paint: Paint): string {
  const contract = venue?.contracts.find((one) => one.instrument === instrument);
  return contract?.contractId ?? paint.bad("none");
}

function rowOf(venue: VenueHealth, paint: Paint): readonly string[] {
  const { link, tokenLifeLeftMs, userHub, marketHub, budgetLeft, clockSkewMs } = venue;
  const token =
    tokenLifeLeftMs === null ? paint.bad("none") : `${durationText(tokenLifeLeftMs)} left`;
  const requests = `${budgetLeft.general} left`;
  return [
    link === "up" ? paint.good(link) : paint.bad(link),
    (tokenLifeLeftMs ?? 0) < TOKEN_LEAST_MS ? paint.warn(token) : token,
    hubCell(userHub, Number.POSITIVE_INFINITY, paint),
    hubCell(marketHub, SILENT_MOST_MS, paint),
    budgetLeft.general < REQUESTS_LEAST ? paint.warn(requests) : requests,
    Math.abs(clockSkewMs) > SKEW_MOST_MS ? paint.bad(skewText(clockSkewMs)) : skewText(clockSkewMs),
  ];
}

/** When a hub was last heard, however long it may be silent. */
function hubCell({ isUp, lastMessageAgeMs }: HubHealth, mostMs: number, paint: Paint): string {
  if (!isUp) return paint.bad("down");
  if (lastMessageAgeMs === null) return "nothing yet";
  const text = `${durationText(lastMessageAgeMs)} ago`;
  return lastMessageAgeMs > mostMs ? paint.warn(text) : text;
}

/** `right`, or how far it is certainly off: `1.2 s ahead`. */
export function skewText(ms: number): string {
  if (ms === 0) return "right";
  return `${durationText(Math.abs(ms))} ${ms > 0 ? "ahead" : "behind"}`;
}

/** Of the accounts that the desk knows as stopped, their own table says more. */
function problemsOf(venue: VenueHealth, stopped: readonly string[]): readonly string[] {
  const { link, reason, displacedCount, reconciling, offTickCount, contracts, accounts } = venue;
  const times = displacedCount === 1 ? "once" : `${displacedCount} times`;
  return [
    ...contracts.flatMap(({ problem }) =>
      problem === null ? [] : [`Not traded: ${printable(problem)}`],
    ),
    ...accounts.flatMap(({ accountId, canTrade }) =>
      canTrade === false && !stopped.includes(accountId)
        ? [`The venue lets ${accountId} open nothing (canTrade is false)`]
        : [],
    ),
    ...(offTickCount === 0 ? [] : [`${offTickCount} prices between two ticks were passed over`]),
    ...(reconciling.length === 0 ? [] : [`Compared with the venue now: ${reconciling.join(", ")}`]),
    ...(displacedCount === 0
      ? []
      : [`Another login has taken our session ${times} within ten minutes`]),
    ...(link === "up" ? [] : [`The link is down: ${printable(reason)}`]),
  ];
}

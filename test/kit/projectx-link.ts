import { onTestFinished } from "vitest";
import type { SubmitOrder } from "#core/desk/command.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import type { AccountSnapshot, OrderReport } from "#core/domain/report.ts";
import { type DurationMs, type EpochMs, lots } from "#core/domain/units.ts";
import type { VenueAlert } from "#ports/venue-alert.ts";
import type { FeedEvent } from "#ports/venue.ts";
import { pooledHttp } from "#venues/net/pooled-http.ts";
import type { ProjectXParts } from "#venues/projectx/link-parts.ts";
import { ProjectXLink } from "#venues/projectx/projectx-link.ts";
import { ACCOUNT, GOLD, MARKET } from "./builders.ts";
import { eventually } from "./eventually.ts";
import { GatewayClient } from "./gateway-client.ts";
import { hastyClock } from "./hasty-clock.ts";
import { PRACTICE_USER } from "./practice-gateway.ts";

/** As no pause is. */
const ANSWER_TIMEOUT = 5_000 as DurationMs;

export type TestLink = {
  readonly link: ProjectXLink;
  readonly events: FeedEvent[];
  readonly alerts: VenueAlert[];
  readonly until: (what: string, isMeant: (event: FeedEvent) => boolean) => Promise<FeedEvent>;
  /** Waits for the next time the link comes up, counted from the events that are there now. */
  readonly up: () => Promise<FeedEvent>;
  /** Plain calls in the session of the link: another log-in would end it. */
  readonly outsider: () => GatewayClient;
  readonly reports: () => readonly OrderReport[];
  readonly report: <K extends OrderReport["kind"]>(
    kind: K,
    id?: string,
  ) => Promise<Extract<OrderReport, { kind: K }>>;
  /** Asks for a snapshot and waits for it. */
  readonly snapshot: (since?: number) => Promise<AccountSnapshot>;
};

/** A link to a practice gateway that is there as long as the test. */
export function linkTo(url: string, overrides: Partial<ProjectXParts> = {}): TestLink {
  const events: FeedEvent[] = [];
  const alerts: VenueAlert[] = [];
  const http = pooledHttp();
  let bearer = "";
  const link = new ProjectXLink({
    address: addressOf(url),
    accounts: [{ accountId: ACCOUNT, venueName: "PRAC-V2-1", arming: "trade" }],
    instruments: [{ instrument: GOLD, contractId: null }],
    http: (request) => {
      bearer = request.headers["authorization"] ?? bearer;
      return http.send(request);
    },
    clock: hastyClock(ANSWER_TIMEOUT),
    random: () => 0,
    answerTimeout: ANSWER_TIMEOUT,
    onFeed: (told) => void events.push(...told),
    onAlert: (alert) => void alerts.push(alert),
    ...overrides,
  });
  onTestFinished(async () => {
    await link.close();
    http.close();
  });
  const until = (what: string, isMeant: (event: FeedEvent) => boolean) =>
    eventually(what, () => events.find(isMeant));
  const reports = () =>
    events.flatMap((event) => (event.kind === "orderReported" ? [event.report] : []));
  return {
    link,
    events,
    alerts,
    until,
    reports,
    outsider: () => {
      const client = new GatewayClient(url);
      client.token = bearer.replace("Bearer ", "");
      return client;
    },
    up: () => {
      const from = events.length;
      return eventually("the link", () => events.slice(from).find(isUp));
    },
    report: (kind, id) =>
      eventually(`a report: ${kind}`, () => {
        const found = reports().find(
          (one) => one.kind === kind && (id ?? one.clientOrderId) === one.clientOrderId,
        );
        return found as Extract<OrderReport, { kind: typeof kind }> | undefined;
      }),
    snapshot: async (since = 0) => {
      const from = events.length;
      link.send({ kind: "requestSnapshot", accountId: ACCOUNT, since: since as EpochMs });
      const found = await eventually("a snapshot", () =>
        events.slice(from).find((event) => event.kind === "accountReported"),
      );
      return found.snapshot;
    },
  };
}

export function addressOf(url: string): ProjectXParts["address"] {
  const { userName, apiKey } = PRACTICE_USER;
  return {
    kind: "projectx-practice",
    apiUrl: url,
    userHubUrl: `${url}/hubs/user`,
    marketHubUrl: `${url}/hubs/market`,
    credentials: { userName, apiKey },
  };
}

export function isUp(event: FeedEvent): boolean {
  return event.kind === "linkChanged" && event.up;
}

export function isDown(event: FeedEvent): boolean {
  return event.kind === "linkChanged" && !event.up;
}

/** A market order for one lot of gold. */
export function aSubmit(id: string, overrides: Partial<SubmitOrder> = {}): SubmitOrder {
  return {
    kind: "submitOrder",
    accountId: ACCOUNT,
    clientOrderId: clientOrderId(id),
    instrument: GOLD.id,
    side: "buy",
    qty: lots(1),
    terms: MARKET,
    timeInForce: "day",
    reduceOnly: false,
    bracket: null,
    ...overrides,
  };
}

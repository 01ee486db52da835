import { onTestFinished } from "vitest";
import { projectXRemote } from "#cli/projectx-remote.ts";
import type { AccountConfig, SessionConfig } from "#core/desk/config.ts";
import { venueId } from "#core/domain/ids.ts";
import type { Order } from "#core/domain/order.ts";
import type { DurationMs } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import type { Clock } from "#ports/clock.ts";
import type { HttpRequest, SendHttp } from "#ports/http.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import type { ConnectionPlan, LivePlan } from "#runtime/session-plan.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { pooledHttp } from "#venues/net/pooled-http.ts";
import { AttachedDesk } from "./attached-desk.ts";
import { ACCOUNT, aSessionConfig, anAccountConfig } from "./builders.ts";
import { eventually } from "./eventually.ts";
import { GatewayClient, type JsonObject } from "./gateway-client.ts";
import { hastyClock } from "./hasty-clock.ts";
import { PRACTICE_USER } from "./practice-gateway.ts";

/** What a test wants of a desk over a gateway; everything has a default. */
export type GatewayDeskWishes = {
  readonly account?: Partial<AccountConfig>;
  readonly session?: Partial<SessionConfig>;
  readonly strategies?: ReadonlyMap<string, AnyStrategy>;
  readonly dataFolder?: string;
  readonly apiKey?: string;
  /** What the venue calls the account. */
  readonly venueName?: string;
  /** `projectx`: nothing of the practice additions is used, and time is the wall's. */
  readonly kind?: ConnectionPlan["kind"];
  /** What becomes of requests on their way. */
  readonly http?: (send: SendHttp) => SendHttp;
  /** Told of each request when it is handed to the network, in the same turn of the event loop. */
  readonly onRequest?: (operation: string, body: JsonObject) => void;
  /** The date of this machine. */
  readonly now?: Clock["now"];
};

/** A whole desk in `live` over a practice gateway, as `keel start` composes it. */
export class GatewayDesk extends AttachedDesk {
  readonly url: string;
  readonly #bearer: () => string;

  constructor(url: string, wishes: GatewayDeskWishes = {}) {
    const { strategies, dataFolder, apiKey = PRACTICE_USER.apiKey, now = realClock.now } = wishes;
    const http = pooledHttp();
    const send = wishes.http?.(http.send) ?? http.send;
    let bearer = "";
    const plan = planOf(url, wishes);
    super({
      plan,
      clock: { ...realClock, now },
      remote: (onAlert) =>
        projectXRemote(
          {
            clock: { ...hastyClock(plan.config.answerTimeout), now },
            random: () => 0,
            onAlert: ({ text }) => onAlert(text),
            http: (request) => {
              bearer = request.headers["authorization"] ?? bearer;
              wishes.onRequest?.(operationOf(request), bodyOf(request));
              return send(request);
            },
          },
          plan,
          apiKey,
        ),
      ...(strategies === undefined ? {} : { strategies }),
      ...(dataFolder === undefined ? {} : { dataFolder }),
    });
    this.url = url;
    this.#bearer = () => bearer;
    onTestFinished(() => http.close());
  }

  /** Plain calls in the session of the desk, as the firm's web page makes them: another log-in would end it. */
  outsider(): GatewayClient {
    const client = new GatewayClient(this.url);
    client.token = this.#bearer().replace("Bearer ", "");
    return client;
  }

  /** An alert that holds a text. */
  told(text: string): Promise<string> {
    return eventually(`to be told: ${text}`, () => this.alerts.find((one) => one.includes(text)));
  }

  flat(): Promise<DeskStatus> {
    return this.until("flat", ({ orders, positions, enforcements }) => {
      const isFlat = positions.every(({ position }) => position.qty === 0);
      return isFlat && orders.length === 0 && enforcements.length === 0;
    });
  }

  /** So many orders, and all of them work. */
  working(count: number): Promise<DeskStatus> {
    return this.until(`${count} working orders`, ({ orders }) => {
      return orders.length === count && orders.every(isWorking);
    });
  }
}

export function isWorking({ status }: Order): boolean {
  return status.kind === "working";
}

const HOUR = 3_600_000 as DurationMs;
const SECOND = 1_000 as DurationMs;

function planOf(url: string, wishes: GatewayDeskWishes): LivePlan {
  const { account, session, venueName, kind = "projectx-practice" } = wishes;
  const latency = { toVenueMs: 0 as DurationMs, toDeskMs: 0 as DurationMs };
  return {
    config: aSessionConfig({
      mode: "live",
      // As no pause is.
      answerTimeout: (3 * SECOND) as DurationMs,
      reconcileEvery: { idle: (60 * SECOND) as DurationMs, exposed: (10 * SECOND) as DurationMs },
      accounts: [anAccountConfig({ venueId: venueId("projectx-practice"), ...account })],
      ...session,
    }),
    venue: { latency, fillModel: DEFAULT_FILL_MODEL },
    data: { name: url, session: null },
    connection: {
      kind,
      apiUrl: url,
      hubUrl: url,
      userName: PRACTICE_USER.userName,
      apiKey: { text: PRACTICE_USER.apiKey },
      accounts: [{ accountId: ACCOUNT, venueName: venueName ?? "PRAC-V2-1" }],
      warmUp: HOUR,
    },
  };
}

function operationOf({ url }: HttpRequest): string {
  return new URL(url).pathname.replace(/^\/api\//u, "");
}

function bodyOf({ body }: HttpRequest): JsonObject {
  return body === "" ? {} : (JSON.parse(body) as JsonObject);
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { sha256 } from "#bench/gold-session.ts";
import { projectXRemote } from "#cli/projectx-remote.ts";
import { sessionStore } from "#cli/session-store.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import type { Request } from "#core/desk/request.ts";
import { requestId } from "#core/domain/ids.ts";
import type { DurationMs } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import type { VenueHealth } from "#ports/venue-health.ts";
import { runAttached } from "#runtime/attached.ts";
import type { ControlReply, OnControlMessage } from "#runtime/control.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import type { RemoteLink, RemoteVenue } from "#runtime/remote-venue.ts";
import type { LivePlan } from "#runtime/session-plan.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { World } from "#runtime/world.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { ACCOUNT } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { pooledHttp } from "#venues/net/pooled-http.ts";
import { BENCH_USER, VENUE_ACCOUNT } from "./gateway-thread.ts";

export type LiveDeskParts = {
  readonly url: string;
  readonly config: SessionConfig;
  readonly strategies?: ReadonlyMap<string, AnyStrategy>;
  /** Another than a temporary one that goes with the desk. */
  readonly dataFolder?: string;
  /** Called when a request has been handed to its socket. */
  readonly onSent?: (path: string) => void;
  /** Pauses between attempts that nobody wants to wait for. */
  readonly pauses?: "real" | "short";
};

const NO_TIME = 0 as DurationMs;
const PATIENCE_MS = 60_000;
const LONG_MS = 10_000;

/** A whole desk over a gateway, with journal and tape on the disk, in this process. */
export class LiveDesk {
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;
  readonly #http = pooledHttp();
  #authorization = "";
  #answer: OnControlMessage | undefined;
  #requests = 0;
  #folder: string | null = null;
  #link: RemoteLink | undefined;

  constructor(parts: LiveDeskParts) {
    const { url, config, pauses = "real" } = parts;
    const plan = planOf(url, config);
    const dataFolder = parts.dataFolder ?? this.#temporaryFolder();
    const sleep: typeof realClock.sleep = (ms, signal) =>
      realClock.sleep(pauses === "short" && ms < LONG_MS ? 2 : ms, signal);
    const venue = projectXRemote(
      {
        clock: { ...realClock, sleep },
        random: () => 0,
        onAlert: () => undefined,
        http: (request) => {
          this.#authorization = request.headers["authorization"] ?? this.#authorization;
          const answer = this.#http.send(request);
          // An open connection has taken the request by now.
          parts.onSent?.(new URL(request.url).pathname);
          return answer;
        },
      },
      plan,
      BENCH_USER.apiKey,
    );
    const world = this.#world(parts.strategies ?? STRATEGIES);
    const connect: RemoteVenue["connect"] = (onFeed, epoch, held) =>
      (this.#link = venue.connect(onFeed, epoch, held));
    const { signal: stop } = this.#stop;
    this.#ended = runAttached(world, plan, { dataFolder, venue: { ...venue, connect }, stop });
  }

  /** As the desk signs its own requests: whoever trades the account elsewhere uses it too. */
  get authorization(): string {
    return this.#authorization;
  }

  /** Of the link as it is now; what the status tells is a little older. */
  get health(): VenueHealth | null {
    return this.#link?.health?.() ?? null;
  }

  async status(): Promise<DeskStatus | undefined> {
    const reply = await this.#answer?.({ kind: "status" });
    return reply?.kind === "status" ? reply.status : undefined;
  }

  until(what: string, holds: (status: DeskStatus) => boolean): Promise<DeskStatus> {
    const look = async () => {
      const status = await this.status();
      return status !== undefined && holds(status) && status;
    };
    return Promise.race([eventually(what, look, PATIENCE_MS), this.#early()]);
  }

  ready(): Promise<DeskStatus> {
    return this.until("a desk that is ready", ({ accounts, touches }) => {
      const isPriced = touches.every(({ touch }) => touch.bidPrice !== null);
      return isPriced && accounts.every(({ ready }) => ready);
    });
  }

  ask(request: Request): Promise<ControlReply> {
    this.#requests += 1;
    const id = requestId(`B${this.#requests}`);
    const message = { kind: "request", requestId: id, by: "bench", request } as const;
    if (this.#answer === undefined) throw new Error("Expected a desk that answers");
    return this.#answer(message);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    this.#http.close();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #early(): Promise<never> {
    await this.#ended;
    throw new Error("Expected a desk that runs, found one that has ended");
  }

  #temporaryFolder(): string {
    this.#folder = mkdtempSync(join(tmpdir(), "keel-bench-"));
    return this.#folder;
  }

  #world(strategies: World["strategies"]): World {
    const owner = { pid: process.pid, host: "here", startedAt: realClock.now() };
    const say = (text: string): void => void process.stderr.write(`${text}\n`);
    const store = sessionStore({
      clock: realClock,
      hash: sha256,
      codeVersion: "bench",
      owner,
      say,
    });
    return {
      ...store,
      clock: realClock,
      hash: sha256,
      strategies,
      listenControl: async (_folder, onMessage) => {
        this.#answer = onMessage;
        return { close: async () => void (this.#answer = undefined) };
      },
    };
  }
}

function planOf(url: string, config: SessionConfig): LivePlan {
  return {
    config,
    venue: { latency: { toVenueMs: NO_TIME, toDeskMs: NO_TIME }, fillModel: DEFAULT_FILL_MODEL },
    data: { name: "bench", session: null },
    connection: {
      kind: "projectx-practice",
      apiUrl: url,
      hubUrl: url,
      userName: BENCH_USER.userName,
      apiKey: { text: BENCH_USER.apiKey },
      accounts: [{ accountId: ACCOUNT, venueName: VENUE_ACCOUNT }],
      warmUp: 60_000 as DurationMs,
    },
  };
}

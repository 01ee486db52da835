import { hash } from "node:crypto";
import { onTestFinished } from "vitest";
import { sessionStore } from "#cli/session-store.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import type { Request } from "#core/desk/request.ts";
import { requestId, sessionId } from "#core/domain/ids.ts";
import { type DurationMs, epochMs } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import type { Clock } from "#ports/clock.ts";
import { localAddress } from "#ports/local-address.ts";
import type { ConnectVenue } from "#ports/venue.ts";
import { runAttached } from "#runtime/attached.ts";
import type { ControlMessage, OnControlMessage } from "#runtime/control.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { decodeRecord } from "#runtime/recovery.ts";
import type { RemoteVenue } from "#runtime/remote-venue.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { SessionOutline, SessionPlan } from "#runtime/session-plan.ts";
import { simulatedRemote } from "#runtime/simulated-remote.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { World } from "#runtime/world.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { SimulatedLink } from "#venues/simulated/simulated-link.ts";
import { GOLD, OPENING, aSessionConfig } from "./builders.ts";
import { eventually } from "./eventually.ts";
import { type Row, memorySource } from "./memory-source.ts";
import { temporaryFolder } from "./practice-venue.ts";

type Attachment = Settings & {
  readonly venue: string;
  readonly config?: Partial<SessionConfig>;
  readonly rows?: readonly Row[];
  readonly connectVenue?: ConnectVenue;
};

/** A session as its plan has it, over a venue that was made for it. */
type Planned = Settings & {
  readonly plan: SessionOutline;
  readonly remote: (onAlert: (text: string) => void) => RemoteVenue;
};

type Settings = {
  readonly dataFolder?: string;
  readonly strategies?: ReadonlyMap<string, AnyStrategy>;
  readonly clock?: Clock;
};

/** A session over a venue in another process or place, run in this one; it is stopped when the test ends. */
export class AttachedDesk {
  readonly dataFolder: string;
  readonly ended: Promise<SessionReport>;
  readonly world: World;
  readonly alerts: string[] = [];
  readonly #stop = new AbortController();
  #answer: OnControlMessage | undefined;
  #requests = 0;

  constructor(attachment: Attachment | Planned) {
    const { dataFolder = temporaryFolder(), strategies = STRATEGIES } = attachment;
    this.dataFolder = dataFolder;
    this.world = this.#world(strategies, attachment.clock ?? realClock);
    const { plan, remote } = "plan" in attachment ? attachment : simulated(attachment);
    this.ended = runAttached(this.world, plan, {
      dataFolder,
      venue: remote((text) => void this.alerts.push(text)),
      stop: this.#stop.signal,
      watch: { onAlert: ({ text }) => void this.alerts.push(text) },
    });
    this.ended.catch(() => undefined);
    onTestFinished(async () => {
      await this.stop().catch(() => undefined);
    });
  }

  stop(): Promise<SessionReport> {
    this.#stop.abort();
    return this.ended;
  }

  async status(): Promise<DeskStatus> {
    return eventually("the desk to have begun", async () => {
      const reply = await this.#answer?.({ kind: "status" });
      return reply?.kind === "status" && reply.status;
    });
  }

  /** Its answer to whoever asks for its state, once it answers at all. */
  answer() {
    return this.say({ kind: "status" });
  }

  ask(request: Request) {
    this.#requests += 1;
    const id = requestId(`R${this.#requests}`);
    return this.say({ kind: "request", requestId: id, by: "ann", request });
  }

  /** Its answer to a message over its control socket. */
  async say(message: ControlMessage) {
    const answer = await eventually("the desk to be there", () => this.#answer);
    return answer(message);
  }

  /** Its journal as it is on the disk now. */
  recorded() {
    const archive = this.world.openArchive(this.dataFolder, sessionId("S1"));
    try {
      return [...archive.journal.read(0)].map(({ body }) => decodeRecord(body));
    } finally {
      archive.close();
    }
  }

  /** The state of the desk, once it is as it should be. */
  until(what: string, holds: (status: DeskStatus) => boolean): Promise<DeskStatus> {
    return eventually(what, async () => {
      const status = await this.status();
      return holds(status) && status;
    });
  }

  ready(): Promise<DeskStatus> {
    return this.until(
      "the accounts to be ready",
      ({ accounts, touches }) =>
        accounts.every(({ ready }) => ready) &&
        touches.every(({ touch }) => touch.bidPrice !== null),
    );
  }

  #world(strategies: World["strategies"], clock: Clock): World {
    const hashText = (text: string): string => hash("sha256", text);
    const store = sessionStore({
      clock,
      hash: hashText,
      codeVersion: "test",
      owner: { pid: process.pid, host: "here", startedAt: clock.now() },
      say: (text) => void this.alerts.push(text),
    });
    return {
      ...store,
      clock,
      hash: hashText,
      strategies,
      listenControl: async (_folder, onMessage) => {
        this.#answer = onMessage;
        return { close: async () => void (this.#answer = undefined) };
      },
    };
  }
}

const NO_TIME = 0 as DurationMs;
const NO_LATENCY = { toVenueMs: NO_TIME, toDeskMs: NO_TIME };

const connectVenue: ConnectVenue = (address, onFeed) =>
  new SimulatedLink({
    address: localAddress(address),
    clock: realClock,
    random: () => 0,
    onFeed,
  });

function simulated({ venue, rows = [], config, connectVenue: connect }: Attachment) {
  const plan = planOf(rows, config);
  const remote = (): RemoteVenue => simulatedRemote(plan, venue, connect ?? connectVenue);
  return { plan, remote };
}

/** One hour of gold from the opening on, without a history. */
function planOf(rows: readonly Row[], config: Partial<SessionConfig> = {}): SessionPlan {
  return {
    config: aSessionConfig({ mode: "replay", ...config }),
    venue: { latency: NO_LATENCY, fillModel: DEFAULT_FILL_MODEL },
    data: {
      name: "test",
      open: () => memorySource(GOLD.id, rows),
      warmUp: null,
      session: { from: OPENING, until: epochMs(OPENING + 3_600_000) },
    },
  };
}

import { sessionStore } from "#cli/session-store.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import { type DurationMs, epochMs } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { OnControlMessage } from "#runtime/control.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { type ReplayOptions, runReplay } from "#runtime/replay.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";
import type { World } from "#runtime/world.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { GOLD, OPENING, aSessionConfig } from "./builders.ts";
import { hashText } from "./desk-client.ts";
import { type Row, memorySource } from "./memory-source.ts";
import { temporaryFolder } from "./practice-venue.ts";

const NO_TIME = 0 as DurationMs;
const HOUR_MS = 3_600_000;

export type Replayed = {
  readonly rows?: readonly Row[];
  readonly source?: MarketDataSource;
  readonly config?: Partial<SessionConfig>;
  readonly options?: Partial<ReplayOptions>;
};

/** Replays in this process that record on real files, one hour of gold from the opening on after an hour of history. */
export class ReplayWorld {
  readonly dataFolder = temporaryFolder();
  readonly said: string[] = [];
  readonly world: World;
  /** Asks the desk that runs. */
  ask: OnControlMessage = () => Promise.reject(new Error("no desk is running"));

  constructor() {
    const store = sessionStore({
      clock: realClock,
      hash: hashText,
      codeVersion: "test",
      owner: { pid: process.pid, host: "here", startedAt: realClock.now() },
      say: (text) => void this.said.push(text),
    });
    this.world = {
      ...store,
      clock: realClock,
      hash: hashText,
      strategies: STRATEGIES,
      listenControl: async (_folder, onMessage) => {
        this.ask = onMessage;
        return { close: async () => undefined };
      },
    };
  }

  run({ rows = [], source, config, options }: Replayed) {
    const plan: SessionPlan = {
      config: aSessionConfig({ mode: "replay", ...config }),
      venue: { latency: { toVenueMs: NO_TIME, toDeskMs: NO_TIME }, fillModel: DEFAULT_FILL_MODEL },
      data: {
        name: "test",
        open: () => source ?? memorySource(GOLD.id, rows),
        warmUp: { from: epochMs(OPENING - HOUR_MS) },
        session: { from: OPENING, until: epochMs(OPENING + HOUR_MS) },
      },
    };
    return runReplay(this.world, plan, {
      dataFolder: this.dataFolder,
      speed: "max",
      journal: true,
      stop: new AbortController().signal,
      ...options,
    });
  }
}

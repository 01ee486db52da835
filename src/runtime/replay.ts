import type { EpochMs } from "#core/domain/units.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { SessionEnding } from "#ports/session-marks.ts";
import { MarketPace, type Speed } from "./market-pace.ts";
import { historyFrom, progress, warmUp } from "./play.ts";
import type { SessionReport } from "./report.ts";
import type { SessionPlan } from "./session-plan.ts";
import type { SessionWatch } from "./session-watch.ts";
import { Session } from "./session.ts";
import { restoreVenue, simulatedVenue } from "./simulation.ts";
import { TapePlayer } from "./tape-player.ts";
import type { World } from "./world.ts";

export type ReplayOptions = {
  readonly dataFolder: string;
  /** Market seconds per second of the wall, or as fast as it goes. */
  readonly speed: Speed;
  /** Whether anything is written; without it nothing can be verified or gone on with. */
  readonly journal: boolean;
  readonly watch?: SessionWatch;
  /** Asks for a graceful stop. */
  readonly stop: AbortSignal;
};

/** How long the cancels of a graceful stop are waited for, in market time. */
const STOP_GRACE_MS = 2_000;
/** Between two looks at the clock while pacing. */
const STEP_MS = 20;
const STATUS_EVERY_MS = 100;

/**
 * Stored data at the pace of the wall times a factor, simulated venue, journal, tape and control socket: everything a
 * live desk has. A session that was interrupted goes on where it was.
 */
export async function runReplay(
  world: World,
  plan: SessionPlan,
  options: ReplayOptions,
): Promise<SessionReport> {
  const files = options.journal
    ? world.openSession(options.dataFolder, plan.config.sessionId)
    : null;
  const watch = options.watch ?? {};
  const session = new Session(world, {
    plan,
    files,
    watch,
    venue: "thisProcess",
    send: (command) => venue.handle(command, session.desk.now),
  });
  if (session.ending !== null) return endedBefore(session, session.ending);
  const venue = simulatedVenue(plan, session.epoch === 1 ? "" : `${session.epoch}-`);
  const replay = new Replay(world, { plan, session, venue, options });
  const control =
    files === null
      ? null
      : await world.listenControl(options.dataFolder, (message) =>
          session.answer(message, replay.now()),
        );
  const stopLease = world.clock.every(1_000, () => files?.renewLease());
  try {
    const stopped = await replay.run();
    return session.end(stopped, replay.now());
  } finally {
    stopLease();
    await control?.close();
    await session.close();
  }
}

/** Nothing is left to play: the report is told once more, and nothing is recorded. */
export async function endedBefore(session: Session, ending: SessionEnding): Promise<SessionReport> {
  try {
    return session.reportAgain(ending);
  } finally {
    await session.close();
  }
}

type ReplayParts = {
  readonly plan: SessionPlan;
  readonly session: Session;
  readonly venue: SimulatedVenue;
  readonly options: ReplayOptions;
};

class Replay {
  readonly #world: World;
  readonly #parts: ReplayParts;
  readonly #pace: MarketPace;
  /** First instant not played yet. */
  readonly #startAt: EpochMs;
  #statusAt = 0;
  #reachedAt: EpochMs;

  constructor(world: World, parts: ReplayParts) {
    const { plan, session, options } = parts;
    this.#world = world;
    this.#parts = parts;
    const { from } = plan.data.session;
    const played = session.lastAt ?? from - 1;
    this.#startAt = Math.max(from, played + 1) as EpochMs;
    this.#reachedAt = this.#startAt;
    this.#pace = new MarketPace(world.clock, options.speed, this.#startAt);
  }

  /** How far the market has been played. What is asked of the desk happens then, never in history or data to come. */
  now(): EpochMs {
    const { desk } = this.#parts.session;
    return this.#reachedAt > desk.now ? this.#reachedAt : desk.now;
  }

  async run(): Promise<SessionReport["stopped"]> {
    const { plan, session, venue } = this.#parts;
    const source = plan.data.open();
    try {
      session.begin(this.#startAt);
      const player = new TapePlayer(session.loop, venue, source.instruments);
      await warmUp(player, session.loop, {
        source,
        from: historyFrom(plan),
        until: this.#startAt,
      });
      // Only now: what is old news must not fill what works now.
      if (session.lastAt !== null) restoreVenue(venue, session.desk.state, this.#startAt);
      this.#pace.restart();
      for await (const block of source.blocks({
        from: this.#startAt,
        until: plan.data.session.until,
      })) {
        let row = 0;
        while (row < block.count) {
          if (this.#parts.options.stop.aborted) return await this.#stop(player);
          const until = this.#pace.now();
          row = player.play(block, row, until);
          const isAhead = row < block.count;
          if (isAhead) {
            player.advance(until as EpochMs);
            this.#reachedAt = until as EpochMs;
          }
          await this.#rest(isAhead);
        }
      }
      player.advance(plan.data.session.until);
      session.loop.release();
      this.#reachedAt = plan.data.session.until;
      this.#show(1);
      return "endOfData";
    } finally {
      await source.close();
    }
  }

  /** Lets the rest of the program run, and waits when the data is ahead of the pace. */
  async #rest(isAhead: boolean): Promise<void> {
    const { session, options } = this.#parts;
    session.loop.release();
    session.keepHouse(isAhead ? "idle" : "busy");
    this.#show(progress(this.#parts.plan.data.session, session.desk.now));
    if (isAhead) await this.#world.clock.sleep(STEP_MS, options.stop);
    else await this.#world.clock.yieldTurn();
  }

  /** Cancels entries, keeps protection, and waits a little for the venue's answers. */
  async #stop(player: TapePlayer): Promise<SessionReport["stopped"]> {
    const { session } = this.#parts;
    const at = this.now();
    session.loop.apply({ kind: "stopRequested", at });
    session.loop.release();
    player.advance((at + STOP_GRACE_MS) as EpochMs);
    await this.#world.clock.yieldTurn();
    return "asked";
  }

  #show(share: number): void {
    const { options, session } = this.#parts;
    session.progress = share;
    options.watch?.onProgress?.(share);
    const nowMs = this.#world.clock.monotonicMs();
    if (options.watch?.onStatus === undefined || (nowMs < this.#statusAt && share < 1)) return;
    this.#statusAt = nowMs + STATUS_EVERY_MS;
    options.watch.onStatus(session.status());
  }
}

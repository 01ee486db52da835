import { encode } from "#core/desk/codec.ts";
import type { VenueCommand } from "#core/desk/command.ts";
import { Desk } from "#core/desk/desk.ts";
import type { HashText } from "#core/desk/fingerprint.ts";
import type { RequestResult } from "#core/desk/request.ts";
import { encodeState } from "#core/desk/snapshot.ts";
import type { DeskState } from "#core/desk/state.ts";
import type { RequestId } from "#core/domain/ids.ts";
import type { EpochMs, Money } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { SessionEnding } from "#ports/session-marks.ts";
import type { VenueHealth } from "#ports/venue-health.ts";
import { CallbackTimer } from "./callback-timer.ts";
import type { ControlMessage, ControlReply } from "./control.ts";
import { type PassPoint, passUnseen } from "./crash-point.ts";
import { DeskLoop } from "./desk-loop.ts";
import { holdingsOf } from "./holdings.ts";
import { Incidents } from "./incidents.ts";
import { countBegun, countFrom } from "./market-event-count.ts";
import { RecentDenials } from "./recent-denials.ts";
import { Recorder } from "./recorder.ts";
import { type Recovered, recover, takeSnapshot } from "./recovery.ts";
import { ReportTally, type SessionReport, reportOf, reportedAccounts } from "./report.ts";
import type { SessionOutline } from "./session-plan.ts";
import type { SessionWatch } from "./session-watch.ts";
import { statusOf } from "./status-of.ts";
import type { HangWatch, SessionFiles, World } from "./world.ts";

const RECORDS_PER_SNAPSHOT = 5_000;
const NOTHING_RECOVERED: Recovered = {
  origin: null,
  lastAt: null,
  folded: 0,
  distrust: null,
  wasHeard: false,
};

export type SessionParts = {
  readonly plan: SessionOutline;
  /** Where it is recorded; null for a session that leaves nothing behind. */
  readonly files: SessionFiles | null;
  readonly watch: SessionWatch;
  readonly send: (command: VenueCommand, at: EpochMs) => void;
  /** Whether the venue lives in this process or goes on when it ends. */
  readonly venue: "thisProcess" | "ownProcess";
  /** A snapshot of the state saves folding this many records at the next start. */
  readonly recordsPerSnapshot?: number;
};

/**
 * One execution of the desk with everything around it but the market: recovery, the loop, control requests and
 * house-keeping. Start-up and crash recovery are the same path.
 */
export class Session {
  readonly desk: Desk;
  readonly loop: DeskLoop;
  readonly recorder: Recorder;
  readonly hash: HashText;
  /** The term of this process, part of every order id it makes. */
  readonly epoch: number;
  readonly tally: ReportTally;
  /** Share of the data that has been played; null where it has no end. Set by whoever plays it. */
  progress: number | null = null;
  /** How the link to the venue is, where there is one. Set by whoever holds it. */
  health: VenueHealth | null = null;
  readonly #clock: Clock;
  readonly #parts: SessionParts;
  readonly #recovered: Recovered;
  readonly #denials = new RecentDenials();
  readonly #incidents = new Incidents();
  readonly #replies = new Map<RequestId, (result: RequestResult) => void>();
  readonly #hangWatch: HangWatch | null;
  readonly #passPoint: PassPoint;
  readonly #recordsPerSnapshot: number;
  #beganAt: EpochMs | null = null;
  /** How many records this process had written at the last snapshot; below zero for one taken before it began. */
  #snapshotAt: number;

  constructor(
    world: Pick<World, "clock" | "hash" | "strategies" | "passPoint">,
    parts: SessionParts,
  ) {
    const { plan, files } = parts;
    refuseUnknown(parts);
    this.#clock = world.clock;
    this.#parts = parts;
    this.hash = world.hash;
    this.tally = new ReportTally(plan.config);
    const { recovered, counted } = files === null ? NOTHING_READ : readBack(files);
    this.#recovered = recovered;
    this.#passPoint = world.passPoint ?? passUnseen;
    this.#recordsPerSnapshot = parts.recordsPerSnapshot ?? RECORDS_PER_SNAPSHOT;
    this.#snapshotAt = -this.#recovered.folded;
    this.epoch = epochOf(parts, this.#recovered);
    this.#hangWatch = files?.watchHang(plan.config.bots.map(({ botId }) => botId)) ?? null;
    // A session that leaves nothing behind holds nobody up: its strategies may take their time.
    const timer = this.#hangWatch && new CallbackTimer(world.clock, this.#hangWatch);
    const { strategies } = world;
    const { origin } = this.#recovered;
    const deskParts = timer === null ? { strategies } : { strategies, watch: timer };
    const instruments = plan.config.instruments.map(({ id }) => id);
    const tape = files === null ? null : files.openTape(instruments);
    this.desk =
      origin === null || this.isDistrusted
        ? new Desk(deskParts)
        : new Desk(deskParts, { ...origin, seq: Math.max(origin.seq, tape?.lastSeq ?? 0) });
    this.recorder = new Recorder({ journal: files?.journal ?? null, tape }, world.hash, counted);
    this.loop = new DeskLoop(
      this.desk,
      this.recorder,
      {
        send: parts.send,
        reply: (requestId, result) => this.#reply(requestId, result),
        ownsLease: () => files?.ownsLease() ?? true,
        passPoint: this.#passPoint,
        ...(timer === null ? {} : { takeOverruns: () => timer.takeOverruns() }),
      },
      this.#watched(),
    );
  }

  /** When the session's last event was, in its own time; null for a new one. */
  get lastAt(): EpochMs | null {
    return this.#recovered.lastAt;
  }

  /** What is known before it begins. */
  get known(): DeskState {
    return this.#recovered.origin?.state ?? this.desk.state;
  }

  get isDistrusted(): boolean {
    return this.#recovered.distrust !== null;
  }

  /** Where it has played its data to the end; null while something is left to play. */
  get ending(): SessionEnding | null {
    const { files } = this.#parts;
    const ended = files?.marks.ended ?? null;
    return ended !== null && ended.seq === files?.journal.head().seq ? ended : null;
  }

  /** The report of a session that has ended, as it was then. */
  reportAgain(ending: SessionEnding): SessionReport {
    const { watch } = this.#parts;
    this.#refuseOtherConfig();
    watch.onOpening?.({ kind: "ended", ending });
    return this.report("endOfData", ending.at);
  }

  /** Opens the session or takes it over, at an instant of its own time. */
  begin(at: EpochMs): void {
    this.#beganAt = at;
    const { plan, watch } = this.#parts;
    const { origin, distrust } = this.#recovered;
    const opened = this.#refuseOtherConfig();
    const held = origin === null || opened === null ? null : holdingsOf(origin.state);
    watch.onOpening?.(held === null ? { kind: "new" } : { kind: "resumed", at, held });
    if (distrust !== null && origin !== null && opened !== null) {
      this.loop.apply({ kind: "stateSalvaged", at, state: encodeState(origin.state) });
    } else if (opened === null) {
      this.loop.apply({ kind: "sessionOpened", at, config: plan.config });
    }
    if (distrust !== null) this.loop.apply({ kind: "safeModeEntered", at, reason: distrust });
    this.loop.apply({ kind: "deskStarted", at, epoch: this.epoch });
    this.#haltHungBot(at);
    this.#saveBeginning();
  }

  /** The report of the session as it is now. */
  report(stopped: SessionReport["stopped"], stoppedAt = this.desk.now): SessionReport {
    const { plan, files } = this.#parts;
    const { recorder, hash, tally } = this;
    let balance = 0n;
    for (const { accountId } of reportedAccounts(plan.config)) {
      balance += this.desk.state.accounts.get(accountId)?.balance ?? 0n;
    }
    const journal = files?.journal ?? null;
    const { seq, now } = this.desk;
    const period = { from: this.#beganAt ?? now, until: now };
    const held = holdingsOf(this.desk.state);
    const end = { recorder, seq, hash, tally, journal, period, stopped, stoppedAt, held };
    return reportOf(plan, { ...end, balance: balance as Money });
  }

  /** Answers a control message; to a request when its record is durable. */
  async answer(message: ControlMessage, at: EpochMs): Promise<ControlReply> {
    const { config } = this.#parts.plan;
    if (message.kind === "status") {
      return { kind: "status", status: this.status(), config };
    }
    const { requestId, by, request } = message;
    const answered = new Promise<RequestResult>((resolve) => this.#replies.set(requestId, resolve));
    this.loop.apply({ kind: "requestReceived", at, requestId, by, request });
    this.loop.release();
    return { kind: "result", result: await answered };
  }

  status() {
    return statusOf(this.desk, {
      progress: this.progress,
      venue: this.health,
      denials: this.#denials.all,
      incidents: this.#incidents.all,
      marketEvents: this.recorder.marketEventsUpTo(this.desk.seq),
    });
  }

  /** Saves and tidies when there is time for it: `idle` when nothing is happening, `busy` under load. */
  keepHouse(load: "idle" | "busy"): void {
    const { files } = this.#parts;
    if (files === null || !this.desk.state.journalWritable) return;
    this.recorder.flushTape();
    const { records } = this.recorder;
    if (load === "idle" && records - this.#snapshotAt >= this.#recordsPerSnapshot) {
      this.#snapshotAt = records;
      this.#saveState(files);
    }
    this.loop.tidy(() => files.journal.checkpoint(load));
  }

  /**
   * The end of a session that did not fail: what is left is made durable, and the next start has nothing to fold.
   * Throws the journal's error when it does not take what is left: then it is no end that may be called done.
   */
  end(stopped: SessionReport["stopped"], at: EpochMs = this.desk.now): SessionReport {
    const { files } = this.#parts;
    this.loop.release();
    this.recorder.commit();
    if (files !== null && this.desk.state.journalWritable) this.#saveState(files);
    if (files !== null && stopped === "endOfData") {
      const { seq } = files.journal.head();
      files.mark({ ended: { seq, at, endedAt: this.#clock.now() } });
    }
    return this.report(stopped, at);
  }

  /** Lets go of the files, whatever has happened: what is not durable by now is for the next start to find out. */
  async close(): Promise<void> {
    await this.#hangWatch?.close();
    this.#parts.files?.close();
  }

  /** Before anything is on the tape or sent: a journal that is gone later is missed. */
  #saveBeginning(): void {
    const { files } = this.#parts;
    if (files === null) return;
    this.loop.tidy(() => this.recorder.commit());
    if (files.journal.head().seq > 0) files.mark({ begun: true });
  }

  #saveState(files: SessionFiles): void {
    this.loop.tidy(() => takeSnapshot(files.journal, this.desk.state, this.#passPoint));
    files.mark({ counted: this.recorder.counted });
  }

  /** What the session was opened with; null for a new one. */
  #refuseOtherConfig(): SessionOutline["config"] | null {
    const opened = this.#recovered.origin?.state.session ?? null;
    if (opened !== null) refuseOtherConfig(opened, this.#parts.plan.config);
    return opened;
  }

  /** The last process was ended because a strategy did not return: it must not get the floor again. */
  #haltHungBot(at: EpochMs): void {
    const { files } = this.#parts;
    const botId = files?.hungBot() ?? null;
    if (files === null || botId === null || !this.desk.state.bots.has(botId)) return;
    const reason = "its strategy did not return, so the desk was ended and started again";
    this.loop.apply({ kind: "botFailed", at, botId, reason });
    this.loop.release();
    if (this.desk.state.journalWritable) files.forgetHungBot();
  }

  #reply(requestId: RequestId, result: RequestResult): void {
    this.#replies.get(requestId)?.(result);
    this.#replies.delete(requestId);
  }

  #watched(): SessionWatch {
    const { watch } = this.#parts;
    return {
      ...watch,
      onFact: (fact, at) => {
        if (fact.kind === "orderDenied") this.#denials.add(fact, at);
        this.#incidents.add(fact, at, this.desk.state);
        this.tally.add(fact);
        watch.onFact?.(fact, at);
      },
    };
  }
}

const NOTHING_READ = { recovered: NOTHING_RECOVERED, counted: undefined };

/** The state of a session and its market events, of one reading of the journal where nothing is wrong with it. */
function readBack(files: SessionFiles) {
  const before = files.marks.counted;
  const count = files.damage === null ? countBegun(files.journal, before) : null;
  const recovered =
    count === null
      ? recover(files)
      : recover(files, {
          after: count.counted.seq,
          add: ({ seq, event }) => count.add(seq, event),
        });
  const isCounted = count !== null && recovered.wasHeard;
  return { recovered, counted: isCounted ? count : countFrom(files.journal, before) };
}

/**
 * Orders at a venue that ends with the process need telling apart only within the session, which gives the same run
 * the same ids everywhere; at a venue that outlives it the lease tells the terms apart.
 */
function epochOf({ venue, files }: SessionParts, { origin }: Recovered): number {
  const known = origin?.state.epoch ?? 0;
  if (venue !== "ownProcess" || files === null) return known + 1;
  files.raiseEpoch(known);
  return files.epoch;
}

/** A venue that ended with its desk is known from the journal alone: without one nobody knows what was held. */
function refuseUnknown({ venue, files }: SessionParts): void {
  if (venue !== "thisProcess" || files?.damage?.sound !== null) return;
  const { reason } = files.damage;
  files.close();
  throw new SessionLostError(
    `${reason}. What the session held cannot be known: put its journal back, or start a session of another name`,
  );
}

function refuseOtherConfig(
  opened: SessionOutline["config"],
  asked: SessionOutline["config"],
): void {
  const parts = Object.keys(opened) as (keyof typeof opened)[];
  const others = parts.filter((part) => encode(opened[part]) !== encode(asked[part]));
  if (others.length === 0) return;
  throw new SessionConfigError(
    `Expected the configuration that session ${opened.sessionId} was opened with, found other ${others.join(", ")}. Put it back, or start a new session to use this one`,
  );
}

/** A session is gone on with under a configuration it was not opened with. */
export class SessionConfigError extends Error {
  override readonly name = "SessionConfigError";
}

/** Nothing is left to tell what a session held. */
export class SessionLostError extends Error {
  override readonly name = "SessionLostError";
}

import type { EpochMs } from "#core/domain/units.ts";
import { type FeedEvent, START_AGAIN } from "#ports/venue.ts";
import { type AttachedEnd, endOf } from "./attached-end.ts";
import { CatchUp, noHistory } from "./catch-up.ts";
import { checkClock } from "./check-clock.ts";
import type { ControlMessage, ControlReply } from "./control.ts";
import { nextDeadline } from "./deadlines.ts";
import { FeedInbox } from "./feed-inbox.ts";
import { heldContracts, meetVenue } from "./meet-venue.ts";
import { historyPlayer, progress, warmUp } from "./play.ts";
import type { RemoteLink, RemoteVenue } from "./remote-venue.ts";
import { endedBefore } from "./replay.ts";
import type { SessionReport } from "./report.ts";
import type { SessionOutline } from "./session-plan.ts";
import type { SessionWatch } from "./session-watch.ts";
import { Session } from "./session.ts";
import { isAwaited, unansweredText } from "./unanswered.ts";
import { VenueTimeError } from "./venue-errors.ts";
import { answerWaiting } from "./waiting.ts";
import type { World } from "./world.ts";

export type AttachedOptions = {
  readonly dataFolder: string;
  readonly venue: RemoteVenue;
  readonly watch?: SessionWatch;
  /** A snapshot of the state saves folding this many records at the next start. */
  readonly recordsPerSnapshot?: number;
  /** Asks for a graceful stop. */
  readonly stop: AbortSignal;
};

/** How long the cancels of a graceful stop are waited for, by the clock on the wall. */
const STOP_GRACE_MS = 2_000;
const LOOK_EVERY_MS = 20;
const HOUSE_EVERY_MS = 250;
const STATUS_EVERY_MS = 100;

/**
 * A session whose market is elsewhere: the simulated venue as a process of its own, or a real one. Market time is what
 * the venue's link tells. Everything else is as in a replay. What one turn of the event loop brings is decided event by
 * event and made durable by one commit; only then anything leaves. While the link of a venue that owns market time is
 * down, time stands still.
 */
export async function runAttached(
  world: World,
  plan: SessionOutline,
  options: AttachedOptions,
): Promise<SessionReport> {
  const files = world.openSession(options.dataFolder, plan.config.sessionId);
  const stopLease = world.clock.every(1_000, () => files.renewLease());
  const inbox = new FeedInbox(world.clock);
  const { recordsPerSnapshot, watch = {} } = options;
  const session = new Session(world, {
    plan,
    files,
    watch: {
      ...watch,
      onFact(fact, at) {
        if (fact.kind === "armingChanged") link.arm?.(fact.accountId, fact.arming);
        if (fact.kind === "reconnectRequested") link.reconnect?.();
        watch.onFact?.(fact, at);
      },
    },
    venue: "ownProcess",
    send: (command) => link.send(command),
    ...(recordsPerSnapshot === undefined ? {} : { recordsPerSnapshot }),
  });
  if (session.ending !== null) {
    stopLease();
    return endedBefore(session, session.ending);
  }
  // The lease and a sound journal come first: the venue serves one desk, and it must be this one.
  const link = options.venue.connect(inbox.onFeed, session.epoch, heldContracts(session.known));
  const stopped = () => inbox.wake();
  options.stop.addEventListener("abort", stopped, { once: true });
  try {
    const attached = new Attached(world, { plan, session, inbox, options, link });
    return endOf(session, await attached.run(), options.venue.name);
  } finally {
    options.stop.removeEventListener("abort", stopped);
    await link.close();
    await session.close();
    stopLease();
  }
}

type AttachedParts = {
  readonly plan: SessionOutline;
  readonly link: RemoteLink;
  readonly session: Session;
  readonly inbox: FeedInbox;
  readonly options: AttachedOptions;
};

class Attached {
  readonly #world: World;
  readonly #parts: AttachedParts;
  readonly #catchUp: CatchUp;
  /** How often the venue plays what it has recorded. */
  #laps = 1;
  /** The venue's time as far as it is told; null until the venue was reached for the first time. */
  #now: EpochMs | null = null;
  /** Starting asks the venue for its truth; so does every link after the first. */
  #isFirstLink = true;
  #isOver = false;
  #isDisplaced = false;
  /** Why the venue could not be reached, as long as it never was. */
  #unreached: string | null = null;
  #houseMs = 0;
  #statusMs = 0;
  #records = 0;

  constructor(world: World, parts: AttachedParts) {
    this.#world = world;
    this.#parts = parts;
    const { session, inbox } = parts;
    this.#catchUp = new CatchUp({ clock: world.clock, loop: session.loop, inbox });
  }

  async run(): Promise<AttachedEnd> {
    const { dataFolder } = this.#parts.options;
    const control = await this.#world.listenControl(dataFolder, (message) => this.#answer(message));
    try {
      return (await this.#reach()) ?? (await this.#play());
    } finally {
      await control.close();
    }
  }

  /** Waits for the venue as long as it takes; what ended the wait, if not the venue. */
  async #reach(): Promise<AttachedEnd | undefined> {
    const { options, inbox } = this.#parts;
    while (this.#now === null) {
      if (options.stop.aborted) return { kind: "unreached", reason: this.#unreached };
      if (this.#isDisplaced) return { kind: "displaced" };
      await this.#turn();
      if (this.#now === null) await inbox.arrival(LOOK_EVERY_MS);
    }
    return undefined;
  }

  async #play(): Promise<AttachedEnd> {
    const { options, inbox } = this.#parts;
    while (!this.#isOver) {
      if (this.#isDisplaced) return { kind: "displaced" };
      if (options.stop.aborted) return this.#stop();
      await inbox.arrival(LOOK_EVERY_MS);
      await this.#turn();
    }
    this.#show(1);
    return { kind: "endOfData" };
  }

  async #answer(message: ControlMessage): Promise<ControlReply> {
    const { session, plan, options, link } = this.#parts;
    if (this.#now !== null) return session.answer(message, this.#now);
    const { sessionId } = plan.config;
    const { name: venue } = options.venue;
    const waits = { kind: "waiting", sessionId, venue, reason: this.#unreached } as const;
    return answerWaiting(message, waits, link, (text) => {
      this.#warn("reconnectRequested", text, this.#world.clock.now());
    });
  }

  /** Everything that has come: decided in its order, made durable at once, and only then answered. */
  async #turn(): Promise<void> {
    const { session, inbox, options, link } = this.#parts;
    for (const event of inbox.take()) {
      if (event.kind === "venueGreeted") {
        session.loop.release();
        return this.#greet(event);
      }
      this.#take(event);
    }
    if (this.#now === null) return;
    this.#endCatchUp(this.#now);
    // What was decided can be decided again only with the market data it came from.
    if (session.loop.hasOutput) session.recorder.flushTape();
    session.loop.release();
    this.#keepHouse();
    const period = options.venue.period?.(this.#laps);
    this.#show(period === undefined ? null : progress(period, session.desk.now));
    if (this.#catchUp.isRunning) return;
    const wakeAt = nextDeadline(session.loop, Number.POSITIVE_INFINITY);
    link.handled?.(Number.isFinite(wakeAt) ? (wakeAt as EpochMs) : null);
  }

  #take(event: Exclude<FeedEvent, { kind: "venueGreeted" }>): void {
    if (event.kind === "displaced") {
      this.#isDisplaced = true;
      return;
    }
    if (this.#now === null) return this.#tellUnreached(event);
    const { loop } = this.#parts.session;
    const at = Math.max(event.at, this.#now) as EpochMs;
    this.#now = at;
    switch (event.kind) {
      case "timePassed":
        return this.#catchUp.meetDeadlines(at, at);
      case "marketEnded":
        this.#isOver = true;
        return this.#catchUp.meetDeadlines(at, at);
      case "tradeTick":
        this.#catchUp.meetDeadlines(at, at);
        return loop.apply(event);
      case "quote":
        // A quote that ends a minute is part of it: bars that end at its instant close after it.
        this.#catchUp.meetDeadlines(at, at - 1);
        return loop.apply(event);
      case "linkChanged":
        if (event.up && this.#isFirstLink) {
          this.#isFirstLink = false;
          return;
        }
        this.#catchUp.meetDeadlines(at - 1, at - 1);
        return loop.apply({ ...event, at });
      case "standingReported":
      case "orderReported":
        this.#catchUp.meetDeadlines(at - 1, at - 1);
        return loop.apply({ ...event, at });
      case "accountReported":
        this.#catchUp.meetDeadlines(at - 1, at - 1);
        loop.apply({ ...event, at });
        return this.#world.passPoint?.("duringReconcile");
    }
  }

  /** Before the venue was reached there is no time and no session, only a person to tell. */
  #tellUnreached(event: FeedEvent): void {
    if (event.kind !== "linkChanged") return;
    this.#unreached = event.reason;
    const { venue } = this.#parts.options;
    const next = event.reason.endsWith(START_AGAIN)
      ? ""
      : ". It keeps trying and begins when it can";
    const text = `The desk cannot begin at ${venue.name}: ${event.reason}${next}`;
    this.#warn("venueUnreached", text, this.#world.clock.now());
  }

  /** What only a person need know: it changes nothing that is recorded. */
  #warn(code: string, text: string, at: EpochMs): void {
    const alert = { kind: "alert", severity: "warning", code, text } as const;
    this.#parts.options.watch?.onAlert?.(alert, at);
  }

  /** The link stands: views and indicators catch up with the recorded data the desk has not been told. */
  async #greet(greeting: Extract<FeedEvent, { kind: "venueGreeted" }>): Promise<void> {
    const { now, laps, replaced } = greeting;
    const { session, options, link } = this.#parts;
    const told = this.#now;
    const last = told ?? session.lastAt ?? now;
    // What comes next is later than what the venue has played.
    const at = (now + 1) as EpochMs;
    if (last > at) throw new VenueTimeError(at, last);
    this.#now = at;
    if (told !== null) return this.#lookBack((told + 1) as EpochMs, at);
    if (replaced) {
      this.#warn(
        "venueTaken",
        "This desk has taken the place of another one at the venue, which ends by itself",
        at,
      );
    }
    this.#laps = laps;
    session.begin(at);
    if (session.lastAt !== null) options.venue.resume?.(session.desk.state, at);
    meetVenue(session.loop, link, at);
    await this.#lookBack((at - options.venue.historyMs) as EpochMs, at);
  }

  /** Stored data is read before anything else; what has to be asked for is read beside everything else. */
  async #lookBack(from: EpochMs, until: EpochMs): Promise<void> {
    const { loop } = this.#parts.session;
    const { venue } = this.#parts.options;
    const source = venue.history(this.#laps);
    if (venue.historyWithinMs !== undefined) {
      this.#catchUp.begin({ source, from, until, withinMs: venue.historyWithinMs });
      return loop.release();
    }
    try {
      await warmUp(historyPlayer(source, loop), loop, { source, from, until });
    } finally {
      await source.close();
    }
  }

  /** The views are there, as well as they can be: the market goes on. */
  #endCatchUp(now: EpochMs): void {
    const end = this.#catchUp.end(now);
    if (end === undefined) return;
    const { name } = this.#parts.options.venue;
    if (end.kind === "givenUp") this.#warn("noHistory", noHistory(name), now);
    for (const event of end.fresh) this.#take(event);
    this.#catchUp.meetDeadlines(now, end.barsUntil);
  }

  #keepHouse(): void {
    const { session, link } = this.#parts;
    const nowMs = this.#world.clock.monotonicMs();
    const isIdle = session.recorder.records === this.#records;
    this.#records = session.recorder.records;
    if (nowMs < this.#houseMs) return;
    this.#houseMs = nowMs + HOUSE_EVERY_MS;
    session.health = link.health?.() ?? null;
    if (this.#now !== null) checkClock(session, this.#now);
    session.keepHouse(isIdle ? "idle" : "busy");
  }

  /** Cancels entries, keeps protection, and waits a little for what the venue has not answered. */
  async #stop(): Promise<AttachedEnd> {
    const { session, inbox } = this.#parts;
    const { loop, desk } = session;
    const { clock } = this.#world;
    loop.apply({ kind: "stopRequested", at: this.#now ?? desk.now });
    loop.release();
    const untilMs = clock.monotonicMs() + STOP_GRACE_MS;
    const orders = () => [...desk.state.openOrders.values()];
    while (orders().some(isAwaited) && clock.monotonicMs() < untilMs) {
      await inbox.arrival(LOOK_EVERY_MS);
      await this.#turn();
    }
    const left = unansweredText(orders());
    if (left !== null) this.#warn("stoppedUnanswered", left, desk.now);
    return { kind: this.#isDisplaced ? "displaced" : "asked" };
  }

  #show(share: number | null): void {
    const { options, session } = this.#parts;
    session.progress = share;
    if (share !== null) options.watch?.onProgress?.(share);
    const nowMs = this.#world.clock.monotonicMs();
    if (options.watch?.onStatus === undefined || (nowMs < this.#statusMs && share !== 1)) return;
    this.#statusMs = nowMs + STATUS_EVERY_MS;
    options.watch.onStatus(session.status());
  }
}

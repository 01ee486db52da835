import type { EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import { MarketClock } from "#practice/market/market-clock.ts";
import { type MarketPace, clockPace } from "#practice/market/market-pace.ts";

/** Longer than any wait; what ends it is a call. */
const UNTIL_WOKEN_MS = 3_600_000;

/** What practice clients are told about time. */
export type TimeMarker = {
  readonly now: EpochMs;
  readonly speed: number;
  readonly lockstep: boolean;
  readonly step: number;
  readonly ended: boolean;
};

export type PracticeTimeParts = {
  readonly clock: Clock;
  readonly from: EpochMs;
  readonly speed: number;
  readonly lockstep: boolean;
  /** When something happens next without data; Infinity when nothing does. */
  readonly nextDueAt: () => number;
  /** How far a gateway before this one had played; null for the first. */
  readonly resumeAt: EpochMs | null;
  /** When what that one was asked is to be carried out next; Infinity when nothing is left. */
  readonly nextLoggedAt: () => number;
  /** Everything up to `now` has been told: time for a marker. */
  readonly onMarker: (marker: TimeMarker) => void;
};

/**
 * The pace of the gateway. Along with the wall, times a factor; or in lockstep: one instant at a time, the next one
 * when the practice client has settled the last, and no faster than the factor.
 */
export class PracticeTime implements MarketPace {
  readonly #parts: PracticeTimeParts;
  #wall: MarketPace;
  #wallClock: MarketClock;
  #now: EpochMs;
  #speed: number;
  #lockstep: boolean;
  #step = 0;
  #settledStep = -1;
  #wakeAt = Number.POSITIVE_INFINITY;
  /** In lockstep, the instant that is being played. */
  #target: EpochMs | null = null;
  /** In lockstep: nothing is ahead until a client asks for it. */
  #isIdle = false;
  /** In lockstep: the next instant is there and its time has not come. */
  #isEarly = false;
  /** Something was told since the last marker. */
  #isDirty = false;
  #ended = false;
  /** Until when to repeat what a gateway before this one has played; null when that is done. */
  #repeatUntil: EpochMs | null;

  constructor(parts: PracticeTimeParts) {
    this.#parts = parts;
    this.#now = parts.from;
    this.#speed = parts.speed;
    this.#lockstep = parts.lockstep;
    this.#repeatUntil = parts.resumeAt;
    this.#wallClock = new MarketClock(parts.clock, parts.speed, parts.from);
    this.#wall = clockPace(parts.clock, this.#wallClock);
  }

  /** Still repeating: nobody may see a market that is in the past. */
  get isRepeating(): boolean {
    return this.#repeatUntil !== null;
  }

  marker(): TimeMarker {
    return {
      now: this.#now,
      speed: this.#speed,
      lockstep: this.#lockstep,
      step: this.#step,
      ended: this.#ended,
    };
  }

  start(): void {
    this.#wall.start();
  }

  playUntil(nextAt: number): EpochMs {
    if (this.#repeatUntil !== null) return this.#repeatTo(this.#repeatUntil);
    if (!this.#lockstep) {
      this.#target = null;
      const at = this.#wall.playUntil(nextAt);
      const dueAt = this.#parts.nextDueAt();
      return at > dueAt && dueAt > this.#now ? (dueAt as EpochMs) : at;
    }
    if (this.#target === null && this.#mayGoOn() && !this.#isDirty) {
      const next = this.#nextTarget(nextAt);
      this.#isIdle = next === null;
      // No faster than the wall's time allows, however fast the client is.
      this.#isEarly = next !== null && next > this.#wall.playUntil(next);
      this.#target = this.#isEarly ? null : next;
    }
    // Data at the very beginning is not played before its step, either.
    return this.#target ?? (Math.min(this.#now, nextAt - 1) as EpochMs);
  }

  async rest(wake: AbortSignal): Promise<void> {
    if (this.#repeatUntil !== null) return;
    if (!this.#lockstep) return this.#wall.rest(wake);
    // Whoever settles, tells something or changes the pace wakes.
    const hasMore = this.#mayGoOn() && (this.#isDirty || !this.#isIdle);
    if (hasMore && this.#isEarly) return this.#wall.rest(wake);
    if (!hasMore) await this.#parts.clock.sleep(UNTIL_WOKEN_MS, wake);
  }

  /** Everything up to `at` has happened. */
  onStep(at: EpochMs): void {
    const advanced = at > this.#now;
    if (advanced) this.#now = at;
    if (this.#repeatUntil !== null) return this.#repeated(this.#repeatUntil);
    const wasPlayed = this.#target !== null;
    this.#target = null;
    if (this.#lockstep && !(this.#mayGoOn() && (wasPlayed || this.#isDirty))) return;
    this.#mark();
  }

  /** The data is over. */
  end(): void {
    this.#ended = true;
    this.#isDirty = true;
  }

  /** The hubs have told something that is not part of playing: whoever settles has to hear of it first. */
  touch(): void {
    this.#isDirty = true;
  }

  /** A practice client has handled everything up to a step. Returns whether time may go on. */
  settle(step: number, wakeAt: EpochMs | null): boolean {
    if (step !== this.#step) return false;
    this.#settledStep = step;
    this.#wakeAt = wakeAt ?? Number.POSITIVE_INFINITY;
    return true;
  }

  set({ speed, lockstep }: { readonly speed?: number; readonly lockstep?: boolean }): void {
    this.#speed = speed ?? this.#speed;
    const begins = lockstep === true && !this.#lockstep;
    this.#lockstep = lockstep ?? this.#lockstep;
    this.#wallClock = new MarketClock(this.#parts.clock, this.#speed, this.#now);
    this.#wall = clockPace(this.#parts.clock, this.#wallClock);
    // Whoever is to settle has to hear of it.
    if (begins) this.#mark();
  }

  #mark(): void {
    this.#step += 1;
    this.#isDirty = false;
    this.#parts.onMarker(this.marker());
  }

  #repeatTo(until: EpochMs): EpochMs {
    const dueAt = this.#parts.nextDueAt();
    const next = Math.min(dueAt > this.#now ? dueAt : until, this.#parts.nextLoggedAt());
    return Math.max(this.#now, Math.min(next, until)) as EpochMs;
  }

  #repeated(until: EpochMs): void {
    if (this.#now < until || Number.isFinite(this.#parts.nextLoggedAt())) return;
    this.#repeatUntil = null;
    this.#isDirty = false;
    this.set({});
  }

  #mayGoOn(): boolean {
    return this.#settledStep === this.#step;
  }

  /** The next instant at which something can happen; null when nothing will. */
  #nextTarget(nextAt: number): EpochMs | null {
    if (nextAt <= this.#now) return this.#now;
    const wakeAt = this.#wakeAt > this.#now ? this.#wakeAt : Number.POSITIVE_INFINITY;
    const wanted = Math.min(nextAt, wakeAt);
    if (!Number.isFinite(wanted)) return null;
    const next = Math.min(wanted, this.#parts.nextDueAt());
    return next > this.#now ? (next as EpochMs) : null;
  }
}

import type { EpochMs } from "#core/domain/units.ts";
import type { TickBlock } from "#core/market/tick-block.ts";
import type { Clock } from "#ports/clock.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import { meetDeadlines } from "./deadlines.ts";
import type { DeskLoop } from "./desk-loop.ts";
import type { FeedInbox, HeldEvent } from "./feed-inbox.ts";
import { historyPlayer } from "./play.ts";

/** History to be read from `from` until `until`, and for how long at most by the clock on the wall. */
export type Wanted = {
  readonly source: MarketDataSource;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly withinMs: number;
};

export type CaughtUp = {
  readonly kind: "read" | "givenUp";
  /** Held events of the present instant: they are no history. */
  readonly fresh: readonly HeldEvent[];
  /** Up to where bars have waited to be closed. */
  readonly barsUntil: number;
};

type Parts = { readonly clock: Clock; readonly loop: DeskLoop; readonly inbox: FeedInbox };

const NO_BARS = Number.NEGATIVE_INFINITY;

/**
 * History that is read beside the loop, because a venue may be long in telling it. Meanwhile only the market waits:
 * fills, lists, timers and requests go on. What was held is older than the present when it is played, and history with
 * the rest: it builds views, and no bot acts on it.
 */
export class CatchUp {
  readonly #parts: Parts;
  #reading: Reading | null = null;
  #barsUntil = NO_BARS;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isRunning(): boolean {
    return this.#reading !== null;
  }

  /** A link that came back once more begins anew where the first one did: what was held since is history by now. */
  begin(wanted: Wanted): void {
    const { clock, loop, inbox } = this.#parts;
    const from = this.#reading?.from ?? wanted.from;
    if (this.#reading === null) loop.apply({ kind: "warmupBegan", at: wanted.until });
    inbox.hold();
    this.#barsUntil = NO_BARS;
    this.#reading = new Reading({ ...wanted, from }, clock, () => inbox.wake());
  }

  /** Wakes the desk at every deadline up to an instant; bars are closed when the views are there. */
  meetDeadlines(until: number, barsUntil: number): void {
    const { loop } = this.#parts;
    if (this.#reading === null) return meetDeadlines(loop, until, barsUntil);
    this.#barsUntil = Math.max(this.#barsUntil, barsUntil);
    meetDeadlines(loop, until, NO_BARS);
  }

  /** Plays what was read and held when it is time to; undefined while there is nothing to play. */
  end(now: EpochMs): CaughtUp | undefined {
    const reading = this.#reading;
    const kind = reading?.outcome() ?? "reading";
    if (reading === null || kind === "reading") return undefined;
    const { loop, inbox } = this.#parts;
    this.#reading = null;
    reading.playTo(loop);
    const held = inbox.letGo();
    // A link is greeted at the end of an instant; what comes next is a millisecond later.
    const present = now - 1;
    const isPast = ({ kind: what, at }: HeldEvent) => what !== "marketEnded" && at < present;
    const first = held.findIndex((event) => !isPast(event));
    const past = first === -1 ? held : held.slice(0, first);
    for (const event of past) if (event.kind !== "marketEnded") loop.apply(event);
    meetDeadlines(loop, present - 1, present - 1);
    loop.apply({ kind: "warmupEnded", at: now });
    return { kind, fresh: held.slice(past.length), barsUntil: this.#barsUntil };
  }
}

/** For people: what it means that history was given up. */
export function noHistory(venue: string): string {
  return `The history of ${venue} did not come in time: views lack what the desk was not told, and bots go on without it`;
}

/** History on its way. One that does not come in time is left to itself. */
class Reading {
  readonly from: EpochMs;
  readonly #clock: Clock;
  readonly #giveUpAtMs: number;
  readonly #source: MarketDataSource;
  readonly #blocks: TickBlock[] = [];
  #isRead = false;
  #failure: { readonly cause: unknown } | null = null;

  constructor(wanted: Wanted, clock: Clock, onRead: () => void) {
    this.from = wanted.from;
    this.#clock = clock;
    this.#giveUpAtMs = clock.monotonicMs() + wanted.withinMs;
    this.#source = wanted.source;
    void this.#read(wanted).then(onRead);
  }

  /** Throws what reading it has thrown. */
  outcome(): "reading" | "read" | "givenUp" {
    if (this.#failure !== null) throw this.#failure.cause;
    if (this.#isRead) return "read";
    return this.#clock.monotonicMs() < this.#giveUpAtMs ? "reading" : "givenUp";
  }

  playTo(loop: DeskLoop): void {
    const player = historyPlayer(this.#source, loop);
    for (const block of this.#blocks) player.warmUp(block);
  }

  async #read({ source, from, until }: Wanted): Promise<void> {
    try {
      for await (const block of source.blocks({ from, until })) {
        // A block is good until the next one is asked for.
        this.#blocks.push(structuredClone(block));
      }
      await source.close();
      this.#isRead = true;
    } catch (cause) {
      // Thrown again in the turn that asks for it.
      this.#failure = { cause };
    }
  }
}

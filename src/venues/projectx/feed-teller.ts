import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { AccountSnapshot, OrderReport } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { FeedEvent, OnFeed } from "#ports/venue.ts";

/** A touch that is older when the link comes up may be of before a break; it is not told as one of now. */
const GREETING_MS = 60_000;

/**
 * Tells the desk what happened, in one order and with times that never go back. Market data carry the venue's times;
 * what is said of orders does not move time, because market data of the same instant may still be on their way.
 */
export class FeedTeller {
  readonly #onFeed: OnFeed;
  /** No event is later than this: a venue whose clock is ahead does not make our timers fire. */
  readonly #latest: () => number;
  /** The last touch of each instrument that came before there was a link; null from the first link on. */
  #early: Map<InstrumentId, Quote> | null = new Map();
  #last: EpochMs;

  constructor(start: EpochMs, latest: () => number, onFeed: OnFeed) {
    this.#last = start;
    this.#latest = latest;
    this.#onFeed = onFeed;
  }

  get last(): EpochMs {
    return this.#last;
  }

  market(events: readonly (Quote | TradeTick)[]): void {
    if (events.length === 0) return;
    for (const event of events) {
      if (event.kind === "quote") this.#early?.set(event.instrument, event);
    }
    this.#onFeed(events.map((event) => ({ ...event, at: this.#advance(event.at) })));
  }

  reports(reports: readonly OrderReport[]): void {
    if (reports.length === 0) return;
    const at = this.#last;
    this.#onFeed(reports.map((report) => ({ kind: "orderReported", at, report })));
  }

  snapshot(snapshot: AccountSnapshot): void {
    this.#onFeed([{ kind: "accountReported", at: this.#last, snapshot }]);
  }

  standing(accountId: AccountId, canTrade: boolean): void {
    this.#onFeed([{ kind: "standingReported", at: this.#last, accountId, canTrade }]);
  }

  /** Said again for the same instant, it tells that more has happened in it. */
  passed(now: EpochMs): void {
    if (now >= this.#last) this.#onFeed([{ kind: "timePassed", at: this.#advance(now) }]);
  }

  ended(now: EpochMs): void {
    this.#onFeed([{ kind: "marketEnded", at: this.#advance(now) }]);
  }

  up(now: EpochMs): void {
    const at = this.#advance(now);
    const greeting: FeedEvent = { kind: "venueGreeted", now: at, laps: 1, replaced: false };
    this.#onFeed([greeting, { kind: "linkChanged", at, up: true, reason: "connected" }]);
    // A subscription is greeted with the touch, which may not change for a while; nobody has listened until now.
    const early = [...(this.#early?.values() ?? [])];
    this.#early = null;
    this.market(early.filter((quote) => at - quote.at <= GREETING_MS));
  }

  /** The link stands, and something that was told may be wrong: the desk compares itself with the venue. */
  doubted(now: EpochMs, reason: string): void {
    this.#onFeed([{ kind: "linkChanged", at: this.#advance(now), up: true, reason }]);
  }

  down(reason: string): void {
    this.#onFeed([{ kind: "linkChanged", at: this.#last, up: false, reason }]);
  }

  #advance(to: EpochMs): EpochMs {
    this.#last = Math.max(this.#last, Math.min(to, this.#latest())) as EpochMs;
    return this.#last;
  }
}

import type { VenueCommand } from "#core/desk/command.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { FeedEvent, OnFeed } from "#ports/venue.ts";
import type { RemoteLink } from "./remote-venue.ts";

export type PaperParts = {
  /** The way to the real venue, for its market data and the accounts that are only looked at. */
  readonly connect: (onFeed: OnFeed) => RemoteLink;
  /** Fills the orders of the simulated accounts. */
  readonly venue: SimulatedVenue;
  readonly isSimulated: (accountId: AccountId) => boolean;
  /** Real accounts that the desk looks at; none in paper. */
  readonly observed: ReadonlySet<AccountId>;
};

/**
 * A venue whose market data is real and whose fills are not: orders of simulated accounts never leave this process.
 * For each instant the simulated venue speaks first, then the market data of that instant, as everywhere. Real
 * accounts are asked about and never traded: of their commands only the request for a list passes.
 */
export class PaperVenue implements RemoteLink {
  readonly #parts: PaperParts;
  readonly #onFeed: OnFeed;
  readonly #link: RemoteLink;
  /** The venue's time as far as it is told. */
  #now = 0 as EpochMs;

  constructor(parts: PaperParts, onFeed: OnFeed) {
    this.#parts = parts;
    this.#onFeed = onFeed;
    this.#link = parts.connect((events) => this.#take(events));
  }

  readonly send = (command: VenueCommand): void => {
    const { venue, isSimulated, observed } = this.#parts;
    if (observed.has(command.accountId)) {
      if (command.kind === "requestSnapshot") this.#link.send(command);
    } else if (isSimulated(command.accountId)) {
      venue.handle(command, this.#now);
      const events: FeedEvent[] = [];
      venue.runDue(this.#now, (event) => events.push(event));
      if (events.length > 0) this.#onFeed(events);
    }
  };

  readonly close = (): Promise<void> => this.#link.close();

  readonly reconnect = (): void => this.#link.reconnect?.();

  readonly health = () => this.#link.health?.() ?? null;

  readonly contracts = () => this.#link.contracts?.() ?? new Map();

  /** What the simulated venue has to say next is waited for as well. */
  readonly handled = (wakeAt: EpochMs | null): void => {
    const dueAt = Math.min(wakeAt ?? Number.POSITIVE_INFINITY, this.#parts.venue.nextDueAt);
    this.#link.handled?.(Number.isFinite(dueAt) ? (dueAt as EpochMs) : null);
  };

  #take(events: readonly FeedEvent[]): void {
    const { venue } = this.#parts;
    const told: FeedEvent[] = [];
    for (const event of events) {
      this.#now = Math.max(this.#now, instantOf(event)) as EpochMs;
      venue.runDue(this.#now, (due) => told.push(due));
      if (event.kind === "tradeTick") venue.onTrade(event);
      if (event.kind === "quote") venue.onQuote(event);
      if (this.#isHeard(event)) told.push(event);
    }
    this.#onFeed(told);
  }

  /** Of the orders of real accounts the desk hears only where it looks at them. */
  #isHeard(event: FeedEvent): boolean {
    const { observed } = this.#parts;
    if (event.kind === "accountReported") return observed.has(event.snapshot.accountId);
    if (event.kind === "standingReported") return observed.has(event.accountId);
    if (event.kind !== "orderReported") return true;
    const { report } = event;
    return "fill" in report ? observed.has(report.fill.accountId) : observed.size > 0;
  }
}

function instantOf(event: FeedEvent): number {
  if (event.kind === "venueGreeted") return event.now;
  return event.kind === "displaced" ? Number.NEGATIVE_INFINITY : event.at;
}

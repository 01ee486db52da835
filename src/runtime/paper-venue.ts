import type { VenueCommand } from "#core/desk/command.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { ConnectVenue, FeedEvent, OnFeed, Venue } from "#ports/venue.ts";

export type PaperParts = {
  /** The way to the real venue, for its market data and the accounts that are only looked at. */
  readonly connect: ConnectVenue;
  /** Fills the orders of the simulated accounts. */
  readonly venue: SimulatedVenue;
  readonly isSimulated: (accountId: AccountId) => boolean;
  /** Real accounts that the desk looks at under names of their own, by their name at the venue; none in paper. */
  readonly observed: ReadonlyMap<AccountId, AccountId>;
};

/**
 * A venue whose market data is real and whose fills are not: orders of simulated accounts never leave this process.
 * For each instant the simulated venue speaks first, then the market data of that instant, as everywhere. Real
 * accounts are asked about and never traded: of their commands only the request for a list passes.
 */
export function paperVenue(parts: PaperParts): ConnectVenue {
  return (address, onFeed) => new PaperVenue(parts, address, onFeed);
}

class PaperVenue implements Venue {
  readonly #parts: PaperParts;
  readonly #onFeed: OnFeed;
  readonly #link: Venue;
  /** The names that observed accounts have at the venue, by the desk's names. */
  readonly #realNames: ReadonlyMap<AccountId, AccountId>;
  /** The venue's time as far as it is told. */
  #now = 0 as EpochMs;

  constructor(parts: PaperParts, address: string, onFeed: OnFeed) {
    this.#parts = parts;
    this.#onFeed = onFeed;
    this.#realNames = new Map([...parts.observed].map(([real, own]) => [own, real]));
    this.#link = parts.connect(address, (events) => this.#take(events));
  }

  readonly send = (command: VenueCommand): void => {
    const { venue, isSimulated } = this.#parts;
    const accountId = this.#realNames.get(command.accountId);
    if (accountId !== undefined) {
      if (command.kind === "requestSnapshot") this.#link.send({ ...command, accountId });
    } else if (isSimulated(command.accountId)) {
      venue.handle(command, this.#now);
      const events: FeedEvent[] = [];
      venue.runDue(this.#now, (event) => events.push(event));
      if (events.length > 0) this.#onFeed(events);
    }
  };

  readonly close = (): Promise<void> => this.#link.close();

  #take(events: readonly FeedEvent[]): void {
    const { venue } = this.#parts;
    const told: FeedEvent[] = [];
    for (const event of events) {
      this.#now = Math.max(this.#now, instantOf(event)) as EpochMs;
      venue.runDue(this.#now, (due) => told.push(due));
      if (event.kind === "tradeTick") venue.onTrade(event);
      if (event.kind === "quote") venue.onQuote(event);
      const heard = this.#heard(event);
      if (heard !== undefined) told.push(heard);
    }
    this.#onFeed(told);
  }

  /** What the desk hears of an event: nothing of real accounts that it does not look at. */
  #heard(event: FeedEvent): FeedEvent | undefined {
    const { observed } = this.#parts;
    if (event.kind === "accountReported") {
      const accountId = observed.get(event.snapshot.accountId);
      if (accountId === undefined) return undefined;
      const { snapshot } = event;
      const fills = snapshot.fills.map((fill) => ({ ...fill, accountId }));
      return { ...event, snapshot: { ...snapshot, accountId, fills } };
    }
    if (event.kind !== "orderReported") return event;
    const { report } = event;
    if (report.kind !== "filled") return observed.size === 0 ? undefined : event;
    const accountId = observed.get(report.fill.accountId);
    if (accountId === undefined) return undefined;
    return { ...event, report: { ...report, fill: { ...report.fill, accountId } } };
  }
}

function instantOf(event: FeedEvent): number {
  if (event.kind === "venueGreeted") return event.now;
  return event.kind === "displaced" ? Number.NEGATIVE_INFINITY : event.at;
}

import type { VenueCommand } from "#core/desk/command.ts";
import type { InputEvent } from "#core/desk/event.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";

/** What a venue tells the desk: reports about orders, answers to snapshot requests, the state of the link. */
export type { VenueEvent } from "#core/matching/venue-event.ts";

/**
 * Where orders execute. `send` hands over one durable command and never throws for what the venue may answer:
 * refusals and silence come back as events (R3).
 */
export type Venue = {
  readonly send: (command: VenueCommand) => void;
  readonly close: () => Promise<void>;
  /**
   * Everything told so far has been handled and what follows was sent; the desk next wants to be woken at `wakeAt`.
   * For a venue that may wait for the desk; absent where none does.
   */
  readonly handled?: (wakeAt: EpochMs | null) => void;
};

/** How the reason ends for which only a person can let the desk in: it goes on trying, and cannot know what is new. */
export const START_AGAIN = "then start the desk again";

/**
 * What comes over the link to a venue that owns market time, in the order in which it happened. `linkChanged` with
 * `up` comes after `venueGreeted`; what was told before the link went down is not repeated.
 */
export type FeedEvent =
  | VenueEvent
  | TradeTick
  | Quote
  /** Everything at or before an instant has been told: timers and bars due by then are next. */
  | { readonly kind: "timePassed"; readonly at: EpochMs }
  /** The link stands. Market data up to and including `now` has been played; see `VenueGreeting`. */
  | {
      readonly kind: "venueGreeted";
      readonly now: EpochMs;
      readonly laps: number;
      readonly replaced: boolean;
    }
  /** The venue lets an account open positions, or does not any more. */
  | Extract<InputEvent, { readonly kind: "standingReported" }>
  /** Another desk has taken this one's place: the link is down and does not come back. */
  | { readonly kind: "displaced" }
  | { readonly kind: "marketEnded"; readonly at: EpochMs };

/** Told of everything that one turn of the event loop has brought. */
export type OnFeed = (events: readonly FeedEvent[]) => void;

/** Opens a link to a venue that owns market time and keeps it up. Throws `RangeError` for an address that is none. */
export type ConnectVenue = (address: string, onFeed: OnFeed) => Venue;

import type { VenueCommand } from "#core/desk/command.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from "#core/domain/ids.ts";
import type { Side } from "#core/domain/order.ts";
import type { EpochMs, Lots, SignedLots } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";

// What is said over the local socket of a simulated venue that runs as a process of its own. Every message is one
// line: one value in the canonical text of `core/desk/codec.ts`, ended by a line feed.
//
// Whoever connects says `hello` with its role, the venue answers `hello`. From then on
//   - a desk sends venue commands, one a line, and is told everything in the one order in which it happened: what
//     the venue has to say for an instant, then the market data of that instant, then that the instant has passed.
//     Whatever is due at or before a line's `at` has been told before it. Commands get no answer of their own; what
//     becomes of them comes as reports (R3).
//   - an observer asks, one line each, and gets one line for each, in the same order. It sees the venue's own truth
//     and may change how the venue behaves; it is for tests and proofs, never for a desk.
// The venue serves one desk: a later one displaces it. A line that cannot be read is answered by `refused` and the
// end of the connection. Times are the venue's: it owns market time, and it never goes back.

/** Raised when a line changes its meaning. Both sides refuse another number. */
export const VENUE_PROTOCOL = 2;

/** First line of a connection. */
export type Greeting = {
  readonly kind: "hello";
  readonly protocol: number;
  readonly role: "desk" | "observer";
};

/** Everything a desk may send after its greeting. */
export type DeskLine = VenueCommand;

/** The venue's answer to a greeting. */
export type VenueGreeting = {
  readonly kind: "hello";
  readonly protocol: number;
  /** Market data up to and including this instant has been played; everything later will be told. */
  readonly now: EpochMs;
  /** How often the recorded session is played; see `lapped-data.ts`. */
  readonly laps: number;
  /** Whether another desk was connected and had to make room for this one. */
  readonly replaced: boolean;
};

/** Everything the venue says to a desk. */
export type VenueLine =
  | VenueGreeting
  | TradeTick
  | Quote
  | Exclude<VenueEvent, { kind: "linkChanged" }>
  /** Everything up to and including this instant has been told. */
  | { readonly kind: "clock"; readonly at: EpochMs }
  /** The recorded data is at its end: time stands still from here on. */
  | { readonly kind: "marketEnded"; readonly at: EpochMs }
  /** Another desk has connected; this connection ends. */
  | { readonly kind: "displaced" }
  | { readonly kind: "refused"; readonly reason: string };

/** What an observer may ask. */
export type ObserverLine =
  | { readonly kind: "holdings" }
  | { readonly kind: "orders" }
  /** Market seconds per second of the wall, from now on. */
  | { readonly kind: "setSpeed"; readonly speed: number }
  /** While `hold` is true, reports and snapshots wait at the venue; market data goes on. */
  | { readonly kind: "setHold"; readonly hold: boolean };

/** What an observer is told. */
export type ObservedLine =
  | VenueGreeting
  | VenueHoldings
  | VenueOrders
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly reason: string };

/** What the venue holds for each account at one instant. */
export type VenueHoldings = {
  readonly kind: "holdings";
  readonly now: EpochMs;
  readonly positions: readonly {
    readonly accountId: AccountId;
    readonly instrument: InstrumentId;
    readonly qty: SignedLots;
  }[];
  readonly working: readonly {
    readonly accountId: AccountId;
    readonly clientOrderId: ClientOrderId | null;
    readonly venueOrderId: VenueOrderId;
    readonly side: Side;
    readonly qty: Lots;
    readonly filledQty: Lots;
  }[];
};

/** Every order a desk has sent, oldest first: the last `ORDERS_AUDITED` of them. */
export type VenueOrders = {
  readonly kind: "orders";
  readonly orders: readonly AuditedOrder[];
  /** Fills of all accounts. */
  readonly fills: number;
};

export type AuditedOrder = {
  readonly accountId: AccountId;
  readonly clientOrderId: ClientOrderId;
  /** How often it was sent; once, if all is well. */
  readonly received: number;
  /** When it first came, by the clock on the wall. */
  readonly receivedAt: EpochMs;
  /** Whether the venue accepted it. */
  readonly taken: boolean;
};

import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from "./ids.ts";
import type { Fill, OrderTerms, Side } from "./order.ts";
import type { EpochMs, Lots, Money, SignedLots, Ticks } from "./units.ts";

/** Anything the venue, or the silence of the venue, says about one order. */
export type OrderReport =
  | {
      readonly kind: "accepted";
      readonly clientOrderId: ClientOrderId;
      readonly venueOrderId: VenueOrderId;
    }
  | { readonly kind: "rejected"; readonly clientOrderId: ClientOrderId; readonly reason: string }
  | { readonly kind: "unconfirmed"; readonly clientOrderId: ClientOrderId; readonly reason: string }
  | { readonly kind: "filled"; readonly clientOrderId: ClientOrderId; readonly fill: Fill }
  /** The venue took an execution back, and what came of it. */
  | { readonly kind: "voided"; readonly clientOrderId: ClientOrderId; readonly fill: Fill }
  | {
      readonly kind: "canceled";
      readonly clientOrderId: ClientOrderId;
      /** Lots the venue counts as filled; the order is at its end when our fills equal it (R6). */
      readonly venueFilledQty: Lots;
      readonly reason: string;
    }
  | {
      readonly kind: "expired";
      readonly clientOrderId: ClientOrderId;
      readonly venueFilledQty: Lots;
      readonly reason: string;
    }
  | {
      readonly kind: "cancelRejected";
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    }
  | {
      readonly kind: "modified";
      readonly clientOrderId: ClientOrderId;
      readonly qty: Lots;
      readonly terms: OrderTerms;
    }
  | {
      readonly kind: "modifyRejected";
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    };

/** One order as the venue lists it. `clientOrderId` is null for orders placed elsewhere without one. */
export type VenueOrder = {
  readonly clientOrderId: ClientOrderId | null;
  readonly venueOrderId: VenueOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly qty: Lots;
  readonly filledQty: Lots;
  readonly terms: OrderTerms;
  readonly reduceOnly: boolean;
  readonly state: "working" | "filled" | "canceled" | "rejected" | "expired";
  /** When the venue took it, by its clock; absent where it does not say. */
  readonly placedAt?: EpochMs;
};

/** One open position as the venue lists it. */
export type VenuePosition = {
  readonly instrument: InstrumentId;
  readonly qty: SignedLots;
  /** Volume-weighted, in ticks; may lie between two ticks. */
  readonly avgEntryTicks: number;
};

/**
 * A leg that a venue holds back until its entry fills: it is present, but it does not work yet and has no price. Told
 * by venues that hold brackets.
 */
export type SuspendedLeg = {
  readonly clientOrderId: ClientOrderId | null;
  readonly venueOrderId: VenueOrderId;
  /** The entry it belongs to. */
  readonly entryId: VenueOrderId | null;
  readonly instrument: InstrumentId;
  readonly role: "stopLoss" | "takeProfit";
  readonly side: Side;
  readonly qty: Lots;
};

/** What the venue says of an account as a whole. */
export type AccountStanding = {
  /** Whether it may open positions. */
  readonly canTrade: boolean;
  /** With everything that is realized, fees included. */
  readonly balance: Money;
};

/**
 * An authoritative answer about one account: every order the venue took since `since`, every fill since `since`,
 * every open position, all as of one instant of the venue's clock.
 */
export type AccountSnapshot = {
  readonly accountId: AccountId;
  readonly since: EpochMs;
  readonly asOf: EpochMs;
  readonly orders: readonly VenueOrder[];
  readonly fills: readonly Fill[];
  readonly positions: readonly VenuePosition[];
  /** Executions since `since` that the venue took back; absent where it takes none back. */
  readonly voided?: readonly Fill[];
  /** Absent where the venue holds no legs back. */
  readonly suspended?: readonly SuspendedLeg[];
  /** Absent where the venue did not tell it with the lists. */
  readonly standing?: AccountStanding;
};

/** Best known prices of an instrument; `null` while a side is unknown. */
export type Touch = {
  readonly bidPrice: Ticks | null;
  readonly askPrice: Ticks | null;
  readonly lastPrice: Ticks | null;
};

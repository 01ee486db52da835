import type { SubmitOrder } from "#core/desk/command.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from "#core/domain/ids.ts";
import type { Bracket, OrderTerms, Side, TimeInForce } from "#core/domain/order.ts";
import type { VenueOrder } from "#core/domain/report.ts";
import { type EpochMs, type Lots, NO_LOTS, type Ticks } from "#core/domain/units.ts";

/**
 * What a working order waits for. `stop`: its stop price. `market`: a market to meet, at once if
 * there is one. `sweeping`: the next prints, after it took what the touch showed. `limit`: its price.
 */
export type Phase = "stop" | "market" | "sweeping" | "limit";

export type LegKind = "stopLoss" | "takeProfit";

/** What a bracket leg is a leg of. */
export type Leg = { readonly entryId: ClientOrderId; readonly kind: LegKind };

/**
 * An order as the venue holds it: plain data, changed in place by the venue alone. Everything the
 * venue knows of an order is in here, so a copy of it is enough to put the order back.
 */
export type BookOrder = {
  readonly accountId: AccountId;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly bracket: Bracket | null;
  readonly leg: Leg | null;
  /** Counts the orders of the venue. */
  readonly number: number;
  readonly takenAt: EpochMs;
  qty: Lots;
  /** As modified last. The stop price of a trailing stop is where it has trailed to. */
  terms: OrderTerms;
  status: VenueOrder["state"];
  phase: Phase;
  /** When it reached its end; null while it has not. */
  endedAt: EpochMs | null;
  filledQty: Lots;
  /** Sum of price x lots over its fills. */
  filledValue: number;
  /** Orders at one price trade in ascending priority. */
  priority: number;
  /** Lots of others that trade before it at its price; null while nothing tells. */
  queueAhead: Lots | null;
  /** A leg whose price was chosen by a modify: later fills of the entry leave it there. */
  isPinned: boolean;
};

/** What the venue adds to a command. */
export type Taken = {
  readonly number: number;
  readonly venueOrderId: VenueOrderId;
  readonly takenAt: EpochMs;
  readonly leg: Leg | null;
};

export function bookOrder(command: SubmitOrder, taken: Taken): BookOrder {
  return {
    accountId: command.accountId,
    clientOrderId: command.clientOrderId,
    venueOrderId: taken.venueOrderId,
    instrument: command.instrument,
    side: command.side,
    timeInForce: command.timeInForce,
    reduceOnly: command.reduceOnly,
    bracket: command.bracket,
    leg: taken.leg,
    number: taken.number,
    takenAt: taken.takenAt,
    qty: command.qty,
    terms: command.terms,
    status: "working",
    phase: firstPhase(command.terms),
    endedAt: null,
    filledQty: NO_LOTS,
    filledValue: 0,
    priority: taken.number,
    queueAhead: null,
    isPinned: false,
  };
}

export function firstPhase(terms: OrderTerms): Phase {
  switch (terms.type) {
    case "market":
      return "market";
    case "limit":
      return "limit";
    case "stop":
    case "stopLimit":
    case "trailingStop":
      return "stop";
  }
}

/** What an order becomes when its stop price is reached. */
export function triggeredPhase(terms: OrderTerms): Phase {
  return terms.type === "stopLimit" ? "limit" : "market";
}

export function openLots(order: BookOrder): number {
  return order.qty - order.filledQty;
}

export function isEnded(order: BookOrder): boolean {
  return order.endedAt !== null;
}

/** The worst price it accepts; null when it takes any. */
export function limitOf(terms: OrderTerms): Ticks | null {
  return terms.type === "limit" || terms.type === "stopLimit" ? terms.limitPrice : null;
}

/** The price that triggers it; null when none does. */
export function stopOf(terms: OrderTerms): Ticks | null {
  return terms.type === "market" || terms.type === "limit" ? null : terms.stopPrice;
}

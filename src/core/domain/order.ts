import type {
  AccountId,
  BotId,
  ClientOrderId,
  FillId,
  InstrumentId,
  RequestId,
  VenueOrderId,
} from "./ids.ts";
import type { EpochMs, Lots, Money, Ticks } from "./units.ts";

export type Side = "buy" | "sell";
export type TimeInForce = "day" | "gtc" | "ioc" | "fok";

/** What an order waits for and accepts. `trailTicks` is the distance behind the best price since placement. */
export type OrderTerms =
  | { readonly type: "market" }
  | { readonly type: "limit"; readonly limitPrice: Ticks }
  | { readonly type: "stop"; readonly stopPrice: Ticks }
  | { readonly type: "stopLimit"; readonly stopPrice: Ticks; readonly limitPrice: Ticks }
  | { readonly type: "trailingStop"; readonly stopPrice: Ticks; readonly trailTicks: Ticks };

/** Distances from the fill price, both positive. The legs exist once the entry has filled. */
export type Bracket = {
  readonly stopLossTicks: Ticks;
  readonly takeProfitTicks: Ticks | null;
};

/** The id of a leg that a venue makes out of a bracket; the entry's id may have three characters less than others. */
export function venueLegId(entryId: ClientOrderId, leg: "stopLoss" | "takeProfit"): ClientOrderId {
  return `${entryId}${leg === "stopLoss" ? "-SL" : "-TP"}` as ClientOrderId;
}

/** Who wants the order. `desk` is the desk itself: bracket legs and risk closes. */
export type OrderSource =
  | { readonly kind: "person"; readonly name: string }
  | { readonly kind: "bot"; readonly botId: BotId }
  | { readonly kind: "desk" }
  | { readonly kind: "external" };

/** Why it exists. Everything but `entry` may only shrink a position. */
export type OrderPurpose = "entry" | "exit" | "stopLoss" | "takeProfit" | "riskClose";

/** What a strategy, a person or the desk itself wants, before the gate has seen it. */
export type OrderIntent = {
  readonly accountId: AccountId;
  readonly instrument: InstrumentId;
  readonly source: OrderSource;
  readonly purpose: OrderPurpose;
  readonly side: Side;
  readonly qty: Lots;
  readonly terms: OrderTerms;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly bracket: Bracket | null;
  /** The entry a leg protects. */
  readonly parent: ClientOrderId | null;
  /** The request that asked for it, if a person or program did. */
  readonly requestId: RequestId | null;
};

/** A change asked of the venue and not yet answered. The order can still fill meanwhile. */
export type PendingChange =
  | {
      readonly kind: "cancel";
      readonly since: EpochMs;
      /** The largest quantity it may have at the venue: a change asked for before is not undone by the cancel. */
      readonly mayBeQty: Lots;
    }
  | {
      readonly kind: "modify";
      readonly since: EpochMs;
      readonly qty: Lots;
      readonly terms: OrderTerms;
    };

/**
 * Where an order is. `queued`: approved, not sent. `inFlight`: sent, no answer yet. `unconfirmed`: no readable
 * answer, so it may exist (R3). `working`: accepted and able to fill. The rest are closed; a closed order still
 * takes fills that arrive late (R6, R7).
 */
export type OrderStatus =
  | { readonly kind: "queued" }
  | { readonly kind: "inFlight"; readonly since: EpochMs }
  | { readonly kind: "unconfirmed"; readonly since: EpochMs }
  | { readonly kind: "working" }
  | { readonly kind: "filled"; readonly at: EpochMs }
  | { readonly kind: "canceled"; readonly at: EpochMs; readonly reason: string }
  | { readonly kind: "rejected"; readonly at: EpochMs; readonly reason: string }
  | { readonly kind: "expired"; readonly at: EpochMs; readonly reason: string };

/** An intent that passed the gate, and what became of it. */
export type Order = Omit<OrderIntent, "requestId"> & {
  readonly clientOrderId: ClientOrderId;
  readonly requestId: RequestId | null;
  readonly venueOrderId: VenueOrderId | null;
  readonly approvedAt: EpochMs;
  /** Until when it may wait in our queue. */
  readonly queueUntil: EpochMs;
  readonly status: OrderStatus;
  readonly change: PendingChange | null;
  /** When the last change that the venue has confirmed was asked for; absent before the first one. */
  readonly changedAt?: EpochMs;
  readonly filledQty: Lots;
  /** Lots filled at the venue by its own count; above `filledQty` while fills are still to be told (R6). */
  readonly venueFilledQty: Lots;
};

/** One execution of part or all of an order, as the venue told it. */
export type Fill = {
  readonly fillId: FillId;
  readonly clientOrderId: ClientOrderId;
  readonly accountId: AccountId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly qty: Lots;
  readonly price: Ticks;
  /** Fees and commissions of this fill, positive when paid. */
  readonly fee: Money;
  /** The venue did not tell all of the fee: what it told is the least, and a table says the rest. */
  readonly isFeeEstimated?: true;
  /** What it realized before fees by the venue's own word; absent where the venue does not say. */
  readonly grossPnl?: Money;
  readonly at: EpochMs;
};

export function isClosed(order: Order): boolean {
  const { kind } = order.status;
  return kind === "filled" || kind === "canceled" || kind === "rejected" || kind === "expired";
}

/** Lots that may still fill. A closed order may owe fills that the venue counted and has not told yet. */
export function openQty(order: Order): Lots {
  const until = isClosed(order) ? order.venueFilledQty : order.qty;
  return Math.max(0, until - order.filledQty) as Lots;
}

/** The largest quantity an order may have at the venue, an unanswered change included. */
export function qtyAtMost({ qty, change }: Pick<Order, "qty" | "change">): Lots {
  if (change === null) return qty;
  const asked = change.kind === "modify" ? change.qty : change.mayBeQty;
  return Math.max(qty, asked) as Lots;
}

export function oppositeSide(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}

/** +1 for buy, -1 for sell. */
export function sideSign(side: Side): 1 | -1 {
  return side === "buy" ? 1 : -1;
}

/** The price an order is about: its limit, or what triggers it. Undefined for a market order. */
export function priceOf(terms: OrderTerms): Ticks | undefined {
  switch (terms.type) {
    case "market":
      return undefined;
    case "limit":
      return terms.limitPrice;
    case "stop":
    case "stopLimit":
    case "trailingStop":
      return terms.stopPrice;
  }
}

/** The worst price an order accepts, where it says one. */
export function limitOf(terms: OrderTerms): Ticks | undefined {
  return terms.type === "limit" || terms.type === "stopLimit" ? terms.limitPrice : undefined;
}

export function sameTerms(a: OrderTerms, b: OrderTerms): boolean {
  return (
    a.type === b.type &&
    priceOf(a) === priceOf(b) &&
    limitOf(a) === limitOf(b) &&
    trailOf(a) === trailOf(b)
  );
}

function trailOf(terms: OrderTerms): Ticks | undefined {
  return terms.type === "trailingStop" ? terms.trailTicks : undefined;
}

import type { SubmitOrder } from "#core/desk/command.ts";
import {
  type Bracket,
  type Fill,
  type OrderTerms,
  oppositeSide,
  venueLegId,
} from "#core/domain/order.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { type EpochMs, type Lots, NO_LOTS } from "#core/domain/units.ts";
import {
  type BookOrder,
  isEnded,
  type Leg,
  type LegKind,
  limitOf,
  openLots,
} from "./book-order.ts";
import { legsOf, legTerms, otherLeg } from "./brackets.ts";
import type { OrderRegistry } from "./order-registry.ts";
import type { Execution, VenueOptions } from "./venue-options.ts";

export type Report = (at: EpochMs, report: OrderReport) => void;

/** What an order takes from the market. `qty` is at most what it has open. */
export type Take = Pick<Execution, "price" | "liquidity" | "at"> & { readonly qty: number };

/**
 * What happens to orders once it is decided: they are accepted, filled, canceled and expire, and
 * their brackets, positions and reports follow. It decides neither about prices nor quantities.
 */
export class OrderLifecycle {
  readonly #options: VenueOptions;
  readonly #registry: OrderRegistry;
  readonly report: Report;
  #woken: BookOrder[] = [];

  constructor(options: VenueOptions, registry: OrderRegistry, report: Report) {
    this.#options = options;
    this.#registry = registry;
    this.report = report;
  }

  /** Legs that were placed or moved and have yet to meet the market; each is told once. */
  takeWoken(): readonly BookOrder[] {
    const woken = this.#woken;
    this.#woken = [];
    return woken;
  }

  accept(command: SubmitOrder, at: EpochMs): BookOrder {
    const order = this.#registry.take(command, at);
    this.#registry.work(order);
    this.#reportAccepted(order, at);
    return order;
  }

  reject(command: SubmitOrder, at: EpochMs, reason: string): void {
    // Its legs never come to be, so their ids stay free.
    const order = this.#registry.take({ ...command, bracket: null }, at);
    order.status = "rejected";
    order.endedAt = at;
    this.#registry.account(order.accountId).ended.push(order);
    this.report(at, { kind: "rejected", clientOrderId: command.clientOrderId, reason });
  }

  cancel(order: BookOrder, at: EpochMs, reason: string): void {
    this.#registry.end(order, "canceled", at);
    const { clientOrderId, filledQty } = order;
    this.report(at, { kind: "canceled", clientOrderId, venueFilledQty: filledQty, reason });
    this.#dropLegs(order, at, "the entry was canceled unfilled");
  }

  expire(order: BookOrder, at: EpochMs): void {
    const reason = "the trading day ended";
    this.#registry.end(order, "expired", at);
    const { clientOrderId, filledQty } = order;
    this.report(at, { kind: "expired", clientOrderId, venueFilledQty: filledQty, reason });
    this.#dropLegs(order, at, "the entry expired unfilled");
  }

  /** Gives a working order a new total quantity, above what it has filled, and new terms. */
  change(order: BookOrder, qty: Lots, terms: OrderTerms, at: EpochMs): void {
    const keepsPlace = qty <= order.qty && limitOf(terms) === limitOf(order.terms);
    if (!keepsPlace) this.#registry.loseQueuePlace(order);
    order.qty = qty;
    order.terms = terms;
    this.#registry.bookOf(order).remeasure();
    this.report(at, { kind: "modified", clientOrderId: order.clientOrderId, qty, terms });
  }

  /** Lots an order may fill now: a reduce-only one no more than there is to reduce. */
  fillableLots(order: BookOrder): number {
    const open = openLots(order);
    if (!order.reduceOnly) return open;
    const net = this.#registry.account(order.accountId).netLots(order.instrument);
    return Math.min(open, Math.max(0, order.side === "buy" ? -net : net));
  }

  /** Fills an order, cut to what it may; a reduce-only one that wanted more ends there. Returns the lots filled. */
  fill(order: BookOrder, take: Take): number {
    const qty = Math.min(take.qty, this.fillableLots(order));
    if (qty > 0) this.#book(order, { ...take, qty });
    if (qty < take.qty) {
      this.cancel(order, take.at, "reduce only: there is no position left to reduce");
    }
    return qty;
  }

  #book(order: BookOrder, take: Take): void {
    const { accountId, clientOrderId, instrument, side } = order;
    const { price, liquidity, at } = take;
    const qty = take.qty as Lots;
    const fillId = this.#registry.nextFillId();
    const fee = this.#options.feeOf({ accountId, instrument, side, qty, price, liquidity, at });
    const fill: Fill = { fillId, clientOrderId, accountId, instrument, side, qty, price, fee, at };
    order.filledQty = (order.filledQty + qty) as Lots;
    order.filledValue += price * qty;
    this.#registry.account(accountId).book(fill);
    this.report(at, { kind: "filled", clientOrderId, fill });
    if (openLots(order) === 0) this.#registry.end(order, "filled", at);
    if (order.bracket !== null) this.#growLegs(order, order.bracket, fill);
    if (order.leg !== null) this.#followLeg(order, order.leg, fill);
  }

  #reportAccepted(order: BookOrder, at: EpochMs): void {
    const { clientOrderId, venueOrderId } = order;
    this.report(at, { kind: "accepted", clientOrderId, venueOrderId });
  }

  /** An entry that ends unfilled takes its legs along. */
  #dropLegs(entry: BookOrder, at: EpochMs, reason: string): void {
    if (entry.filledQty > 0) return;
    for (const kind of legsOf(entry.bracket)) {
      const clientOrderId = venueLegId(entry.clientOrderId, kind);
      this.report(at, { kind: "canceled", clientOrderId, venueFilledQty: NO_LOTS, reason });
    }
  }

  /** The legs cover what their entry has filled, at distances from the average price of its fills. */
  #growLegs(entry: BookOrder, bracket: Bracket, fill: Fill): void {
    for (const kind of legsOf(bracket)) {
      const terms = legTerms(entry, bracket, kind);
      const leg = this.#registry.orders.get(venueLegId(entry.clientOrderId, kind));
      if (entry.filledQty === fill.qty) this.#placeLeg(entry, kind, terms, fill.at);
      else if (leg !== undefined && !isEnded(leg)) {
        const qty = (leg.qty + fill.qty) as Lots;
        this.change(leg, qty, leg.isPinned ? leg.terms : terms, fill.at);
        this.#woken.push(leg);
      }
    }
  }

  /** A leg works until it is canceled: protection does not end with the trading day. */
  #placeLeg(entry: BookOrder, kind: LegKind, terms: OrderTerms, at: EpochMs): void {
    const command: SubmitOrder = {
      kind: "submitOrder",
      accountId: entry.accountId,
      clientOrderId: venueLegId(entry.clientOrderId, kind),
      instrument: entry.instrument,
      side: oppositeSide(entry.side),
      qty: entry.filledQty,
      terms,
      timeInForce: "gtc",
      reduceOnly: this.#options.bracketLegs === "reduceOnly",
      bracket: null,
    };
    const leg = this.#registry.takeLeg(entry, kind, command, at);
    this.#registry.work(leg);
    this.#reportAccepted(leg, at);
    // The acceptance does not say what was accepted; this does.
    const { clientOrderId, qty } = leg;
    this.report(at, { kind: "modified", clientOrderId, qty, terms });
    this.#woken.push(leg);
  }

  /** A leg takes from the other what it fills, all of it at its end; the entry goes no further. */
  #followLeg(order: BookOrder, { entryId, kind }: Leg, { qty, at }: Fill): void {
    const entry = this.#registry.orders.get(entryId);
    if (entry !== undefined && !isEnded(entry)) this.cancel(entry, at, "a bracket leg filled");
    const other = this.#registry.orders.get(venueLegId(entryId, otherLeg(kind)));
    if (other === undefined || isEnded(other)) return;
    if (isEnded(order) || openLots(other) <= qty) this.cancel(other, at, "the other leg filled");
    else this.change(other, (other.qty - qty) as Lots, other.terms, at);
  }
}

import type { VenueCommand } from "#core/desk/command.ts";
import { invariant } from "#core/domain/invariant.ts";
import { type Fill, type OrderTerms, limitOf } from "#core/domain/order.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { type EpochMs, type Lots, type Ticks, ticks } from "#core/domain/units.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import type { StampSource } from "#practice/projectx/wire/stamp.ts";
import type { Accounts } from "./accounts.ts";
import { type GatewayOrder, ORDER_STATUS, ORDER_TYPE, sideOf } from "./gateway-order.ts";
import type { Orders } from "./orders.ts";
import type { UserEvent } from "./user-event.ts";

export type ReportParts = {
  readonly orders: Orders;
  readonly accounts: Accounts;
  readonly stamps: StampSource;
  /** Hands a command to the matching machine; it takes effect before the next report. */
  readonly send: (command: VenueCommand, at: EpochMs) => void;
  readonly emit: (event: UserEvent) => void;
};

/** Turns what the matching machine reports into orders, trades, positions and balances, and tells the user hub. */
export class ReportBook {
  readonly #parts: ReportParts;
  #refusal: string | undefined;
  /** A stop that became active together with its take profit, which is told first. */
  #heldStop: GatewayOrder | null = null;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** Why the machine refused the last command; told once. */
  takeRefusal(): string | undefined {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    return refusal;
  }

  readonly onReport = (event: VenueEvent): void => {
    if (event.kind !== "orderReported") return;
    const { report, at } = event;
    const order = this.#parts.orders.ofMachine(report.clientOrderId);
    invariant(
      order !== undefined,
      `the machine reports orders it was given, found ${report.clientOrderId}`,
    );
    this.#apply(order, report, at);
  };

  /** Replaces an order and tells of it. */
  change(order: GatewayOrder, to: Partial<GatewayOrder>, at: EpochMs): GatewayOrder {
    const changed = { ...order, ...to, changedAt: at };
    this.#parts.orders.put(changed);
    this.#tell(changed);
    return changed;
  }

  #apply(order: GatewayOrder, report: OrderReport, at: EpochMs): void {
    switch (report.kind) {
      case "accepted":
        return this.#accepted(order, at);
      case "rejected":
        this.#refusal = report.reason;
        return this.#end(order, ORDER_STATUS.rejected, at);
      case "filled":
        return this.#filled(order, report.fill);
      case "canceled":
        return this.#end(order, ORDER_STATUS.canceled, at);
      case "expired":
        return this.#end(order, ORDER_STATUS.expired, at);
      case "modified":
        return this.#modified(order, report.qty, report.terms, at);
      case "cancelRejected":
      case "modifyRejected":
        this.#refusal = report.reason;
        return;
      case "unconfirmed":
      case "voided":
        invariant(false, "the machine answers everything and takes nothing back");
    }
  }

  /** A market order stays pending until it fills; a leg of the machine's bracket is told when its price is. */
  #accepted(order: GatewayOrder, at: EpochMs): void {
    const isOwnLeg = order.status === ORDER_STATUS.suspended && order.limitPrice !== null;
    const rests = order.status === ORDER_STATUS.pending && order.type !== ORDER_TYPE.market;
    const updatedAt = isOwnLeg ? this.#parts.stamps.next(at) : order.updatedAt;
    if (rests || isOwnLeg) this.change(order, { status: ORDER_STATUS.open, updatedAt }, at);
  }

  #filled(order: GatewayOrder, fill: Fill): void {
    const { accounts, stamps, emit } = this.#parts;
    const filledQty = order.filledQty + fill.qty;
    const isWhole = filledQty >= order.size;
    const isLeaving = order.status === ORDER_STATUS.pendingCancellation;
    const changed = this.change(
      order,
      {
        status: isWhole ? ORDER_STATUS.filled : isLeaving ? order.status : ORDER_STATUS.open,
        filledQty,
        filledValue: order.filledValue + fill.price * fill.qty,
      },
      fill.at,
    );
    for (const event of accounts.book(fill, changed, stamps.next(fill.at))) emit(event);
    this.#growLoneTarget(changed, fill.at);
  }

  #modified(order: GatewayOrder, qty: Lots, terms: OrderTerms, at: EpochMs): void {
    const status = order.status === ORDER_STATUS.suspended ? ORDER_STATUS.open : order.status;
    const updatedAt = this.#parts.stamps.next(at);
    const changed = { ...order, ...pricesOf(terms), status, size: qty, updatedAt, changedAt: at };
    this.#parts.orders.put(changed);
    const isStop = order.type === ORDER_TYPE.stop && order.parentId !== null;
    if (status !== order.status && isStop && this.#hasSuspendedSibling(order)) {
      this.#heldStop = changed;
      return;
    }
    this.#tell(changed);
    const held = this.#heldStop;
    this.#heldStop = null;
    if (held !== null) this.#tell(held);
  }

  #end(order: GatewayOrder, status: 3 | 4 | 5, at: EpochMs): void {
    const updatedAt = this.#parts.stamps.next(at);
    this.change(order, { status, updatedAt }, at);
    if (order.filledQty > 0) return;
    // The machine tells of the legs it knows, and it knows none of an order it refused.
    for (const leg of this.#parts.orders.legsOf(order)) {
      const isUnknown = status === ORDER_STATUS.rejected || leg.id === this.#loneTarget(order)?.id;
      if (isUnknown && leg.status === ORDER_STATUS.suspended) {
        this.change(leg, { status: ORDER_STATUS.canceled, updatedAt }, at);
      }
    }
  }

  /** The machine's brackets always have a stop: a take profit alone is placed here, as its entry fills. */
  #growLoneTarget(entry: GatewayOrder, at: EpochMs): void {
    const leg = this.#loneTarget(entry);
    if (leg === undefined || leg.trailTicks === null) return;
    const { orders, accounts, send } = this.#parts;
    const accountId = accounts.get(entry.accountId)?.machineId;
    invariant(accountId !== undefined, "an order has an account");
    const limitPrice = targetTicks(entry, leg.trailTicks);
    const qty = entry.filledQty as Lots;
    const clientOrderId = orders.machineId(leg);
    const terms: OrderTerms = { type: "limit", limitPrice };
    if (leg.status === ORDER_STATUS.suspended) {
      orders.put({ ...leg, limitPrice, size: qty, changedAt: at });
      const instrument = entry.contract.instrument;
      invariant(instrument !== null, "what fills has a market");
      const side = sideOf(leg.side);
      const command = { accountId, clientOrderId, instrument, side, qty, terms } as const;
      const plain = { timeInForce: "gtc", reduceOnly: false, bracket: null } as const;
      send({ kind: "submitOrder", ...command, ...plain }, at);
    } else if (leg.status === ORDER_STATUS.open) {
      send({ kind: "modifyOrder", accountId, clientOrderId, venueOrderId: null, qty, terms }, at);
    }
  }

  #loneTarget(entry: GatewayOrder): GatewayOrder | undefined {
    const legs = this.#parts.orders.legsOf(entry);
    return legs.length === 1 && legs[0]?.type === ORDER_TYPE.limit ? legs[0] : undefined;
  }

  #hasSuspendedSibling({ id, parentId }: GatewayOrder): boolean {
    const entry = parentId === null ? undefined : this.#parts.orders.get(parentId);
    if (entry === undefined) return false;
    return this.#parts.orders
      .legsOf(entry)
      .some((leg) => leg.id !== id && leg.status === ORDER_STATUS.suspended);
  }

  #tell(order: GatewayOrder): void {
    this.#parts.emit({ kind: "order", accountId: order.accountId, order });
  }
}

function pricesOf(terms: OrderTerms): Pick<GatewayOrder, "limitPrice" | "stopPrice"> {
  const isStop = terms.type === "stop" || terms.type === "trailingStop";
  return { limitPrice: limitOf(terms) ?? null, stopPrice: isStop ? terms.stopPrice : null };
}

/** Measured from the average of the entry's fills, rounded toward the entry. */
function targetTicks({ filledValue, filledQty, side }: GatewayOrder, distance: number): Ticks {
  const average = filledValue / filledQty;
  return ticks((side === 0 ? Math.floor(average) : Math.ceil(average)) + distance);
}

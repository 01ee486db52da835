import type { CancelOrder, ModifyOrder, SubmitOrder } from "#core/desk/command.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import {
  ID_IN_USE,
  MARKET_CLOSED,
  modifyRefusal,
  submitRefusal,
  SUSPENDED,
  UNKNOWN_ORDER,
} from "./admission.ts";
import { type BookOrder, isEnded, limitOf, stopOf } from "./book-order.ts";
import { type Matcher, trailed } from "./matcher.ts";
import type { OrderLifecycle } from "./order-lifecycle.ts";
import type { OrderRegistry } from "./order-registry.ts";
import type { VenueOptions } from "./venue-options.ts";

/** Commands that have arrived at the venue: refused with a reason, or carried out. */
export class OrderEntry {
  readonly #options: VenueOptions;
  readonly #registry: OrderRegistry;
  readonly #lifecycle: OrderLifecycle;
  readonly #matcher: Matcher;

  constructor(
    options: VenueOptions,
    registry: OrderRegistry,
    lifecycle: OrderLifecycle,
    matcher: Matcher,
  ) {
    this.#options = options;
    this.#registry = registry;
    this.#lifecycle = lifecycle;
    this.#matcher = matcher;
  }

  /** Returns the order if it was taken. */
  submit(command: SubmitOrder, at: EpochMs): BookOrder | undefined {
    const { clientOrderId } = command;
    if (this.#registry.isTaken(clientOrderId)) {
      // Not recorded: the id stands for the order that has it.
      this.#lifecycle.report(at, { kind: "rejected", clientOrderId, reason: ID_IN_USE });
      return undefined;
    }
    const refusal = this.#submitRefusal(command, at);
    if (refusal !== undefined) {
      this.#lifecycle.reject(command, at, refusal);
      return undefined;
    }
    const order = this.#lifecycle.accept(command, at);
    this.#matcher.meet(order, at);
    return order;
  }

  cancel(command: CancelOrder, at: EpochMs): void {
    const { clientOrderId } = command;
    const order = this.#find(command);
    if (typeof order === "string") {
      this.#lifecycle.report(at, { kind: "cancelRejected", clientOrderId, reason: order });
    } else {
      this.#lifecycle.cancel(order, at, "canceled on request");
    }
  }

  modify(command: ModifyOrder, at: EpochMs): void {
    const order = this.#find(command);
    if (typeof order === "string") return this.#refuseModify(command, at, order);
    const refusal = this.#modifyRefusal(order, command, at);
    if (refusal !== undefined) return this.#refuseModify(command, at, refusal);
    if (command.qty <= order.filledQty) {
      const reason = `modified to ${command.qty}, and ${order.filledQty} have filled`;
      return this.#lifecycle.cancel(order, at, reason);
    }
    const { lastPrice } = this.#registry.bookOf(order).top;
    const terms =
      lastPrice === NO_PRICE ? command.terms : trailed(order.side, command.terms, lastPrice);
    if (limitOf(terms) !== limitOf(order.terms) || stopOf(terms) !== stopOf(order.terms)) {
      order.isPinned = true;
    }
    this.#lifecycle.change(order, command.qty, terms, at);
    this.#matcher.meet(order, at);
  }

  #refuseModify({ clientOrderId }: ModifyOrder, at: EpochMs, reason: string): void {
    this.#lifecycle.report(at, { kind: "modifyRejected", clientOrderId, reason });
  }

  /** The working order that is meant, or why there is none. */
  #find(command: CancelOrder | ModifyOrder): BookOrder | string {
    const order = this.#registry.orders.get(command.clientOrderId);
    if (order === undefined) {
      return this.#registry.isSuspended(command.clientOrderId) ? SUSPENDED : UNKNOWN_ORDER;
    }
    if (order.accountId !== command.accountId) return UNKNOWN_ORDER;
    return isEnded(order) ? `already ${order.status}` : order;
  }

  #submitRefusal(command: SubmitOrder, at: EpochMs): string | undefined {
    const { accountId, instrument } = command;
    const book = this.#registry.books.get(instrument);
    if (!this.#options.accounts.includes(accountId)) return `unknown account ${accountId}`;
    if (book === undefined) return `unknown instrument ${instrument}`;
    if (!this.#options.isOpen(instrument, at)) return MARKET_CLOSED;
    return submitRefusal(command, book.top);
  }

  #modifyRefusal(order: BookOrder, command: ModifyOrder, at: EpochMs): string | undefined {
    if (!this.#options.isOpen(order.instrument, at)) return MARKET_CLOSED;
    return modifyRefusal(order, command, this.#registry.bookOf(order).top);
  }
}

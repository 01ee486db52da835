import type { SubmitOrder } from "#core/desk/command.ts";
import type {
  AccountId,
  ClientOrderId,
  FillId,
  InstrumentId,
  VenueOrderId,
} from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { type BookOrder, bookOrder, isEnded, type LegKind } from "./book-order.ts";
import { legNamed, legsOf } from "./brackets.ts";
import { VenueAccount } from "./venue-accounts.ts";
import { WorkingBook } from "./working-book.ts";

/** How many ids and queue places were given out. */
export type Counters = {
  readonly orders: number;
  readonly fills: number;
  readonly priorities: number;
};

/** Every order the venue knows, where it is kept, and the ids that are given out. */
export class OrderRegistry {
  readonly orders = new Map<ClientOrderId, BookOrder>();
  readonly accounts = new Map<AccountId, VenueAccount>();
  readonly books: ReadonlyMap<InstrumentId, WorkingBook>;
  readonly #idPrefix: string;
  #orderCount = 0;
  #fillCount = 0;
  #priorityCount = 0;

  constructor(instruments: readonly InstrumentId[], idPrefix: string) {
    this.books = new Map(instruments.map((id) => [id, new WorkingBook(id)]));
    this.#idPrefix = idPrefix;
  }

  get counters(): Counters {
    return { orders: this.#orderCount, fills: this.#fillCount, priorities: this.#priorityCount };
  }

  get fillCount(): number {
    return this.#fillCount;
  }

  account(id: AccountId): VenueAccount {
    const known = this.accounts.get(id);
    if (known !== undefined) return known;
    const account = new VenueAccount(id);
    this.accounts.set(id, account);
    return account;
  }

  bookOf(order: BookOrder): WorkingBook {
    const book = this.books.get(order.instrument);
    invariant(
      book !== undefined,
      `an order works in a known instrument, found ${order.instrument}`,
    );
    return book;
  }

  /** Makes an order of a command and reserves the ids of the legs it may get. It does not work yet. */
  take(command: SubmitOrder, at: EpochMs): BookOrder {
    this.#orderCount += 1;
    const order = bookOrder(command, {
      number: this.#orderCount,
      venueOrderId: this.#venueOrderId(this.#orderCount),
      takenAt: at,
      leg: null,
    });
    this.#orderCount += legsOf(order.bracket).length;
    this.loseQueuePlace(order);
    this.orders.set(order.clientOrderId, order);
    return order;
  }

  /** Makes the order of a leg, under the ids reserved for it. */
  takeLeg(entry: BookOrder, kind: LegKind, command: SubmitOrder, at: EpochMs): BookOrder {
    const number = entry.number + legsOf(entry.bracket).indexOf(kind) + 1;
    const order = bookOrder(command, {
      number,
      venueOrderId: this.#venueOrderId(number),
      takenAt: at,
      leg: { entryId: entry.clientOrderId, kind },
    });
    this.loseQueuePlace(order);
    this.orders.set(order.clientOrderId, order);
    return order;
  }

  nextFillId(): FillId {
    this.#fillCount += 1;
    return `${this.#idPrefix}F${this.#fillCount}` as FillId;
  }

  /** Puts an order behind all others at its price. */
  loseQueuePlace(order: BookOrder): void {
    this.#priorityCount += 1;
    order.priority = this.#priorityCount;
    order.queueAhead = null;
  }

  work(order: BookOrder): void {
    this.account(order.accountId).working.add(order);
    this.bookOf(order).add(order);
  }

  end(order: BookOrder, status: "filled" | "canceled" | "expired", at: EpochMs): void {
    order.status = status;
    order.endedAt = at;
    this.bookOf(order).remove(order);
    const account = this.account(order.accountId);
    account.working.delete(order);
    account.ended.push(order);
  }

  /** Is it the id of an order, or of a bracket leg that is or was to come? */
  isTaken(id: ClientOrderId): boolean {
    return this.orders.has(id) || this.#entryOf(id) !== undefined;
  }

  /** Is it the id of a leg whose entry works and has not filled? */
  isSuspended(id: ClientOrderId): boolean {
    const entry = this.#entryOf(id);
    return entry !== undefined && !isEnded(entry) && entry.filledQty === 0;
  }

  /** Puts orders back, in the order they were taken, and goes on counting from `counters`. */
  restore(orders: readonly BookOrder[], counters: Counters): void {
    this.#orderCount = counters.orders;
    this.#fillCount = counters.fills;
    this.#priorityCount = counters.priorities;
    for (const order of orders) {
      this.orders.set(order.clientOrderId, order);
      if (isEnded(order)) this.account(order.accountId).ended.push(order);
      else this.work(order);
    }
    for (const { ended } of this.accounts.values()) {
      ended.sort((a, b) => (a.endedAt as number) - (b.endedAt as number));
    }
  }

  /** Drops what ended before an instant. The ids of the dropped orders may be used again. */
  forget(before: EpochMs): void {
    for (const account of this.accounts.values()) {
      for (const order of account.forget(before)) this.orders.delete(order.clientOrderId);
    }
  }

  #venueOrderId(number: number): VenueOrderId {
    return `${this.#idPrefix}O${number}` as VenueOrderId;
  }

  /** The entry of a leg with this id, if there is or was one with such a bracket. */
  #entryOf(id: ClientOrderId): BookOrder | undefined {
    const named = legNamed(id);
    if (named === undefined) return undefined;
    const entry = this.orders.get(named.entryId);
    return entry !== undefined && legsOf(entry.bracket).includes(named.kind) ? entry : undefined;
  }
}

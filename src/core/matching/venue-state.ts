import type { SubmitOrder, VenueCommand } from "#core/desk/command.ts";
import type { AccountId, ClientOrderId, VenueOrderId } from "#core/domain/ids.ts";
import type { Fill } from "#core/domain/order.ts";
import type { VenuePosition } from "#core/domain/report.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";
import { type BookOrder, bookOrder, triggeredPhase } from "./book-order.ts";
import { legNamed, legsOf } from "./brackets.ts";
import type { Counters, OrderRegistry } from "./order-registry.ts";
import type { VenueEvent } from "./venue-event.ts";
import type { BookMarket } from "./working-book.ts";

/** What is on its way: a command to the venue or an event to the desk. */
export type Underway =
  | { readonly kind: "arrive"; readonly command: VenueCommand }
  | { readonly kind: "tell"; readonly event: VenueEvent };

export type AccountPosition = VenuePosition & { readonly accountId: AccountId };

/** Everything a simulated venue knows, as plain data (with bigint for money). */
export type VenueState = {
  readonly now: EpochMs;
  /** In the order they were taken. */
  readonly orders: readonly Readonly<BookOrder>[];
  /** Of each account in the order they happened. */
  readonly fills: readonly Fill[];
  readonly positions: readonly AccountPosition[];
  readonly markets: readonly BookMarket[];
  readonly counters: Counters;
  /** In the order it arrives. */
  readonly underway: readonly { readonly at: EpochMs; readonly item: Underway }[];
};

export function exportRegistry(registry: OrderRegistry): Omit<VenueState, "now" | "underway"> {
  const accounts = [...registry.accounts.values()];
  return {
    orders: [...registry.orders.values()].map((order) => ({ ...order })),
    fills: accounts.flatMap(({ fills }) => fills),
    positions: accounts.flatMap(({ id, positions }) =>
      [...positions.values()].map((position) => ({ accountId: id, ...position })),
    ),
    markets: [...registry.books.values()].map((book) => book.market()),
    counters: registry.counters,
  };
}

export function restoreRegistry(registry: OrderRegistry, state: VenueState): void {
  registry.restore(
    state.orders.map((order) => ({ ...order })),
    state.counters,
  );
  for (const fill of state.fills) registry.account(fill.accountId).fills.push(fill);
  for (const { accountId, ...position } of state.positions) {
    registry.account(accountId).positions.set(position.instrument, position);
  }
  for (const market of state.markets) registry.books.get(market.instrument)?.restoreMarket(market);
}

/** A working order as the desk knows it from its own journal. */
export type KnownOrder = {
  /** What was sent, with the quantity and terms that hold now. */
  readonly command: SubmitOrder;
  readonly venueOrderId: VenueOrderId;
  readonly takenAt: EpochMs;
  readonly filledQty: Lots;
  /** Sum of price x lots over its fills. */
  readonly filledValue: number;
  /** The entry whose native bracket leg it is. */
  readonly entryId: ClientOrderId | null;
};

/**
 * The state of a venue that was lost with the process that held it, as far as the desk's journal
 * tells. What no report tells starts anew: the market is unknown until the next tick, places in
 * queues are lost, a trailing stop goes on from the stop price it is given.
 */
export function stateFromJournal(known: {
  readonly now: EpochMs;
  readonly orders: readonly KnownOrder[];
  readonly positions: readonly AccountPosition[];
  readonly fills: readonly Fill[];
  readonly counters: Pick<Counters, "orders" | "fills">;
}): VenueState {
  let number = known.counters.orders;
  const orders = known.orders.map((order) => {
    const restored = restoredOrder(order, number + 1);
    number += 1 + legsOf(order.command.bracket).length;
    return restored;
  });
  return {
    now: known.now,
    orders,
    fills: known.fills,
    positions: known.positions,
    markets: [],
    counters: { orders: number, fills: known.counters.fills, priorities: number },
    underway: [],
  };
}

function restoredOrder(known: KnownOrder, number: number): BookOrder {
  const { command, venueOrderId, takenAt, filledQty, filledValue, entryId } = known;
  const named = legNamed(command.clientOrderId);
  const leg = named !== undefined && named.entryId === entryId ? named : null;
  const order = bookOrder(command, { number, venueOrderId, takenAt, leg });
  // What has filled in part was triggered before.
  const phase =
    filledQty > 0 && order.phase === "stop" ? triggeredPhase(command.terms) : order.phase;
  return { ...order, phase, filledQty, filledValue };
}

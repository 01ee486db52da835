import type { VenueCommand } from "#core/desk/command.ts";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { AccountSnapshot, OrderReport } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { QuietPrices, TradeRun } from "#core/market/trade-run.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import { type BookOrder, isEnded } from "./book-order.ts";
import { EventQueue } from "./event-queue.ts";
import { Matcher } from "./matcher.ts";
import { OrderEntry } from "./order-entry.ts";
import { OrderLifecycle } from "./order-lifecycle.ts";
import { OrderRegistry } from "./order-registry.ts";
import type { VenueEvent } from "./venue-event.ts";
import { checkOptions, type VenueOptions } from "./venue-options.ts";
import { exportRegistry, restoreRegistry, type Underway, type VenueState } from "./venue-state.ts";
import type { WorkingBook } from "./working-book.ts";

// The trading day ends before anything else that happens at the same instant.
const RANK_EXPIRY = 0;
const RANK_TRAFFIC = 1;

type Effect = Underway | { readonly kind: "expire"; readonly order: BookOrder };

/**
 * A venue as a machine: commands and market data in, reports out, the same ones for the same input.
 * It holds no clock. What it does depends on the instants it is given and never on how often, or in
 * how large steps, it is asked, as long as the owner keeps this order:
 *
 * - Before every trade or quote, while `nextDueAt <= tick.at`, call `runDue(tick.at, emit)`: what
 *   the venue has scheduled for an instant comes before the market data of that instant.
 * - Commands may be handed over at any time, also from within `emit`; `at` never falls.
 * - Market data comes in time order. What comes late takes effect when it comes: the venue's own
 *   time never runs backwards.
 *
 * A command takes effect `toVenueMs` after it was handed over; a report reaches the desk
 * `toDeskMs` after what it tells. A fill carries the venue's time, its event the desk's.
 *
 * Stops wait for trades: quotes never trigger them. A print without a quantity is not a trade: it
 * fills, triggers and trails nothing. While an instrument is closed its market is followed and no
 * order does anything.
 */
export class SimulatedVenue {
  readonly #options: VenueOptions;
  readonly #queue = new EventQueue<Effect>();
  readonly #registry: OrderRegistry;
  readonly #lifecycle: OrderLifecycle;
  readonly #matcher: Matcher;
  readonly #entry: OrderEntry;
  #now = 0 as EpochMs;
  /** The book of the last tick: neighbors on a tape mostly share theirs. */
  #lastBook: WorkingBook | undefined;

  constructor(options: VenueOptions) {
    checkOptions(options);
    this.#options = options;
    this.#registry = new OrderRegistry(options.instruments, options.idPrefix);
    this.#lifecycle = new OrderLifecycle(options, this.#registry, (at, report) =>
      this.#report(at, report),
    );
    this.#matcher = new Matcher(options.fillModel, this.#registry, this.#lifecycle);
    this.#entry = new OrderEntry(options, this.#registry, this.#lifecycle, this.#matcher);
  }

  /** When something is next to be performed; Infinity when nothing is. */
  get nextDueAt(): number {
    return this.#queue.nextAt;
  }

  /** Sends a command on its way. `at` is when it leaves the desk. */
  handle(command: VenueCommand, at: EpochMs): void {
    const arrivesAt = (at + this.#options.latency.toVenueMs) as EpochMs;
    this.#schedule(this.#notBefore(arrivesAt), { kind: "arrive", command });
  }

  /** Performs everything scheduled at or before `until`, in order; events carry their own `at`. */
  runDue(until: EpochMs, emit: (event: VenueEvent) => void): void {
    while (this.#queue.nextAt <= until) {
      const due = this.#queue.pop();
      invariant(due !== undefined, "what is due is in the queue");
      this.#now = this.#notBefore(due.at);
      switch (due.item.kind) {
        case "arrive":
          this.#arrive(due.item.command, this.#now);
          break;
        case "expire":
          if (!isEnded(due.item.order)) this.#lifecycle.expire(due.item.order, this.#now);
          break;
        case "tell":
          emit(due.item.event);
      }
    }
  }

  onTrade(tick: TradeTick): void {
    if (tick.qty === 0) return;
    const book = this.#bookOf(tick.instrument);
    if (book === undefined || !book.onTrade(tick)) return;
    const at = this.#notBefore(tick.at);
    if (!this.#options.isOpen(tick.instrument, at)) return;
    this.#now = at;
    this.#matcher.onTrade(book, { price: tick.price, qty: tick.qty, at });
  }

  /** Trades at these prices fill, trigger and trail nothing, as long as no command arrives. */
  quietPrices(instrument: InstrumentId): QuietPrices | undefined {
    return this.#bookOf(instrument);
  }

  /** `onTrade` for each trade of a run, all of them at quiet prices. */
  onTrades(run: TradeRun): void {
    this.#bookOf(run.instrument)?.top.onTrades(run);
  }

  onQuote(quote: Quote): void {
    const book = this.#bookOf(quote.instrument);
    if (book === undefined || !book.onQuote(quote)) return;
    const at = this.#notBefore(quote.at);
    if (!this.#options.isOpen(quote.instrument, at)) return;
    this.#now = at;
    this.#matcher.onQuote(book, at);
  }

  /**
   * The authoritative state of an account: every order that worked and every fill at or after
   * `since`, every open position. Bracket legs that wait for their entry are not shown.
   */
  snapshot(accountId: AccountId, since: EpochMs, at: EpochMs): AccountSnapshot {
    return this.#registry.account(accountId).snapshot(since, at);
  }

  /** Drops closed orders and fills from before an instant; ids of such orders may be used again. */
  forget(before: EpochMs): void {
    this.#registry.forget(before);
  }

  /** Everything another venue needs to go on as if it were this one, as plain data. */
  exportState(): VenueState {
    const underway = this.#queue
      .list()
      .flatMap(({ at, item }) => (item.kind === "expire" ? [] : [{ at, item }]));
    return { now: this.#now, ...exportRegistry(this.#registry), underway };
  }

  /** Goes on from a state; only for a venue that has done nothing yet. */
  restore(state: VenueState): void {
    invariant(this.#registry.orders.size === 0, "a state is restored into a new venue");
    this.#now = state.now;
    restoreRegistry(this.#registry, state);
    for (const order of this.#registry.orders.values()) {
      if (!isEnded(order)) this.#scheduleExpiry(order);
    }
    for (const { at, item } of state.underway) this.#schedule(at, item);
  }

  #bookOf(instrument: InstrumentId): WorkingBook | undefined {
    if (this.#lastBook?.instrument !== instrument) {
      this.#lastBook = this.#registry.books.get(instrument);
    }
    return this.#lastBook;
  }

  #arrive(command: VenueCommand, at: EpochMs): void {
    switch (command.kind) {
      case "submitOrder": {
        const order = this.#entry.submit(command, at);
        if (order !== undefined && !isEnded(order)) this.#scheduleExpiry(order);
        return;
      }
      case "cancelOrder":
        return this.#entry.cancel(command, at);
      case "modifyOrder":
        return this.#entry.modify(command, at);
      case "requestSnapshot": {
        const snapshot = this.snapshot(command.accountId, command.since, at);
        const toldAt = this.#toldAt(at);
        const event: VenueEvent = { kind: "accountReported", at: toldAt, snapshot };
        this.#schedule(toldAt, { kind: "tell", event });
      }
    }
  }

  #report(at: EpochMs, report: OrderReport): void {
    const toldAt = this.#toldAt(at);
    const event: VenueEvent = { kind: "orderReported", at: toldAt, report };
    this.#schedule(toldAt, { kind: "tell", event });
  }

  #toldAt(at: EpochMs): EpochMs {
    return (at + this.#options.latency.toDeskMs) as EpochMs;
  }

  #schedule(at: EpochMs, item: Underway): void {
    this.#queue.push({ at, rank: RANK_TRAFFIC, item });
  }

  #scheduleExpiry(order: BookOrder): void {
    if (order.timeInForce !== "day") return;
    const at = this.#options.dayEnd(order.instrument, order.takenAt);
    this.#queue.push({ at, rank: RANK_EXPIRY, item: { kind: "expire", order } });
  }

  #notBefore(at: EpochMs): EpochMs {
    return at > this.#now ? at : this.#now;
  }
}

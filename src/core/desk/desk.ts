import type { ClientOrderId, InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeRun } from "#core/market/trade-run.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import { OrderQueue } from "#core/orders/queue.ts";
import type { DenialCode } from "#core/risk/denial.ts";
import { sendDenial } from "#core/risk/gate.ts";
import { type CallbackWatch, Bots } from "#core/strategy/bots.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import type { Command } from "./command.ts";
import { decideInput, resume } from "./decide.ts";
import type { DeskEvent } from "./event.ts";
import type { Fact } from "./fact.ts";
import { MarketViews } from "./market-views.ts";
import { settle } from "./settle.ts";
import { type DeskState, emptyState } from "./state.ts";
import { Turn } from "./turn.ts";

/** What one event led to. Valid until the next `apply`; copy what is to be kept. */
export type Outcome = {
  readonly seq: number;
  readonly facts: readonly Fact[];
  readonly commands: readonly Command[];
};

export type DeskParts = {
  readonly strategies: ReadonlyMap<string, AnyStrategy>;
  readonly watch?: CallbackWatch;
};

/** What a desk begins with: nothing, or the state that a journal was folded into and its last sequence number. */
export type DeskOrigin = { readonly state: DeskState; readonly seq: number };

/**
 * The door. Every change of the desk is one `apply` of one event: it decides, folds the facts it decided on, and
 * returns facts and commands for the journal and the world. It reads no clock, no randomness and no environment;
 * the same events give the same outcomes.
 */
export class Desk {
  readonly #turn: Turn;
  readonly #views = new MarketViews();
  readonly #bots: Bots;
  #seq: number;
  /** The wake-up last asked for. */
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(parts: DeskParts, origin: DeskOrigin = { state: emptyState(), seq: 0 }) {
    this.#turn = new Turn(origin.state, this.#views, new OrderQueue());
    this.#bots = new Bots(this.#turn, parts.strategies, parts.watch);
    this.#seq = origin.seq;
    if (origin.state.session !== null) resume(this.#scene());
  }

  get state(): DeskState {
    return this.#turn.state;
  }

  get market(): MarketViews {
    return this.#views;
  }

  get now(): EpochMs {
    return this.#turn.now;
  }

  get seq(): number {
    return this.#seq;
  }

  /** The next instant at which a bar closes though nothing trades: due a `clockAdvanced`. */
  get nextBarAt(): number {
    return this.#views.dueAt;
  }

  apply(event: DeskEvent): Outcome {
    this.#seq += 1;
    const turn = this.#turn;
    turn.begin(event.at);
    if (event.kind === "tradeTick") this.#onTrade(event);
    else if (event.kind === "quote") this.#onQuote(event);
    else if (event.kind === "clockAdvanced") this.#closeBars(event.at);
    else decideInput(this.#scene(), event);
    if (turn.touched.size > 0 || turn.facts.length > 0) settle(turn, this.#bots);
    if (turn.agenda.dueAt !== this.#wakeAt) this.#askWakeUp();
    return { seq: this.#seq, facts: turn.facts, commands: turn.commands };
  }

  /** Whether trades of an instrument may come as a run: no strategy asks for each, and none opens or ends a bar. */
  takesRuns(instrument: InstrumentId): boolean {
    return !this.#bots.hasTradeListeners && this.#views.of(instrument).takesRuns;
  }

  /** `apply` for each trade of a run, while `takesRuns` and before `nextBarAt`: nothing comes of any of them. */
  applyRun(run: TradeRun): void {
    this.#seq += run.count;
    this.#turn.begin(run.lastAt);
    this.#views.of(run.instrument).onTrades(run);
  }

  /** Asked in the same turn as the socket write: why a released order may no longer go, if it may not. */
  maySend(id: ClientOrderId): DenialCode | undefined {
    const order = this.#turn.state.openOrders.get(id);
    return order === undefined ? "accountUnknown" : sendDenial(order, this.#turn.view);
  }

  #onTrade(tick: TradeTick): void {
    const market = this.#views.of(tick.instrument);
    if (tick.at >= market.dueAt) this.#closeBars(tick.at);
    this.#views.onTrade(market, tick, this.#onBar);
    if (this.#bots.hasTradeListeners) this.#bots.onTrade(tick);
  }

  /** A quote that ends a minute is part of it: bars that end at its instant close after it. */
  #onQuote(quote: Quote): void {
    const market = this.#views.of(quote.instrument);
    if (quote.at > market.dueAt) this.#closeBars((quote.at - 1) as EpochMs);
    market.onQuote(quote);
    if (this.#bots.hasQuoteListeners) this.#bots.onQuote(quote);
  }

  #closeBars(at: EpochMs): void {
    for (let bar = this.#views.takeDue(at); bar !== undefined; bar = this.#views.takeDue(at)) {
      this.#bots.onBar(bar);
    }
  }

  readonly #onBar = (bar: Parameters<Bots["onBar"]>[0]): void => {
    this.#bots.onBar(bar);
  };

  /** One wake-up stands at a time: for the earliest deadline. One that came to nothing is harmless. */
  #askWakeUp(): void {
    const { dueAt } = this.#turn.agenda;
    this.#wakeAt = dueAt;
    if (Number.isFinite(dueAt)) this.#turn.ask({ kind: "setTimer", dueAt: dueAt as EpochMs });
  }

  #scene() {
    return { turn: this.#turn, views: this.#views, bots: this.#bots };
  }
}

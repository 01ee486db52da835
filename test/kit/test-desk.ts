import type { Command } from "#core/desk/command.ts";
import { isVenueCommand, type VenueCommand } from "#core/desk/command.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import { Desk, type DeskParts } from "#core/desk/desk.ts";
import type { DeskEvent, InputEvent } from "#core/desk/event.ts";
import { evolve } from "#core/desk/evolve.ts";
import type { Fact } from "#core/desk/fact.ts";
import type { Request, RequestResult } from "#core/desk/request.ts";
import { type DeskState, emptyState, findOrder, findPosition } from "#core/desk/state.ts";
import { feePerSide } from "#core/domain/fees.ts";
import { type ClientOrderId, type InstrumentId, requestId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Order } from "#core/domain/order.ts";
import type { Position } from "#core/domain/position.ts";
import type { AccountSnapshot, OrderReport } from "#core/domain/report.ts";
import { CME_ROLL, nextRoll, tradingDayOf } from "#core/domain/trading-day.ts";
import { type EpochMs, type Money, epochMs, lots, ticks } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import type { VenueOptions } from "#core/matching/venue-options.ts";
import { GOLD, OPENING, aSessionConfig, anEntry } from "./builders.ts";

/** One event with what it led to, as a journal keeps it. */
export type Step = {
  readonly seq: number;
  readonly event: DeskEvent;
  readonly facts: readonly Fact[];
  readonly commands: readonly Command[];
};

export type TestDeskOptions = {
  readonly session?: Partial<SessionConfig>;
  readonly venue?: Partial<VenueOptions>;
  readonly parts?: Partial<DeskParts>;
};

/** More events at one instant than any scenario needs: beyond it desk and venue chase each other. */
const EVENTS_AT_ONCE_MAX = 1_000;

/**
 * A real desk and a real simulated venue on event time. It begins with an open session, a started desk, the venue's
 * first snapshot and a quote of gold at 26,500 / 26,501. By default nothing takes time on the way. At each instant come
 * what the venue tells, the desk's timers, bars, then market data.
 */
export class TestDesk {
  readonly venue: SimulatedVenue;
  readonly steps: Step[] = [];
  /** What becomes of an event on its way from the venue. Held ones wait for `tellHeld`. */
  answers: (event: VenueEvent) => "tell" | "lose" | "hold" = () => "tell";
  /** What becomes of a command on its way to the venue. */
  orders: (command: VenueCommand) => "send" | "lose" = () => "send";
  readonly #parts: DeskParts;
  #desk: Desk;
  #now = OPENING;
  #wakeAt = Number.POSITIVE_INFINITY;
  #epoch = 1;
  #requests = 0;
  #held: VenueEvent[] = [];

  constructor({ session, venue, parts }: TestDeskOptions = {}) {
    const config = aSessionConfig(session);
    this.#parts = { strategies: new Map(), ...parts };
    this.venue = new SimulatedVenue({ ...venueOf(config), ...venue });
    this.#desk = new Desk(this.#parts);
    this.apply({ kind: "sessionOpened", at: this.#now, config });
    this.apply({ kind: "deskStarted", at: this.#now, epoch: this.#epoch });
    this.advance(0);
    this.quote(26_500, 26_501);
  }

  get desk(): Desk {
    return this.#desk;
  }

  get state(): DeskState {
    return this.#desk.state;
  }

  get now(): EpochMs {
    return this.#now;
  }

  get facts(): readonly Fact[] {
    return this.steps.flatMap((step) => step.facts);
  }

  get commands(): readonly Command[] {
    return this.steps.flatMap((step) => step.commands);
  }

  /** The events that the desk was given, for another desk. */
  get events(): readonly DeskEvent[] {
    return this.steps.map((step) => step.event);
  }

  /** The facts that something leads to, as far as it goes at this instant or in the time it lets pass. */
  factsOf(act: () => void): readonly Fact[] {
    return this.#during(act).flatMap((step) => step.facts);
  }

  commandsOf(act: () => void): readonly Command[] {
    return this.#during(act).flatMap((step) => step.commands);
  }

  order(id: ClientOrderId): Order {
    const order = findOrder(this.state, id);
    invariant(order !== undefined, `the desk knows order ${id}`);
    return order;
  }

  position(instrument: InstrumentId = GOLD.id): Position | undefined {
    const [account] = this.state.accounts.keys();
    return account === undefined ? undefined : findPosition(this.state, account, instrument);
  }

  /** Gives the desk one event and the venue what the desk asks for; what is due at once follows. */
  apply(event: DeskEvent): Step {
    const step = this.#step(event);
    this.advance(0);
    return step;
  }

  /** Asks as a person and returns the answer. */
  request(
    request: Request,
    as: { readonly id?: string; readonly by?: string } = {},
  ): RequestResult {
    this.#requests += 1;
    const id = requestId(as.id ?? `R${this.#requests}`);
    const { commands } = this.apply({
      kind: "requestReceived",
      at: this.#now,
      requestId: id,
      by: as.by ?? "ann",
      request,
    });
    const reply = commands.find((command) => command.kind === "reply");
    invariant(reply !== undefined, "every request is answered");
    return reply.result;
  }

  /** Asks for the order of `anEntry`, which must pass the gate. */
  place(overrides: Parameters<typeof anEntry>[0] = {}): ClientOrderId {
    const result = this.request(anEntry(overrides));
    invariant(result.kind === "accepted", `the order is accepted, found ${JSON.stringify(result)}`);
    const [id] = result.clientOrderIds;
    invariant(id !== undefined, "an accepted order has an id");
    return id;
  }

  /** What the venue might say of itself, as of now. */
  report(report: OrderReport): Step {
    return this.apply({ kind: "orderReported", at: this.#now, report });
  }

  /** A list that the venue might send now, holding nothing but what is said. */
  list(held: Partial<AccountSnapshot> = {}): Step {
    const [accountId] = this.state.accounts.keys();
    invariant(accountId !== undefined, "the session has an account");
    const nothing = { since: epochMs(0), orders: [], fills: [], positions: [] };
    const snapshot: AccountSnapshot = { accountId, asOf: this.#now, ...nothing, ...held };
    return this.apply({ kind: "accountReported", at: this.#now, snapshot });
  }

  trade(
    price: number,
    at: { readonly qty?: number; readonly instrument?: InstrumentId } = {},
  ): void {
    const { qty = 1, instrument = GOLD.id } = at;
    const tick = { price: ticks(price), qty: lots(qty), aggressor: "unknown" } as const;
    const event = { kind: "tradeTick", at: this.#now, instrument, ...tick } as const;
    this.advance(0);
    this.venue.onTrade(event);
    this.apply(event);
  }

  quote(bid: number, ask: number, instrument: InstrumentId = GOLD.id): void {
    const bidSide = { bidPrice: ticks(bid), bidQty: lots(10) };
    const askSide = { askPrice: ticks(ask), askQty: lots(10) };
    const event = { kind: "quote", at: this.#now, instrument, ...bidSide, ...askSide } as const;
    this.advance(0);
    this.venue.onQuote(event);
    this.apply(event);
  }

  /** Lets time pass: everything due happens at its instant. */
  advance(ms: number): void {
    const until = epochMs(this.#now + ms);
    for (let next = this.#nextAt(); next <= until; next = this.#nextAt()) {
      if (next > this.#now) this.#now = epochMs(next);
      this.#happen();
    }
    this.#now = until;
  }

  /** Delivers what was held back, now, in its order. */
  tellHeld(): void {
    for (const event of this.#held.splice(0)) this.apply({ ...event, at: this.#now });
  }

  /** Stops the process and starts another: only the facts survive. The venue and what it still has to tell go on. */
  restart(): void {
    this.#desk = new Desk(this.#parts, { state: this.folded(), seq: this.#desk.seq });
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#epoch += 1;
    this.apply({ kind: "deskStarted", at: this.#now, epoch: this.#epoch });
  }

  /** The state that recovery finds: the recorded facts, folded. */
  folded(): DeskState {
    const state = emptyState();
    for (const fact of this.facts) evolve(state, fact);
    return state;
  }

  /** Asks the venue for its truth and lets it arrive, as a reconciliation does. */
  reconcile(): void {
    const [accountId] = this.state.accounts.keys();
    invariant(accountId !== undefined, "the session has an account");
    this.list(this.venue.snapshot(accountId, epochMs(0), this.#now));
  }

  #during(act: () => void): readonly Step[] {
    const before = this.steps.length;
    act();
    return this.steps.slice(before);
  }

  #step(event: DeskEvent): Step {
    const { seq, facts, commands } = this.#desk.apply(event);
    const step = { seq, event, facts: [...facts], commands: [...commands] };
    this.steps.push(step);
    const earlier = this.steps.at(-EVENTS_AT_ONCE_MAX)?.event.at;
    invariant(earlier !== event.at, "what happens at one instant comes to an end");
    for (const command of step.commands) {
      if (command.kind === "setTimer") this.#wakeAt = command.dueAt;
      if (isVenueCommand(command) && this.orders(command) === "send") {
        this.venue.handle(command, this.#now);
      }
    }
    return step;
  }

  #nextAt(): number {
    const bar = this.#desk.nextBarAt;
    return Math.min(this.venue.nextDueAt, this.#wakeAt, bar === -Infinity ? Infinity : bar);
  }

  /** The first of what is due now. */
  #happen(): void {
    const at = this.#now;
    if (this.venue.nextDueAt <= at) {
      this.venue.runDue(at, (event) => this.#tell(event));
    } else if (this.#wakeAt <= at) {
      const dueAt = epochMs(this.#wakeAt);
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#step({ kind: "timerFired", at, dueAt });
    } else {
      this.#step({ kind: "clockAdvanced", at });
    }
  }

  #tell(event: VenueEvent): void {
    switch (this.answers(event)) {
      case "tell":
        this.#step(event satisfies InputEvent);
        return;
      case "hold":
        this.#held.push(event);
        return;
      case "lose":
    }
  }
}

/** The venue of a `TestDesk`, without the desk. */
export function aSimulatedVenue(): SimulatedVenue {
  return new SimulatedVenue(venueOf(aSessionConfig()));
}

/** Fills at the touch without slippage, with the catalogue's fees and hours, and takes no time. */
function venueOf({ accounts, instruments }: SessionConfig): VenueOptions {
  const roots = new Map(instruments.map(({ id, root }) => [id, root]));
  return {
    accounts: accounts.map(({ accountId }) => accountId),
    instruments: instruments.map(({ id }) => id),
    latency: { toVenueMs: 0, toDeskMs: 0 } as VenueOptions["latency"],
    fillModel: DEFAULT_FILL_MODEL,
    isOpen: () => true,
    dayEnd: (_instrument, at) => nextRoll(at, CME_ROLL),
    feeOf: ({ instrument, qty, at }) => {
      const perSide = feePerSide(roots.get(instrument) ?? "", tradingDayOf(at, CME_ROLL)) ?? 0n;
      return (perSide * BigInt(qty)) as Money;
    },
    bracketLegs: "plain",
    idPrefix: "",
  };
}

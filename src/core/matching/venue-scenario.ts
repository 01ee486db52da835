import type { CancelOrder, ModifyOrder, SubmitOrder, VenueCommand } from "#core/desk/command.ts";
import { accountId, type ClientOrderId, clientOrderId, instrumentId } from "#core/domain/ids.ts";
import type { Bracket, OrderTerms } from "#core/domain/order.ts";
import { type DurationMs, epochMs, type Lots, lots, money, ticks } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "./fill-model.ts";
import { SimulatedVenue } from "./simulated-venue.ts";
import type { VenueEvent } from "./venue-event.ts";
import type { Latency, VenueOptions } from "./venue-options.ts";

// A venue with valid defaults for tests and benchmarks, and an owner that drives it by the rules.

export const ACCOUNT = accountId("ACC");
export const GOLD = instrumentId("MGC");

/** Open for ever, days of 1,000 ms, no latency, a fee of 7 millionths per lot. */
export function venueOptions(overrides: Partial<VenueOptions> = {}): VenueOptions {
  return {
    accounts: [ACCOUNT],
    instruments: [GOLD],
    latency: latency(0, 0),
    fillModel: DEFAULT_FILL_MODEL,
    isOpen: () => true,
    dayEnd: (_instrument, at) => epochMs((Math.floor(at / 1_000) + 1) * 1_000),
    feeOf: ({ qty }) => money(7n * BigInt(qty)),
    bracketLegs: "plain",
    idPrefix: "",
    ...overrides,
  };
}

export function latency(toVenueMs: number, toDeskMs: number): Latency {
  return { toVenueMs: toVenueMs as DurationMs, toDeskMs: toDeskMs as DurationMs };
}

/** Buys one lot of gold at the market until canceled. */
export function submitOf(id: string, overrides: Partial<SubmitOrder> = {}): SubmitOrder {
  return {
    kind: "submitOrder",
    accountId: ACCOUNT,
    clientOrderId: clientOrderId(id),
    instrument: GOLD,
    side: "buy",
    qty: lots(1),
    terms: { type: "market" },
    timeInForce: "gtc",
    reduceOnly: false,
    bracket: null,
    ...overrides,
  };
}

export function cancelOf(id: string, overrides: Partial<CancelOrder> = {}): CancelOrder {
  return {
    kind: "cancelOrder",
    accountId: ACCOUNT,
    clientOrderId: clientOrderId(id),
    venueOrderId: null,
    ...overrides,
  };
}

export function modifyOf(id: string, qty: number, terms: OrderTerms): ModifyOrder {
  return {
    kind: "modifyOrder",
    accountId: ACCOUNT,
    clientOrderId: clientOrderId(id),
    venueOrderId: null,
    qty: qty as Lots,
    terms,
  };
}

export const limitAt = (price: number): OrderTerms => ({ type: "limit", limitPrice: ticks(price) });
export const stopAt = (price: number): OrderTerms => ({ type: "stop", stopPrice: ticks(price) });

export function stopLimitAt(stop: number, limit: number): OrderTerms {
  return { type: "stopLimit", stopPrice: ticks(stop), limitPrice: ticks(limit) };
}

export function trailingAt(stop: number, trail: number): OrderTerms {
  return { type: "trailingStop", stopPrice: ticks(stop), trailTicks: ticks(trail) };
}

/** Drives a venue as an owner must, and keeps what it says. */
export class VenueScenario {
  readonly venue: SimulatedVenue;
  readonly events: VenueEvent[] = [];
  /** What the desk answers to an event, sent at its instant. */
  answer: (event: VenueEvent) => readonly VenueCommand[] = () => [];
  #at = epochMs(0);

  constructor(overrides: Partial<VenueOptions> = {}) {
    this.venue = new SimulatedVenue(venueOptions(overrides));
  }

  /** Goes on to an instant; what follows happens then. */
  at(at: number): this {
    this.#at = epochMs(at);
    return this.run();
  }

  /** Performs what is due. */
  run(): this {
    this.venue.runDue(this.#at, (event) => {
      this.events.push(event);
      for (const command of this.answer(event)) this.venue.handle(command, event.at);
    });
    return this;
  }

  send(...commands: readonly VenueCommand[]): this {
    for (const command of commands) this.venue.handle(command, this.#at);
    return this.run();
  }

  trade(price: number, qty = 1, instrument = GOLD): this {
    const tick = { kind: "tradeTick", at: this.#at, instrument, aggressor: "unknown" } as const;
    this.venue.onTrade({ ...tick, price: ticks(price), qty: lots(qty) });
    return this.run();
  }

  quote(bid: number, ask: number, bidQty = 10, askQty = 10): this {
    const at = this.#at;
    const prices = { bidPrice: ticks(bid), askPrice: ticks(ask) };
    const qtys = { bidQty: lots(bidQty), askQty: lots(askQty) };
    this.venue.onQuote({ kind: "quote", at, instrument: GOLD, ...prices, ...qtys });
    return this.run();
  }

  /** Everything told so far, or about one order, a line each: `12 A filled 2 @ 100`. */
  told(id?: string): readonly string[] {
    return this.events
      .filter((event) => id === undefined || idOf(event) === id)
      .map((event) => line(event));
  }
}

function idOf(event: VenueEvent): ClientOrderId | undefined {
  return event.kind === "orderReported" ? event.report.clientOrderId : undefined;
}

function line(event: VenueEvent): string {
  if (event.kind !== "orderReported") return `${event.at} ${event.kind}`;
  const { report } = event;
  const head = `${event.at} ${report.clientOrderId} ${report.kind}`;
  switch (report.kind) {
    case "accepted":
      return `${head} ${report.venueOrderId}`;
    case "filled":
    case "voided":
      return `${head} ${report.fill.qty} @ ${report.fill.price}`;
    case "canceled":
    case "expired":
      return `${head} after ${report.venueFilledQty}: ${report.reason}`;
    case "modified":
      return `${head} ${report.qty} ${Object.values(report.terms).join(" ")}`;
    case "rejected":
    case "unconfirmed":
    case "cancelRejected":
    case "modifyRejected":
      return `${head}: ${report.reason}`;
  }
}

export function bracketOf(stopLoss: number, takeProfit: number | null): Bracket {
  return {
    stopLossTicks: ticks(stopLoss),
    takeProfitTicks: takeProfit === null ? null : ticks(takeProfit),
  };
}

import type { VenueCommand } from "#core/desk/command.ts";
import type { Fill, OrderTerms, Side } from "#core/domain/order.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { money } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import type { VenueEvent } from "./venue-event.ts";
import type { Execution, VenueOptions } from "./venue-options.ts";
import { cancelOf, submitOf, VenueScenario } from "./venue-scenario.ts";
import type { BookMarket } from "./working-book.ts";

/** Something that happens `afterMs` after what happened before. */
export type Step = { readonly afterMs: number } & (
  | { readonly kind: "trade"; readonly price: number; readonly qty: number }
  | { readonly kind: "quote"; readonly bid: number; readonly spread: number; readonly qty: number }
  | { readonly kind: "send"; readonly command: VenueCommand }
);

/** By when everything of a day has come to its end. */
export const END_AT = 5_000;

/** What meeting a touch is held against: the ask for a buy, the bid for a sale, else the last price. */
export type Met = Execution & { readonly touch: number };

export type Played = {
  readonly scenario: VenueScenario;
  readonly events: readonly VenueEvent[];
  /** What resting orders took of each print. */
  readonly prints: readonly { readonly qty: number; readonly rested: number }[];
  readonly executions: readonly Met[];
};

/** How a day is played: run in steps of so many ms, moved to another venue before so many steps. */
export type Playing = { readonly stepMs?: number; readonly restoreAt?: number };

/** Plays a day, after which every order is canceled. */
export function play(
  options: Partial<VenueOptions>,
  steps: readonly Step[],
  playing: Playing = {},
): Played {
  const day = new ScriptedDay(options, playing.stepMs ?? END_AT);
  for (const [index, step] of steps.entries()) {
    if (index === playing.restoreAt) day.changeVenue();
    day.perform(step);
  }
  return day.end();
}

class ScriptedDay {
  readonly #options: Partial<VenueOptions>;
  readonly #stepMs: number;
  readonly #executions: Met[] = [];
  readonly #prints: { readonly qty: number; readonly rested: number }[] = [];
  readonly #events: VenueEvent[] = [];
  #scenario: VenueScenario;
  #now = 0;

  constructor(options: Partial<VenueOptions>, stepMs: number) {
    this.#options = options;
    this.#stepMs = stepMs;
    this.#scenario = this.#open();
  }

  changeVenue(): void {
    const state = this.#scenario.venue.exportState();
    this.#events.push(...this.#scenario.events);
    this.#scenario = this.#open();
    this.#scenario.venue.restore(state);
  }

  perform(step: Step): void {
    this.#goTo(this.#now + step.afterMs);
    switch (step.kind) {
      case "trade":
        this.#trade(step.price, step.qty);
        return;
      case "quote":
        this.#scenario.quote(step.bid, step.bid + step.spread, step.qty, step.qty + 1);
        return;
      case "send":
        this.#scenario.send(step.command);
    }
  }

  end(): Played {
    this.#goTo(END_AT);
    const { orders } = this.#scenario.venue.exportState();
    for (const { clientOrderId } of orders) this.#scenario.send(cancelOf(clientOrderId));
    this.#goTo(2 * END_AT);
    const events = [...this.#events, ...this.#scenario.events].filter(isNoRefusedCancel);
    const [prints, executions] = [this.#prints, this.#executions];
    return { scenario: this.#scenario, events, prints, executions };
  }

  #open(): VenueScenario {
    const scenario = new VenueScenario({
      ...this.#options,
      feeOf: (execution) => {
        const [market] = scenario.venue.exportState().markets;
        this.#executions.push({ ...execution, touch: touchOf(market, execution.side) });
        return money(3n * BigInt(execution.qty));
      },
    });
    scenario.answer = answered;
    return scenario;
  }

  #goTo(at: number): void {
    for (let next = this.#now + this.#stepMs; next < at; next += this.#stepMs) {
      this.#scenario.at(next);
    }
    this.#now = at;
    this.#scenario.at(at);
  }

  #trade(price: number, qty: number): void {
    const before = this.#executions.length;
    this.#scenario.trade(price, qty);
    const rested = this.#executions
      .slice(before)
      .reduce((sum, { liquidity, qty }) => sum + (liquidity === "maker" ? qty : 0), 0);
    this.#prints.push({ qty, rested });
  }
}

function touchOf(market: BookMarket | undefined, side: Side): number {
  if (market === undefined) return Number.NaN;
  const touch = side === "buy" ? market.askPrice : market.bidPrice;
  return touch === NO_PRICE ? market.lastPrice : touch;
}

/** Every third fill of an order of the day is answered with a smaller position. */
function answered(event: VenueEvent): readonly VenueCommand[] {
  if (event.kind !== "orderReported" || event.report.kind !== "filled") return [];
  const { fillId, side, clientOrderId: id } = event.report.fill;
  if (Number(fillId.slice(1)) % 3 !== 0 || id.startsWith("R")) return [];
  const other = side === "buy" ? "sell" : "buy";
  return [submitOf(`R${fillId}`, { side: other, reduceOnly: true })];
}

/** Cancels of what has ended are refused; they are the script's doing. */
function isNoRefusedCancel(event: VenueEvent): boolean {
  return event.kind !== "orderReported" || event.report.kind !== "cancelRejected";
}

export function fillsOf(events: readonly VenueEvent[]): readonly Fill[] {
  return events.flatMap((event) =>
    event.kind === "orderReported" && event.report.kind === "filled" ? [event.report.fill] : [],
  );
}

export type Moment = {
  readonly report: OrderReport;
  readonly qty: number;
  readonly terms: OrderTerms | undefined;
};

/** What was told about each order, with the quantity and terms that held then. */
export function livesOf(
  events: readonly VenueEvent[],
  steps: readonly Step[],
): ReadonlyMap<string, readonly Moment[]> {
  const sent = new Map(
    steps.flatMap((step) =>
      step.kind === "send" && step.command.kind === "submitOrder"
        ? [[String(step.command.clientOrderId), step.command] as const]
        : [],
    ),
  );
  const lives = new Map<string, Moment[]>();
  for (const event of events) {
    if (event.kind !== "orderReported" || event.report.kind === "modifyRejected") continue;
    const { report } = event;
    const id = report.clientOrderId;
    const life = lives.get(id) ?? [];
    const before = life.at(-1) ?? { qty: sent.get(id)?.qty ?? 1, terms: sent.get(id)?.terms };
    const { qty, terms } = report.kind === "modified" ? report : before;
    lives.set(id, [...life, { report, qty, terms }]);
  }
  return lives;
}

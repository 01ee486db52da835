import type { VenueCommand } from "#core/desk/command.ts";
import type { Request } from "#core/desk/request.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import type { Order, OrderTerms } from "#core/domain/order.ts";
import { lots, ticks } from "#core/domain/units.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import { GOLD, MARKET, aBracket, anEntry, limitAt, stopAt } from "./builders.ts";
import type { SessionStep } from "./random-steps.ts";
import { TestDesk, type TestDeskOptions } from "./test-desk.ts";

/** A desk to which a sequence of steps happens. */
export class RandomSession {
  readonly desk: TestDesk;
  #price = 26_500;
  #elsewhere = 0;

  constructor(options: TestDeskOptions) {
    this.desk = new TestDesk(options);
  }

  run(steps: readonly SessionStep[]): this {
    for (const step of steps) this.#take(step);
    return this;
  }

  /** Mends whatever is broken and waits until nothing is on its way any more. */
  rest(): this {
    this.run([
      { kind: "answers", become: "tell" },
      { kind: "commands", become: "send" },
      { kind: "tellHeld" },
      { kind: "journal", writable: true },
      { kind: "link", up: true },
    ]);
    for (let round = 0; round < 20; round += 1) {
      this.run([
        { kind: "wait", ms: 1_000 },
        { kind: "trade", move: 0, qty: 10 },
      ]);
    }
    return this;
  }

  #take(step: SessionStep): void {
    const { desk } = this;
    switch (step.kind) {
      case "trade":
        this.#price += step.move;
        return desk.trade(this.#price, { qty: step.qty });
      case "wait":
        return desk.advance(step.ms);
      case "submit":
      case "cancel":
      case "modify":
      case "close":
      case "flatten":
      case "setTradingState": {
        const request = this.#request(step);
        if (request !== undefined) desk.request(request);
        return;
      }
      case "elsewhere":
        return this.#orderElsewhere(step);
      case "answers":
        desk.answers = (event) => answerOf(event, step.become);
        return;
      case "commands":
        desk.orders = (_command: VenueCommand) => step.become;
        return;
      case "tellHeld":
        return desk.tellHeld();
      case "link":
        desk.apply({ kind: "linkChanged", at: desk.now, up: step.up, reason: "test" });
        return;
      case "journal":
        desk.apply({
          kind: "journalChanged",
          at: desk.now,
          writable: step.writable,
          reason: "test",
        });
        return;
      case "restart":
        return desk.restart();
    }
  }

  #request(
    step: Extract<
      SessionStep,
      { kind: "submit" | "cancel" | "modify" | "close" | "flatten" | "setTradingState" }
    >,
  ): Request | undefined {
    switch (step.kind) {
      case "submit": {
        const { accountId, side, timeInForce, reduceOnly, bracket } = step;
        const legs = bracket === null ? null : aBracket(...bracket);
        const terms = this.#terms(step.type, step.distance);
        const qty = lots(step.qty);
        return anEntry({ accountId, side, qty, terms, timeInForce, reduceOnly, bracket: legs });
      }
      case "cancel": {
        const order = this.#orderAt(step.index);
        return order && { kind: "cancel", clientOrderId: order.clientOrderId };
      }
      case "modify": {
        const order = this.#orderAt(step.index);
        if (order === undefined) return undefined;
        const qty = lots(step.qty);
        const { clientOrderId: id, terms } = order;
        const { type } = terms;
        const isSimple = type === "limit" || type === "stop";
        const moved = isSimple ? this.#terms(type, step.distance) : terms;
        return { kind: "modify", clientOrderId: id, qty, terms: moved };
      }
      case "close": {
        const qty = step.qty === null ? null : lots(step.qty);
        return { kind: "close", accountId: step.accountId, instrument: GOLD.id, qty };
      }
      case "flatten":
        return step;
      case "setTradingState":
        return { kind: "setTradingState", scope: { kind: "desk" }, state: step.state };
    }
  }

  /** An order that a person places at the venue itself. */
  #orderElsewhere(step: Extract<SessionStep, { kind: "elsewhere" }>): void {
    const { accountId, side, distance } = step;
    this.#elsewhere += 1;
    const terms = this.#terms(distance === null ? "market" : "limit", distance ?? 0);
    const id = clientOrderId(`web-${this.#elsewhere}`);
    const order = { ...anEntry({ accountId, side, terms }), clientOrderId: id };
    this.desk.venue.handle({ ...order, kind: "submitOrder" }, this.desk.now);
    this.desk.advance(0);
  }

  #terms(type: "market" | "limit" | "stop", distance: number): OrderTerms {
    const price = ticks(this.#price + distance);
    if (type === "market") return MARKET;
    return type === "limit" ? limitAt(price) : stopAt(price);
  }

  #orderAt(index: number): Order | undefined {
    const orders = [...this.desk.state.openOrders.values()];
    return orders[index % Math.max(1, orders.length)];
  }
}

function answerOf(
  { kind }: VenueEvent,
  become: Extract<SessionStep, { kind: "answers" }>["become"],
): "tell" | "lose" | "hold" {
  switch (become) {
    case "holdLists":
      return kind === "accountReported" ? "hold" : "tell";
    case "holdReports":
      return kind === "orderReported" ? "hold" : "tell";
    case "tell":
    case "lose":
    case "hold":
      return become;
  }
}

import fc from "fast-check";
import type { VenueCommand } from "#core/desk/command.ts";
import type { Request } from "#core/desk/request.ts";
import { type AccountId, accountId, clientOrderId } from "#core/domain/ids.ts";
import type { Order, OrderTerms, Side, TimeInForce } from "#core/domain/order.ts";
import { type DurationMs, lots, ticks } from "#core/domain/units.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import {
  ACCOUNT,
  GOLD,
  MARKET,
  aBotConfig,
  aBracket,
  anAccountConfig,
  anEntry,
  limitAt,
  stopAt,
} from "./builders.ts";
import { TestDesk, type TestDeskOptions } from "./test-desk.ts";

export const ACCOUNTS = [ACCOUNT, accountId("PRACTICE-2")] as const;

/** One thing that may happen to a desk. Prices are distances from the last trade, orders an index into the open ones. */
export type SessionStep =
  | { readonly kind: "trade"; readonly move: number; readonly qty: number }
  | { readonly kind: "wait"; readonly ms: number }
  | {
      readonly kind: "submit";
      readonly accountId: AccountId;
      readonly side: Side;
      readonly qty: number;
      readonly type: "market" | "limit" | "stop";
      readonly distance: number;
      readonly bracket: readonly [stopLoss: number, takeProfit: number | null] | null;
      readonly timeInForce: TimeInForce;
      readonly reduceOnly: boolean;
    }
  | { readonly kind: "cancel"; readonly index: number }
  | {
      readonly kind: "modify";
      readonly index: number;
      readonly qty: number;
      readonly distance: number;
    }
  | { readonly kind: "close"; readonly accountId: AccountId; readonly qty: number | null }
  | { readonly kind: "flatten"; readonly accountId: AccountId }
  | { readonly kind: "setTradingState"; readonly state: "active" | "reducing" | "halted" }
  | {
      readonly kind: "elsewhere";
      readonly accountId: AccountId;
      readonly side: Side;
      readonly distance: number | null;
    }
  /** Lists that are held come late and out of date; reports that are held are overtaken by lists. */
  | {
      readonly kind: "answers";
      readonly become: "tell" | "lose" | "hold" | "holdLists" | "holdReports";
    }
  | { readonly kind: "commands"; readonly become: "send" | "lose" }
  | { readonly kind: "tellHeld" }
  | { readonly kind: "link"; readonly up: boolean }
  | { readonly kind: "journal"; readonly writable: boolean }
  | { readonly kind: "restart" };

const side = fc.constantFrom<Side>("buy", "sell");
const anAccount = fc.constantFrom(...ACCOUNTS);
const distance = fc.integer({ min: -25, max: 25 });
const index = fc.nat(9);

const commonStep: fc.Arbitrary<SessionStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("trade"),
      move: distance,
      qty: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 0, max: 3_000 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("submit"),
      accountId: anAccount,
      side,
      qty: fc.integer({ min: 1, max: 3 }),
      type: fc.constantFrom("market", "limit", "stop"),
      distance,
      bracket: fc.option(
        fc.tuple(fc.integer({ min: 1, max: 30 }), fc.option(fc.integer({ min: 1, max: 30 }))),
      ),
      timeInForce: fc.constantFrom<TimeInForce>("gtc", "day", "ioc", "fok"),
      reduceOnly: fc.nat(5).map((one) => one === 5),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel"), index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("modify"),
      index,
      qty: fc.integer({ min: 1, max: 3 }),
      distance,
    }),
  },
  fc.record({
    kind: fc.constant("close"),
    accountId: anAccount,
    qty: fc.option(fc.integer({ min: 1, max: 3 })),
  }),
);

const rareStep: fc.Arbitrary<SessionStep> = fc.oneof(
  fc.record({ kind: fc.constant("flatten"), accountId: anAccount }),
  fc.record({
    kind: fc.constant("setTradingState"),
    state: fc.constantFrom("active", "active", "active", "reducing", "halted"),
  }),
  fc.record({
    kind: fc.constant("elsewhere"),
    accountId: anAccount,
    side,
    distance: fc.option(distance),
  }),
  fc.record({
    kind: fc.constant("answers"),
    become: fc.constantFrom("tell", "tell", "lose", "hold", "holdLists", "holdReports"),
  }),
  fc.record({ kind: fc.constant("commands"), become: fc.constantFrom("send", "send", "lose") }),
  fc.record({ kind: fc.constant("tellHeld") }),
  fc.record({ kind: fc.constant("link"), up: fc.constantFrom(true, true, false) }),
  fc.record({ kind: fc.constant("journal"), writable: fc.constantFrom(true, true, true, false) }),
  fc.record({ kind: fc.constant("restart") }),
);

export const sessionSteps: fc.Arbitrary<readonly SessionStep[]> = fc.array(
  fc.oneof({ weight: 7, arbitrary: commonStep }, { weight: 1, arbitrary: rareStep }),
  { maxLength: 120, size: "max" },
);

/** How a session is wired: with or without delay, depth, rules and a bot. */
export const sessionOptions: fc.Arbitrary<TestDeskOptions> = fc
  .record({
    toVenueMs: fc.constantFrom(0, 7),
    toDeskMs: fc.constantFrom(0, 11),
    marketDepth: fc.constantFrom("whole", "touch"),
    limitFill: fc.constantFrom("through", "touch"),
    guarded: fc.boolean(),
    bot: fc.boolean(),
  })
  .map(({ toVenueMs, toDeskMs, marketDepth, limitFill, guarded, bot }) => {
    const rules = guarded
      ? {
          max_contracts: { limit: 4 },
          daily_realized_loss: { limit: 60 },
          no_stop_loss_grace: { grace: "2s" },
        }
      : {};
    const params = { bars: "3t", fast: 1, slow: 2, atr: 1, minStopTicks: 5 };
    return {
      session: {
        accounts: ACCOUNTS.map((id) =>
          anAccountConfig({ accountId: id, rules, limits: { duplicateWindow: "1ms" } }),
        ),
        bots: bot ? [aBotConfig({ params })] : [],
      },
      venue: {
        latency: { toVenueMs: toVenueMs as DurationMs, toDeskMs: toDeskMs as DurationMs },
        fillModel: { limitFill, marketDepth, participation: 1, slippage: () => 0 },
      },
    };
  });

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

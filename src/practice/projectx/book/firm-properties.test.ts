import fc from "fast-check";
import { expect, test } from "vitest";
import { sideSign } from "#core/domain/order.ts";
import { type EpochMs, type Money, epochMs, lots, moneyFrom, ticks } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL, type FillModel } from "#core/matching/fill-model.ts";
import { GOLD, OPENING } from "#test/kit/builders.ts";
import { aFirmAccount } from "#test/kit/practice-gateway.ts";
import { Firm } from "./firm.ts";
import { ORDER_STATUS, isWorking, sideOf } from "./gateway-order.ts";
import type { UserEvent } from "./user-event.ts";

const CONTRACT = "CON.F.US.MGC.J26";
const START = moneyFrom(50_000);

type Step =
  | { readonly kind: "price"; readonly move: number; readonly qty: number }
  | { readonly kind: "quote"; readonly spread: number; readonly qty: number }
  | {
      readonly kind: "place";
      readonly type: number;
      readonly side: 0 | 1;
      readonly size: number;
      readonly away: number;
      readonly stop: number | null;
      readonly target: number | null;
    }
  | { readonly kind: "cancel"; readonly index: number }
  | {
      readonly kind: "modify";
      readonly index: number;
      readonly size: number;
      readonly away: number;
    }
  | { readonly kind: "close"; readonly size: number | null };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("price" as const),
        move: fc.integer({ min: -30, max: 30 }),
        qty: fc.integer({ min: 0, max: 6 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("quote" as const),
        spread: fc.integer({ min: 1, max: 4 }),
        qty: fc.integer({ min: 1, max: 5 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("place" as const),
        type: fc.constantFrom(1, 2, 4, 5, 6, 7),
        side: fc.constantFrom(0 as const, 1 as const),
        size: fc.integer({ min: 1, max: 4 }),
        away: fc.integer({ min: 1, max: 40 }),
        stop: fc.option(fc.integer({ min: 4, max: 40 })),
        target: fc.option(fc.integer({ min: 1, max: 40 })),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("cancel" as const), index: fc.nat(30) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("modify" as const),
        index: fc.nat(30),
        size: fc.integer({ min: 1, max: 5 }),
        away: fc.integer({ min: 1, max: 40 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("close" as const),
        size: fc.option(fc.integer({ min: 1, max: 3 })),
      }),
    },
  ),
  { maxLength: 60, size: "max" },
);

/** A firm and its market, a step every second. */
class Scenario {
  readonly events: UserEvent[] = [];
  readonly firm: Firm;
  readonly accountId: number;
  #price = 26_500;
  #at = OPENING as number;

  constructor(fillModel: FillModel) {
    this.firm = new Firm({
      instruments: [GOLD],
      accounts: [aFirmAccount({ balance: START })],
      fillModel,
      from: OPENING,
      flatByClose: false,
      onUserEvent: (event) => this.events.push(event),
    });
    this.accountId = this.firm.accounts.all()[0]?.id ?? 0;
    this.#quote(1, 5);
    this.#trade(0, 1);
  }

  perform(step: Step): void {
    this.#at += 1_000;
    this.firm.onTime(this.#at as EpochMs);
    const accountId = this.accountId;
    const { trading, changing, orders } = this.firm;
    switch (step.kind) {
      case "price":
        return this.#trade(step.move, step.qty);
      case "quote":
        return this.#quote(step.spread, step.qty);
      case "place":
        return void trading.place(this.#request(step));
      case "cancel":
        return void changing.cancel(accountId, orders.of(accountId)[step.index]?.id ?? 1);
      case "modify":
        return void changing.modify({
          accountId,
          orderId: orders.of(accountId)[step.index]?.id ?? 1,
          size: step.size,
          limitPrice: (this.#price - step.away) / 10,
          stopPrice: (this.#price + step.away) / 10,
          trailPrice: null,
        });
      case "close":
        if (step.size === null) return void changing.close(accountId, CONTRACT);
        return void changing.partialClose(accountId, CONTRACT, step.size);
    }
  }

  #request({ type, side, size, away, stop, target }: Extract<Step, { kind: "place" }>) {
    const sign = side === 0 ? 1 : -1;
    const above = (this.#price + sign * away) / 10;
    return {
      accountId: this.accountId,
      contractId: CONTRACT,
      type,
      side,
      size,
      limitPrice: type === 1 ? (this.#price - sign * away) / 10 : null,
      stopPrice: type === 4 ? above : null,
      trailPrice: type === 5 ? above : null,
      customTag: null,
      stopLossBracket: stop === null ? null : { ticks: -sign * stop, type: 4 },
      takeProfitBracket: target === null ? null : { ticks: sign * target, type: 1 },
    };
  }

  #trade(move: number, qty: number): void {
    this.#price += move;
    const at = epochMs(this.#at);
    const row = { at, instrument: GOLD.id, price: ticks(this.#price), qty: lots(qty) };
    const tick = { kind: "tradeTick", aggressor: "unknown", ...row } as const;
    this.firm.machine.onTrade(tick);
    this.firm.onData(tick);
  }

  #quote(spread: number, qty: number): void {
    const at = epochMs(this.#at);
    const bidPrice = ticks(this.#price - spread);
    const prices = { bidPrice, askPrice: ticks(this.#price), bidQty: lots(qty), askQty: lots(qty) };
    const quote = { kind: "quote", at, instrument: GOLD.id, ...prices } as const;
    this.firm.machine.onQuote(quote);
    this.firm.onData(quote);
  }
}

const MODELS: readonly FillModel[] = [
  DEFAULT_FILL_MODEL,
  { ...DEFAULT_FILL_MODEL, limitFill: "touch", marketDepth: "touch" },
];

test.each(MODELS.map((model, index) => [index, model] as const))(
  "whatever is asked, books and machine agree (fill model %i)",
  (_index, model) => {
    let trades = 0;
    fc.assert(
      fc.property(steps, (asked) => {
        const scenario = new Scenario(model);
        for (const step of asked) {
          scenario.perform(step);
          agree(scenario);
        }
        inOrder(scenario.events);
        trades += scenario.events.filter(({ kind }) => kind === "trade").length;
      }),
      { numRuns: 60 },
    );
    expect(trades).toBeGreaterThan(300);
  },
);

/** Positions and balance follow from the trades, and what works here works in the machine. */
function agree({ firm, accountId }: Scenario): void {
  const { accounts, orders, machine } = firm;
  const account = accounts.get(accountId);
  const trades = accounts.trades(accountId);
  const net = trades.reduce((sum, { side, size }) => sum + sideSign(sideOf(side)) * size, 0);
  const balance = trades.reduce(
    (sum, { profitAndLoss, fees, commissions }) =>
      (sum + (profitAndLoss ?? 0n) - fees - commissions) as Money,
    START,
  );
  const snapshot = machine.snapshot(account?.machineId ?? ("" as never), epochMs(0), firm.now);
  const held = accounts.openPosition(accountId, CONTRACT);

  expect(held?.qty ?? 0).toBe(net);
  expect(account?.balance).toBe(balance);
  expect(snapshot.positions.map(({ qty, avgEntryTicks }) => [qty, avgEntryTicks])).toEqual(
    held === undefined ? [] : [[held.qty, held.averageTicks]],
  );
  const here = orders
    .working(accountId)
    .filter(({ status }) => status !== ORDER_STATUS.suspended)
    .map((order) => `${orders.machineId(order)} ${order.size} ${order.filledQty}`);
  const there = snapshot.orders
    .filter(({ state }) => state === "working")
    .map(({ clientOrderId, qty, filledQty }) => `${clientOrderId} ${qty} ${filledQty}`);
  expect(here.toSorted()).toEqual(there.toSorted());
  for (const leg of orders.working(accountId)) {
    if (leg.status !== ORDER_STATUS.suspended) continue;
    const entry = orders.get(leg.parentId ?? 0);
    expect([entry !== undefined && isWorking(entry), entry?.filledQty]).toEqual([true, 0]);
  }
}

/** Nothing that is over comes back, and filled quantities only grow. */
function inOrder(events: readonly UserEvent[]): void {
  const last = new Map<number, { readonly isOver: boolean; readonly filled: number }>();
  for (const event of events) {
    if (event.kind !== "order") continue;
    const { id, filledQty } = event.order;
    const before = last.get(id);
    expect(before?.isOver ?? false).toBe(false);
    expect(filledQty).toBeGreaterThanOrEqual(before?.filled ?? 0);
    last.set(id, { isOver: !isWorking(event.order), filled: filledQty });
  }
}

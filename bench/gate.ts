import process from "node:process";
import { decode, encode } from "#core/desk/codec.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import { Desk } from "#core/desk/desk.ts";
import { Turn } from "#core/desk/turn.ts";
import { venueOrderId } from "#core/domain/ids.ts";
import type { Order, OrderIntent } from "#core/domain/order.ts";
import { type EpochMs, lots, ticks } from "#core/domain/units.ts";
import { QuoteView } from "#core/market/quote.ts";
import { placeIntent, releaseQueue, requestCancel } from "#core/orders/place.ts";
import { OrderQueue } from "#core/orders/queue.ts";
import { accountGate } from "#core/risk/account-gate.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { ACCOUNT, goldPlan } from "./gold-session.ts";
import { GOLD, goldTape } from "./gold-tape.ts";
import {
  type Finding,
  type Sides,
  atMost,
  median,
  quantile,
  quietest,
  whenQuiet,
} from "./measure.ts";

const DECISIONS = 200_000;
const WARM_UP = 20_000;
const WORKING = 10;
const GOAL = 3;
const BOUND_US = 10;
/** So short, some 0.1 s, that other programs leave some parts alone. */
const PART = 10_000;
/** Writing and reading an intent takes 2 to 4.5 us where nothing else runs. */
const QUIET_US = 5;

/**
 * One intent through the gate into the queue, its exposure reserved, with four rules and ten working orders, against
 * writing and reading the intent as text.
 */
export function benchGate(): readonly Finding[] {
  const all = decisions();
  const quiet = quietest(all, PART);
  return [
    atMost(GOAL, {
      name: "gate",
      value: quantile(all.subject, 0.99),
      unit: "us p99",
      floor: quantile(all.floor, 0.99),
      note: medians(all),
    }),
    whenQuiet(
      { found: median(quiet.floor), bound: QUIET_US, what: "p50 of the floor in us" },
      atMost(1, {
        name: "gate-bound",
        value: quantile(quiet.subject, 0.99),
        unit: "us p99",
        floor: BOUND_US,
        note: `a fixed bound for the quietest quarter; ${medians(quiet)}`,
      }),
    ),
  ];
}

/** Microseconds of each, run in turn. */
function decisions(): Sides {
  const desk = new DeskWithOrders(WORKING);
  const subject: number[] = [];
  const floor: number[] = [];
  for (let round = -WARM_UP; round < DECISIONS; round += 1) {
    const intent = anIntent(round);
    const subjectUs = micros(() => desk.place(intent));
    desk.withdraw();
    const floorUs = micros(() => decode(encode(intent)));
    if (round < 0) continue;
    subject.push(subjectUs);
    floor.push(floorUs);
  }
  return { floor, subject };
}

function medians({ floor, subject }: Sides): string {
  return `p50 ${median(subject).toFixed(2)} us, of the floor ${median(floor).toFixed(2)} us`;
}

/** A desk with orders working, whose next order is taken back as often as it is placed. */
class DeskWithOrders {
  readonly #turn: Turn;
  #placed: Order | undefined;

  constructor(working: number) {
    const tape = goldTape(1, 1);
    const { config } = goldPlan(tape, {});
    const desk = openDesk(config, tape.from);
    this.#turn = new Turn(desk.state, desk.market, new OrderQueue());
    for (const account of config.accounts) {
      this.#turn.gates.set(account.accountId, accountGate(account));
    }
    this.#turn.begin((tape.from + 10_000) as EpochMs);
    for (let number = 0; number < working; number += 1) this.place(anIntent(number, 2));
    sendAll(this.#turn);
  }

  place(intent: OrderIntent): void {
    const placed = placeIntent(this.#turn, intent);
    if (placed.kind === "denied") {
      throw new Error(`Expected an approval, found ${placed.denial.code}`);
    }
    this.#placed = placed.order;
  }

  withdraw(): void {
    if (this.#placed === undefined) return;
    requestCancel(this.#turn, this.#placed);
    this.#turn.begin(this.#turn.now);
  }
}

/** Empties the queue as if the venue had accepted each order at once. */
function sendAll(turn: Turn): void {
  releaseQueue(turn);
  for (const clientOrderId of turn.state.openOrders.keys()) {
    turn.emit({ kind: "orderAccepted", clientOrderId, venueOrderId: venueOrderId(clientOrderId) });
  }
}

/** A session that has been compared with its venue and seen a quote. */
function openDesk(config: SessionConfig, at: EpochMs): Desk {
  const desk = new Desk({ strategies: STRATEGIES });
  desk.apply({ kind: "sessionOpened", at, config });
  desk.apply({ kind: "deskStarted", at, epoch: 1 });
  const nothing = { orders: [], fills: [], positions: [] };
  const snapshot = { accountId: ACCOUNT, since: at, asOf: at, ...nothing };
  desk.apply({ kind: "accountReported", at, snapshot });
  const quote = new QuoteView(GOLD.id);
  Object.assign(quote, { at, bidPrice: 20_650, bidQty: 5, askPrice: 20_651, askQty: 5 });
  desk.apply(quote);
  return desk;
}

/** Of neighboring rounds none is the same order twice. */
function anIntent(round: number, qty = 1): OrderIntent {
  return {
    accountId: ACCOUNT,
    instrument: GOLD.id,
    source: { kind: "person", name: "bench" },
    purpose: "entry",
    side: "buy",
    qty: lots(qty),
    terms: { type: "limit", limitPrice: ticks(20_600 - ((round + WARM_UP) % 40)) },
    timeInForce: "day",
    reduceOnly: false,
    bracket: { stopLossTicks: ticks(20), takeProfitTicks: ticks(40) },
    parent: null,
    requestId: null,
  };
}

function micros(work: () => unknown): number {
  const startedNs = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - startedNs) / 1_000;
}

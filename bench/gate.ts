import { decode, encode } from "#core/desk/codec.ts";
import { Desk } from "#core/desk/desk.ts";
import { requestId } from "#core/domain/ids.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import { type EpochMs, lots, ticks } from "#core/domain/units.ts";
import { QuoteView } from "#core/market/quote.ts";
import { accountGate } from "#core/risk/account-gate.ts";
import { decideIntent } from "#core/risk/gate.ts";
import { RiskView } from "#core/risk/risk-view.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { ACCOUNT, goldPlan } from "./gold-session.ts";
import { GOLD, goldTape } from "./gold-tape.ts";
import { type Finding, atMost, median, quantile } from "./measure.ts";

const DECISIONS = 200_000;
const WARM_UP = 20_000;
const WORKING = 10;
/** The yardstick takes about 2 us on a quiet machine of today; five of it are the 10 us that a decision may take. */
const GOAL = 5;
const QUIET_US = 2.5;
const BOUND_US = 10;

/** One decision of the gate with four rules and ten working orders, against writing and reading the intent as text. */
export function benchGate(): readonly Finding[] {
  const decide = aDecision();
  const intent = anIntent(0);
  const yardstick = () => decode(encode(intent));
  const subject: number[] = [];
  const floor: number[] = [];
  for (let round = -WARM_UP; round < DECISIONS; round += 1) {
    const subjectUs = micros(() => decide(round));
    const floorUs = micros(yardstick);
    if (round < 0) continue;
    subject.push(subjectUs);
    floor.push(floorUs);
  }
  const p99 = quantile(subject, 0.99);
  const quiet = median(floor) <= QUIET_US;
  const bound = `${p99 <= BOUND_US ? "within" : "above"} ${BOUND_US} us${quiet ? "" : ", which does not count: the machine was busy"}`;
  return [
    atMost(GOAL, {
      name: "gate",
      value: p99,
      unit: "us p99",
      floor: median(floor),
      note: `p50 ${median(subject).toFixed(2)} us; ${bound}`,
    }),
  ];
}

/** A desk with orders working, and the gate of its account. */
function aDecision(): (round: number) => unknown {
  const tape = goldTape(1, 1);
  const { config } = goldPlan(tape, {});
  const desk = new Desk({ strategies: STRATEGIES });
  const at = tape.from;
  desk.apply({ kind: "sessionOpened", at, config });
  desk.apply({ kind: "deskStarted", at, epoch: 1 });
  const snapshot = {
    accountId: ACCOUNT,
    since: at,
    asOf: at,
    orders: [],
    fills: [],
    positions: [],
  };
  desk.apply({ kind: "accountReported", at, snapshot });
  const quote = new QuoteView(GOLD.id);
  Object.assign(quote, { at, bidPrice: 20_650, bidQty: 5, askPrice: 20_651, askQty: 5 });
  desk.apply(quote);
  for (let number = 0; number < WORKING; number += 1) submit(desk, at, number);
  const gate = accountGate(config.accounts[0] ?? fail());
  const view = new RiskView(desk.state, desk.market);
  view.now = (at + 10_000) as EpochMs;
  const stamp = { clientOrderId: "k1-z" as OrderIntent["parent"] & string, queueUntil: view.now };
  return (round) => {
    const verdict = decideIntent(anIntent(round), gate, view, stamp);
    if (verdict.kind === "denied")
      throw new Error(`Expected an approval, found ${verdict.denial.code}`);
    return verdict;
  };
}

function submit(desk: Desk, at: EpochMs, number: number): void {
  const { accountId, instrument, side, qty, terms, timeInForce, reduceOnly, bracket } =
    anIntent(number);
  desk.apply({
    kind: "requestReceived",
    at: (at + number) as EpochMs,
    requestId: requestId(`R${number}`),
    by: "bench",
    request: {
      kind: "submit",
      accountId,
      instrument,
      side,
      qty,
      terms,
      timeInForce,
      reduceOnly,
      bracket,
    },
  });
}

function anIntent(round: number): OrderIntent {
  return {
    accountId: ACCOUNT,
    instrument: GOLD.id,
    source: { kind: "person", name: "bench" },
    purpose: "entry",
    side: "buy",
    qty: lots(1),
    terms: { type: "limit", limitPrice: ticks(20_600 - (Math.abs(round) % 40)) },
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

function fail(): never {
  throw new Error("Expected an account");
}

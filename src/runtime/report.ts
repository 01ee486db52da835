import type { SessionConfig } from "#core/desk/config.ts";
import type { Fact } from "#core/desk/fact.ts";
import type { RoundTrip } from "#core/domain/position.ts";
import { type EpochMs, type Money, NO_MONEY } from "#core/domain/units.ts";
import type { Journal } from "#ports/journal.ts";
import type { Recorder } from "./recorder.ts";
import { decodeRecord } from "./recovery.ts";
import type { SessionPlan } from "./session-plan.ts";

/** What a session did, in the end. Money is of all accounts together. */
export type SessionReport = {
  readonly sessionId: string;
  readonly mode: SessionConfig["mode"];
  readonly data: string;
  /** One number for every decision: equal for equal runs, whatever their speed. */
  readonly fingerprint: string;
  readonly marketEvents: number;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly roundTrips: readonly RoundTrip[];
  readonly orders: number;
  readonly fills: number;
  readonly denials: number;
  readonly breaches: number;
  readonly startBalance: Money;
  readonly endBalance: Money;
  readonly grossPnl: Money;
  readonly fees: Money;
  readonly netPnl: Money;
  /** Largest fall of the realized balance from a peak before it. */
  readonly maxDrawdown: Money;
  readonly stopped: "endOfData" | "asked";
};

/** Counts facts as they come; the report is what they add up to. */
export class ReportTally {
  readonly roundTrips: RoundTrip[] = [];
  #orders = 0;
  #fills = 0;
  #denials = 0;
  #breaches = 0;
  #grossPnl = 0n;
  #fees = 0n;
  #peakNet = 0n;
  #maxDrawdown = 0n;

  add(fact: Fact): void {
    if (fact.kind === "orderSubmitted") this.#orders += 1;
    else if (fact.kind === "orderDenied") this.#denials += 1;
    else if (fact.kind === "breachFound") this.#breaches += 1;
    else if (fact.kind === "fillBooked") this.#addFill(fact);
  }

  /** The sums, for a report. */
  totals() {
    return {
      roundTrips: this.roundTrips,
      orders: this.#orders,
      fills: this.#fills,
      denials: this.#denials,
      breaches: this.#breaches,
      grossPnl: this.#grossPnl as Money,
      fees: this.#fees as Money,
      netPnl: (this.#grossPnl - this.#fees) as Money,
      maxDrawdown: this.#maxDrawdown as Money,
    };
  }

  #addFill(fact: Extract<Fact, { kind: "fillBooked" }>): void {
    this.#fills += 1;
    this.#grossPnl += fact.grossPnl;
    this.#fees += fact.fill.fee;
    if (fact.roundTrip !== null) this.roundTrips.push(fact.roundTrip);
    const net = this.#grossPnl - this.#fees;
    if (net > this.#peakNet) this.#peakNet = net;
    if (this.#peakNet - net > this.#maxDrawdown) this.#maxDrawdown = this.#peakNet - net;
  }
}

/** The report of a session, over all its processes where it has a journal, else over what `tally` saw. */
export function reportOf(
  plan: SessionPlan,
  recorder: Recorder,
  ended: {
    readonly journal: Journal | null;
    readonly tally?: ReportTally;
    readonly stopped: SessionReport["stopped"];
  },
): SessionReport {
  const tally = ended.tally ?? new ReportTally();
  for (const record of ended.journal?.read(0) ?? []) {
    for (const fact of decodeRecord(record.body).facts) tally.add(fact);
  }
  const totals = tally.totals();
  const start = startBalance(plan.config);
  return {
    sessionId: plan.config.sessionId,
    mode: plan.config.mode,
    data: plan.data.name,
    fingerprint: recorder.fingerprint,
    marketEvents: recorder.marketEvents,
    ...plan.data.session,
    ...totals,
    startBalance: start,
    endBalance: (start + totals.netPnl) as Money,
    stopped: ended.stopped,
  };
}

/** The balances that accounts began with, added up. */
function startBalance(config: SessionConfig): Money {
  let sum: bigint = NO_MONEY;
  for (const account of config.accounts) sum += account.startBalance;
  return sum as Money;
}

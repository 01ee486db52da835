import type { AccountConfig, SessionConfig } from "#core/desk/config.ts";
import type { Fact } from "#core/desk/fact.ts";
import { Fingerprint, type HashText } from "#core/desk/fingerprint.ts";
import { type LedgerChange, fillKey } from "#core/desk/state.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { Fill } from "#core/domain/order.ts";
import type { RoundTrip } from "#core/domain/position.ts";
import { type EpochMs, type Money, NO_MONEY } from "#core/domain/units.ts";
import type { Journal } from "#ports/journal.ts";
import type { Holdings } from "./holdings.ts";
import { MarketEventCount } from "./market-event-count.ts";
import type { Recorder } from "./recorder.ts";
import { decodeRecord, fingerprinted } from "./recovery.ts";
import type { PlannedData, SessionOutline } from "./session-plan.ts";

/** What a session did, in the end. Money is of all `reportedAccounts` together. */
export type SessionReport = {
  readonly sessionId: string;
  readonly mode: SessionConfig["mode"];
  readonly data: string;
  /** One number for every decision: equal for equal runs, whatever their speed. */
  readonly fingerprint: string;
  /** Trades, quotes and times that passed; without the history that builds the views. */
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
  /** How far the market had been played. */
  readonly stoppedAt: EpochMs;
  /** What it was in the market with when it stopped. */
  readonly held: Holdings;
};

/** Whose money a report adds up: of a shadow session not that of the real accounts which it looks at. */
export function reportedAccounts({ mode, accounts }: SessionConfig): readonly AccountConfig[] {
  return mode === "shadow" ? accounts.filter(({ arming }) => arming !== "observe") : accounts;
}

/** Counts facts as they come; the report is what they add up to. */
export class ReportTally {
  readonly #accounts: ReadonlySet<AccountId>;
  /** By the fill that ended it. */
  readonly #trips = new Map<string, RoundTrip>();
  #orders = 0;
  #fills = 0;
  #denials = 0;
  #breaches = 0;
  #adopted = 0n;
  #grossPnl = 0n;
  #fees = 0n;
  #peakNet = 0n;
  #maxDrawdown = 0n;

  constructor(config: SessionConfig) {
    this.#accounts = new Set(reportedAccounts(config).map(({ accountId }) => accountId));
  }

  add(fact: Fact): void {
    if (fact.kind === "orderSubmitted") this.#orders += 1;
    else if (fact.kind === "orderDenied") this.#denials += 1;
    else if (fact.kind === "breachFound") this.#breaches += 1;
    else if (fact.kind === "fillBooked") this.#addFill(fact);
    else if (fact.kind === "balanceAdopted") this.#adopt(fact);
    else if (fact.kind === "fillCorrected" || fact.kind === "fillVoided") this.#correct(fact);
  }

  /** What the venue had more than the desk; before it began, mostly. */
  get adopted(): bigint {
    return this.#adopted;
  }

  /** The sums, for a report. */
  totals() {
    return {
      roundTrips: [...this.#trips.values()],
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

  #adopt({ accountId, added }: Extract<Fact, { kind: "balanceAdopted" }>): void {
    if (this.#accounts.has(accountId)) this.#adopted += added;
  }

  #addFill({ fill, grossPnl, roundTrip }: Extract<Fact, { kind: "fillBooked" }>): void {
    if (!this.#accounts.has(fill.accountId)) return;
    this.#noteTrip(fill, roundTrip);
    this.#count({ fills: 1, grossPnl, fees: fill.fee });
  }

  #correct({ booked, added }: Extract<Fact, { kind: "fillCorrected" | "fillVoided" }>): void {
    if (!this.#accounts.has(booked.fill.accountId)) return;
    this.#noteTrip(booked.fill, booked.roundTrip);
    this.#count(added);
  }

  #noteTrip({ accountId, fillId }: Fill, ended: RoundTrip | null): void {
    const key = fillKey(accountId, fillId);
    if (ended === null) this.#trips.delete(key);
    else this.#trips.set(key, ended);
  }

  #count({ fills, grossPnl, fees }: Pick<LedgerChange, "fills" | "grossPnl" | "fees">): void {
    this.#fills += fills;
    this.#grossPnl += grossPnl;
    this.#fees += fees;
    const net = this.#grossPnl - this.#fees;
    if (net > this.#peakNet) this.#peakNet = net;
    if (this.#peakNet - net > this.#maxDrawdown) this.#maxDrawdown = this.#peakNet - net;
  }
}

/** What only the process that ran a session knows of it. */
export type SessionEnd = {
  readonly recorder: Recorder;
  /** The number of the desk's last event. */
  readonly seq: number;
  readonly hash: HashText;
  readonly tally: ReportTally;
  /** With a journal the report covers every process of the session, not only the last. */
  readonly journal: Journal | null;
  /** What the accounts hold in the end, added up. */
  readonly balance: Money;
  /** From when until when this process ran, in the time of the session. */
  readonly period: PlannedData["session"];
} & Pick<SessionReport, "stopped" | "stoppedAt" | "held">;

export function reportOf(plan: SessionOutline, end: SessionEnd): SessionReport {
  const whole = end.journal === null ? undefined : replayed(plan.config, end.journal, end.hash);
  const tally = whole?.tally ?? end.tally;
  const totals = tally.totals();
  const start = (startBalance(plan.config) + tally.adopted) as Money;
  return {
    sessionId: plan.config.sessionId,
    mode: plan.config.mode,
    data: plan.data.name,
    fingerprint: whole?.fingerprint ?? end.recorder.fingerprint,
    marketEvents: whole?.marketEvents.upTo(end.seq) ?? end.recorder.marketEventsUpTo(end.seq),
    ...(plan.data.session ?? end.period),
    ...totals,
    startBalance: start,
    endBalance: end.balance,
    stopped: end.stopped,
    stoppedAt: end.stoppedAt,
    held: end.held,
  };
}

/** Everything a journal tells, added up from its first record. */
function replayed(config: SessionConfig, journal: Journal, hash: HashText) {
  const tally = new ReportTally(config);
  const fingerprint = new Fingerprint(hash);
  const marketEvents = new MarketEventCount();
  for (const { body } of journal.read(0)) {
    const record = decodeRecord(body);
    marketEvents.add(record.seq, record.event);
    for (const fact of record.facts) tally.add(fact);
    const outcome = fingerprinted(record);
    if (outcome !== undefined) fingerprint.add(outcome);
  }
  return { tally, marketEvents, fingerprint: fingerprint.value };
}

/** The balances that accounts began with, added up. */
function startBalance(config: SessionConfig): Money {
  let sum: bigint = NO_MONEY;
  for (const account of reportedAccounts(config)) sum += account.startBalance;
  return sum as Money;
}

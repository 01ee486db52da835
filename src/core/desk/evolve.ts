import type { AccountId, BotId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Fill } from "#core/domain/order.ts";
import { positionKey } from "#core/domain/position.ts";
import type { RoundTrip } from "#core/domain/position.ts";
import { type EpochMs, type Money, NO_MONEY } from "#core/domain/units.ts";
import { evolveOrder, noteSent } from "#core/orders/evolve-order.ts";
import { breachKey } from "#core/risk/breach.ts";
import { encode } from "./codec.ts";
import type { BotFact, Fact, OrderFact, PositionFact, RiskFact, SessionFact } from "./fact.ts";
import { adoptState, decodeState } from "./snapshot.ts";
import {
  type AccountState,
  type DayLedger,
  DAYS_KEPT,
  type DeskState,
  FILLS_KEPT,
  REQUESTS_KEPT,
  fillKey,
} from "./state.ts";

/** Changes durable state by one fact, in place. The only function that does. */
export function evolve(state: DeskState, fact: Fact): void {
  switch (fact.kind) {
    case "sessionOpened":
    case "stateSalvaged":
    case "deskStarted":
    case "deskStopping":
    case "tradingStateChanged":
    case "accountReadyChanged":
    case "journalWritableChanged":
    case "requestHandled":
    case "findingRaised":
      return evolveSession(state, fact);
    case "orderDenied":
    case "orderApproved":
    case "orderSubmitted":
    case "orderAccepted":
    case "orderRejected":
    case "orderUnconfirmed":
    case "orderCanceled":
    case "orderExpired":
    case "cancelRequested":
    case "cancelRejected":
    case "modifyRequested":
    case "orderModified":
    case "modifyRejected":
    case "orderAdopted":
    case "bracketChanged":
    case "bracketClosed":
      return evolveOrders(state, fact);
    case "fillBooked":
    case "positionAdopted":
      return evolvePosition(state, fact);
    case "breachFound":
    case "breachEnded":
    case "lossWarned":
    case "accountLocked":
    case "lockoutEnded":
    case "protectionChanged":
    case "enforcementChanged":
    case "enforcementEnded":
      return evolveRisk(state, fact);
    case "botStatusChanged":
    case "signalGenerated":
    case "storeChanged":
      return evolveBot(state, fact);
  }
  invariant(false, `a fact is of a known kind, found ${encode(fact)}`);
}

function evolveSession(state: DeskState, fact: SessionFact): void {
  switch (fact.kind) {
    case "sessionOpened":
      return openSession(state, fact);
    case "stateSalvaged":
      return adoptState(state, decodeState(fact.state));
    case "deskStarted":
      invariant(fact.epoch > state.epoch, "the epoch rises with every process start");
      state.epoch = fact.epoch;
      state.isStopping = false;
      return;
    case "deskStopping":
      state.isStopping = true;
      return;
    case "tradingStateChanged":
      if (fact.scope.kind === "desk") state.tradingState = fact.state;
      if (fact.scope.kind === "account") {
        changeAccount(state, fact.scope.accountId, { tradingState: fact.state });
      }
      return;
    case "accountReadyChanged":
      return changeAccount(state, fact.accountId, { ready: fact.ready, reconciledAt: fact.asOf });
    case "journalWritableChanged":
      state.journalWritable = fact.writable;
      return;
    case "requestHandled":
      state.requests.set(fact.requestId, { request: fact.request, result: fact.result });
      dropOldest(state.requests, REQUESTS_KEPT);
      return;
    case "findingRaised":
      return;
  }
}

function openSession(state: DeskState, { config }: Extract<Fact, { kind: "sessionOpened" }>): void {
  invariant(state.session === null, "a session is opened once");
  state.session = config;
  for (const account of config.accounts) {
    state.accounts.set(account.accountId, {
      accountId: account.accountId,
      balance: account.startBalance,
      tradingState: "active",
      ready: false,
      reconciledAt: 0 as EpochMs,
      lastFill: null,
      fillsForgottenUntil: 0 as EpochMs,
      days: [],
      sentAt: [],
      recentEntries: [],
      warnings: [],
    });
  }
  for (const bot of config.bots) {
    state.bots.set(bot.botId, {
      botId: bot.botId,
      status: bot.enabled ? { kind: "running" } : { kind: "paused" },
      store: {},
      signals: { tradingDay: null, count: 0 },
      ledger: { tradingDay: null, dayNet: NO_MONEY, totalNet: NO_MONEY, peakNet: NO_MONEY },
    });
  }
}

function evolveOrders(state: DeskState, fact: OrderFact): void {
  switch (fact.kind) {
    case "bracketChanged":
      state.brackets.set(fact.group.entryId, fact.group);
      return;
    case "bracketClosed":
      state.brackets.delete(fact.entryId);
      return;
    case "orderDenied":
      return;
    case "orderSubmitted":
    case "cancelRequested":
    case "modifyRequested":
      evolveOrder(state, fact);
      return noteSent(state, fact.clientOrderId, fact.at);
    case "orderApproved":
    case "orderAccepted":
    case "orderRejected":
    case "orderUnconfirmed":
    case "orderCanceled":
    case "orderExpired":
    case "cancelRejected":
    case "orderModified":
    case "modifyRejected":
    case "orderAdopted":
      return evolveOrder(state, fact);
  }
}

function evolvePosition(state: DeskState, fact: PositionFact): void {
  const { position } = fact;
  state.positions.set(positionKey(position.accountId, position.instrument), position);
  if (fact.kind === "positionAdopted") return;
  const { fill, grossPnl } = fact;
  evolveOrder(state, fact);
  state.bookedFills.set(fillKey(fill.accountId, fill.fillId), {
    accountId: fill.accountId,
    at: fill.at,
  });
  forgetFills(state);
  const account = accountOf(state, fill.accountId);
  changeAccount(state, fill.accountId, {
    balance: (account.balance + grossPnl - fill.fee) as Money,
    lastFill: newest(account.lastFill, fill),
    days: bookDay(account.days, fact),
  });
  if (fact.owner.kind === "bot") bookBot(state, fact.owner.botId, fact);
}

function forgetFills(state: DeskState): void {
  for (const [key, { accountId, at }] of state.bookedFills) {
    if (state.bookedFills.size <= FILLS_KEPT) return;
    state.bookedFills.delete(key);
    const until = Math.max(accountOf(state, accountId).fillsForgottenUntil, at) as EpochMs;
    changeAccount(state, accountId, { fillsForgottenUntil: until });
  }
}

function newest(known: AccountState["lastFill"], { fillId, at }: Fill): AccountState["lastFill"] {
  return known !== null && known.at > at ? known : { fillId, at };
}

type BookedFill = Extract<Fact, { kind: "fillBooked" }>;

function bookBot(state: DeskState, botId: BotId, fact: BookedFill): void {
  const bot = state.bots.get(botId);
  if (bot === undefined) return;
  const net = fact.grossPnl - fact.fill.fee;
  const sameDay = bot.ledger.tradingDay === fact.tradingDay;
  const totalNet = (bot.ledger.totalNet + net) as Money;
  state.bots.set(botId, {
    ...bot,
    ledger: {
      tradingDay: fact.tradingDay,
      dayNet: ((sameDay ? bot.ledger.dayNet : 0n) + net) as Money,
      totalNet,
      peakNet: totalNet > bot.ledger.peakNet ? totalNet : bot.ledger.peakNet,
    },
  });
}

/** Days come in their order, so the one that is booked to is nearly always the last. */
function bookDay(days: readonly DayLedger[], booked: BookedFill): readonly DayLedger[] {
  const { tradingDay } = booked;
  const index = days.findLastIndex((one) => one.tradingDay <= tradingDay);
  const known = days[index];
  if (known?.tradingDay === tradingDay) return days.with(index, dayAfter(known, booked));
  return days.toSpliced(index + 1, 0, dayAfter(emptyDay(tradingDay), booked)).slice(-DAYS_KEPT);
}

function dayAfter(day: DayLedger, { grossPnl, fill, roundTrip }: BookedFill): DayLedger {
  return {
    tradingDay: day.tradingDay,
    grossPnl: (day.grossPnl + grossPnl) as Money,
    fees: (day.fees + fill.fee) as Money,
    fills: day.fills + 1,
    roundTrips: day.roundTrips + (roundTrip === null ? 0 : 1),
    wins: day.wins + (isWin(roundTrip) ? 1 : 0),
  };
}

export function emptyDay(tradingDay: DayLedger["tradingDay"]): DayLedger {
  return { tradingDay, grossPnl: NO_MONEY, fees: NO_MONEY, fills: 0, roundTrips: 0, wins: 0 };
}

function isWin(trip: RoundTrip | null): boolean {
  return trip !== null && trip.netPnl > 0n;
}

function evolveRisk(state: DeskState, fact: RiskFact): void {
  switch (fact.kind) {
    case "breachFound":
      state.breaches.set(breachKey(fact.breach), fact.breach);
      return;
    case "breachEnded":
      state.breaches.delete(fact.key);
      return;
    case "lossWarned": {
      const { warnings } = accountOf(state, fact.accountId);
      const warning = warningKey(fact);
      return changeAccount(state, fact.accountId, { warnings: [...warnings, warning].slice(-20) });
    }
    case "accountLocked":
      state.lockouts.set(fact.lockout.lockoutId, fact.lockout);
      return;
    case "lockoutEnded":
      state.lockouts.delete(fact.lockoutId);
      return;
    case "protectionChanged": {
      const key = positionKey(fact.accountId, fact.instrument);
      if (fact.unprotectedSince === null) state.unprotected.delete(key);
      else state.unprotected.set(key, fact.unprotectedSince);
      return;
    }
    case "enforcementChanged":
      if (!state.enforcements.has(fact.enforcement.enforcementId)) state.nextEnforcementNumber += 1;
      state.enforcements.set(fact.enforcement.enforcementId, fact.enforcement);
      return;
    case "enforcementEnded":
      state.enforcements.delete(fact.enforcementId);
      return;
  }
}

export function warningKey(
  warning: Pick<Extract<Fact, { kind: "lossWarned" }>, "rule" | "tradingDay" | "share">,
): string {
  return `${warning.rule}/${warning.tradingDay}/${warning.share}`;
}

function evolveBot(state: DeskState, fact: BotFact): void {
  const bot = state.bots.get(fact.botId);
  invariant(bot !== undefined, `a fact names a configured bot, found ${fact.botId}`);
  switch (fact.kind) {
    case "botStatusChanged":
      state.bots.set(fact.botId, { ...bot, status: fact.status });
      return;
    case "signalGenerated": {
      const sameDay = bot.signals.tradingDay === fact.tradingDay;
      const count = (sameDay ? bot.signals.count : 0) + 1;
      state.bots.set(fact.botId, { ...bot, signals: { tradingDay: fact.tradingDay, count } });
      return;
    }
    case "storeChanged":
      state.bots.set(fact.botId, { ...bot, store: { ...bot.store, [fact.key]: fact.value } });
      return;
  }
}

function changeAccount(state: DeskState, id: AccountId, change: Partial<AccountState>): void {
  state.accounts.set(id, { ...accountOf(state, id), ...change });
}

export function accountOf(state: DeskState, id: AccountId): AccountState {
  const account = state.accounts.get(id);
  invariant(account !== undefined, `a fact names a configured account, found ${id}`);
  return account;
}

/** Maps keep insertion order, so the first key is the oldest. */
function dropOldest(kept: Map<unknown, unknown>, limit: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= limit) return;
    kept.delete(key);
  }
}

import { invariant } from "#core/domain/invariant.ts";
import { positionKey } from "#core/domain/position.ts";
import { type EpochMs, NO_MONEY } from "#core/domain/units.ts";
import { evolveOrder, noteSent } from "#core/orders/evolve-order.ts";
import { breachKey } from "#core/risk/breach.ts";
import { encode } from "./codec.ts";
import { changeAccount } from "./evolve-account.ts";
import { evolvePosition } from "./evolve-fills.ts";
import type { BotFact, Fact, OrderFact, RiskFact, SessionFact } from "./fact.ts";
import { adoptState, decodeState } from "./snapshot.ts";
import { type DeskState, REQUESTS_KEPT, accountOf } from "./state.ts";

/** Changes durable state by one fact, in place. The only function that does. */
export function evolve(state: DeskState, fact: Fact): void {
  // The text is made only when it is needed: this is called for every fact there is.
  if (!Object.hasOwn(FOLDS, fact.kind)) {
    invariant(false, `a fact is of a known kind, found ${encode(fact)}`);
  }
  const fold: (state: DeskState, fact: never) => void = FOLDS[fact.kind];
  fold(state, fact as never);
}

/** Who folds which kind of fact. */
const FOLDS: { readonly [K in Fact["kind"]]: (state: DeskState, fact: KindOf<K>) => void } = {
  sessionOpened: evolveSession,
  stateSalvaged: evolveSession,
  deskStarted: evolveSession,
  deskStopping: evolveSession,
  tradingStateChanged: evolveSession,
  accountReadyChanged: evolveAccount,
  accountIdentified: evolveAccount,
  armingChanged: evolveAccount,
  bracketsChanged: evolveAccount,
  standingChanged: evolveAccount,
  contractIdentified: evolveSession,
  linkChanged: evolveSession,
  reconnectRequested: evolveSession,
  degradedChanged: evolveSession,
  journalWritableChanged: evolveSession,
  requestHandled: evolveSession,
  findingRaised: evolveSession,
  unknownHeld: evolveAccount,
  orderDenied: evolveOrders,
  orderApproved: evolveOrders,
  orderSubmitted: evolveOrders,
  orderAccepted: evolveOrders,
  orderRejected: evolveOrders,
  orderUnconfirmed: evolveOrders,
  orderCanceled: evolveOrders,
  orderExpired: evolveOrders,
  cancelRequested: evolveOrders,
  cancelRejected: evolveOrders,
  modifyRequested: evolveOrders,
  orderModified: evolveOrders,
  modifyRejected: evolveOrders,
  orderAdopted: evolveOrders,
  bracketChanged: evolveOrders,
  bracketClosed: evolveOrders,
  fillBooked: evolvePosition,
  fillPassedOver: evolvePosition,
  fillCorrected: evolvePosition,
  fillVoided: evolvePosition,
  balanceAdopted: evolvePosition,
  positionAdopted: evolvePosition,
  breachFound: evolveRisk,
  breachEnded: evolveRisk,
  lossWarned: evolveRisk,
  accountLocked: evolveRisk,
  lockoutEnded: evolveRisk,
  protectionChanged: evolveRisk,
  enforcementChanged: evolveRisk,
  enforcementEnded: evolveRisk,
  botStatusChanged: evolveBot,
  signalGenerated: evolveBot,
  storeChanged: evolveBot,
};

type KindOf<K extends Fact["kind"]> = Extract<Fact, { kind: K }>;

function evolveSession(state: DeskState, fact: Exclude<SessionFact, AccountFact>): void {
  switch (fact.kind) {
    case "sessionOpened":
      return openSession(state, fact);
    case "stateSalvaged":
      return adoptState(state, decodeState(fact.state));
    case "deskStarted":
      invariant(fact.epoch > state.epoch, "the epoch rises with every process start");
      state.epoch = fact.epoch;
      state.isStopping = false;
      // A process begins when its own link stands.
      state.linkProblem = null;
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
    case "contractIdentified":
      state.contracts.set(fact.instrument, fact.venueContract);
      return;
    case "linkChanged":
      state.linkProblem = fact.problem;
      return;
    case "degradedChanged":
      state.degraded = fact.reason;
      return;
    case "journalWritableChanged":
      state.journalWritable = fact.writable;
      return;
    case "requestHandled":
      state.requests.set(fact.requestId, { request: fact.request, result: fact.result });
      dropOldest(state.requests, REQUESTS_KEPT);
      return;
    case "findingRaised":
    case "reconnectRequested":
      return;
  }
}

type AccountFact = KindOf<
  | "accountReadyChanged"
  | "accountIdentified"
  | "armingChanged"
  | "bracketsChanged"
  | "standingChanged"
  | "unknownHeld"
>;

function evolveAccount(state: DeskState, fact: AccountFact): void {
  switch (fact.kind) {
    case "accountReadyChanged":
      return changeAccount(state, fact.accountId, {
        ready: fact.ready,
        readyReason: fact.reason,
        reconciledAt: fact.asOf,
      });
    case "accountIdentified":
      return changeAccount(state, fact.accountId, { venueAccount: fact.venueAccount });
    case "armingChanged":
      return changeAccount(state, fact.accountId, { arming: fact.arming });
    case "bracketsChanged":
      return changeAccount(state, fact.accountId, { brackets: fact.brackets });
    case "standingChanged":
      return changeAccount(state, fact.accountId, { isStopped: !fact.canTrade });
    case "unknownHeld":
      return changeAccount(state, fact.accountId, { unknownHoldings: fact.holdings });
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
      arming: account.arming,
      venueAccount: null,
      brackets: account.brackets,
      isStopped: false,
      ready: false,
      readyReason: "not compared with the venue yet",
      reconciledAt: 0 as EpochMs,
      lastFill: null,
      fillsForgottenUntil: 0 as EpochMs,
      days: [],
      sentAt: [],
      recentEntries: [],
      warnings: [],
      unknownHoldings: [],
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

/** Maps keep insertion order, so the first key is the oldest. */
function dropOldest(kept: Map<unknown, unknown>, limit: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= limit) return;
    kept.delete(key);
  }
}

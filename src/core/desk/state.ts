import type { AccountId, BotId, ClientOrderId, InstrumentId, RequestId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import type { Fill, Order, OrderSource } from "#core/domain/order.ts";
import { type Position, type RoundTrip, positionKey } from "#core/domain/position.ts";
import type { TradingDay } from "#core/domain/trading-day.ts";
import { type EpochMs, type Money, NO_MONEY } from "#core/domain/units.ts";
import type { BracketGroup } from "#core/orders/bracket-group.ts";
import type { Breach } from "#core/risk/breach.ts";
import type { Enforcement } from "#core/risk/enforcement-state.ts";
import type { BotState } from "#core/strategy/bot-state.ts";
import type { Arming, SessionConfig } from "./config.ts";
import type { Request, RequestResult, TradingState } from "./request.ts";

/** Realized money of one account in one trading day. */
export type DayLedger = {
  readonly tradingDay: TradingDay;
  /** Of closed lots, before fees. */
  readonly grossPnl: Money;
  readonly fees: Money;
  readonly fills: number;
  readonly roundTrips: number;
  readonly wins: number;
};

/** What is added to a day. */
export type LedgerChange = Omit<DayLedger, "tradingDay">;

/** A fill as it counts, kept while the venue may change its word about it. */
export type BookedFill = {
  readonly fill: Fill;
  readonly tradingDay: TradingDay;
  /** Of its order. */
  readonly source: OrderSource;
  /** Whose trip it belongs to. */
  readonly owner: OrderSource;
  readonly grossPnl: Money;
  /** The one that it ended. */
  readonly roundTrip: RoundTrip | null;
  /** The position before it; null once the venue's replaced what came of it. */
  readonly before: Position | null;
  readonly isVoided: boolean;
};

/** What was asked and what the answer was. */
export type HandledRequest = { readonly request: Request; readonly result: RequestResult };

/** An approved entry; `key` is equal for equal orders (see `entryKey`). */
export type RecentEntry = {
  readonly clientOrderId: ClientOrderId;
  readonly at: EpochMs;
  readonly key: string;
};

/** Lots at the venue in an instrument that the session does not know. */
export type UnknownHolding = { readonly instrument: InstrumentId; readonly qty: number };

export type AccountState = {
  readonly accountId: AccountId;
  /** Start balance plus realized PnL minus fees, or since the venue's replaced it. */
  readonly balance: Money;
  readonly tradingState: TradingState;
  /** As configured until somebody with the right to do so changed it. */
  readonly arming: Arming;
  /** The venue's number of it; null where no venue has told one. */
  readonly venueAccount: string | null;
  /** Who keeps stops and targets; as configured until the venue refuses to. */
  readonly brackets: "desk" | "venue";
  /** The venue lets it open nothing. */
  readonly isStopped: boolean;
  /** False until the venue's truth has been compared with ours, as of `reconciledAt` of its clock. */
  readonly ready: boolean;
  /** Why it is ready or not. */
  readonly readyReason: string;
  readonly reconciledAt: EpochMs;
  /** The newest booked fill, by the venue's clock. */
  readonly lastFill: Pick<Fill, "fillId" | "at"> | null;
  /** Fills until this instant of the venue's clock may have left `bookedFills`: one told again is not booked again. */
  readonly fillsForgottenUntil: EpochMs;
  /** The trading day of the last fill and the days before it, newest last, at most `DAYS_KEPT`. */
  readonly days: readonly DayLedger[];
  /** When the last messages to the venue went out, newest last, at most `MESSAGES_KEPT`. */
  readonly sentAt: readonly EpochMs[];
  /** The last `ENTRIES_KEPT` approved entries, newest last, so that none goes out twice by mistake. */
  readonly recentEntries: readonly RecentEntry[];
  /** Shares of a loss limit already warned about, by rule and trading day. */
  readonly warnings: readonly string[];
  /** As the venue last listed them: a person is told of each change, not of each list. */
  readonly unknownHoldings: readonly UnknownHolding[];
};

/**
 * Everything an order or a dollar depends on. Maps are changed only by `evolve`; their values are immutable and
 * replaced. Every map has a bound: by configuration (accounts, bots), by the gate (open orders), by count (the rest).
 */
export type DeskState = {
  session: SessionConfig | null;
  epoch: number;
  /** Next number for a client order id; only rises (R2, R15). */
  nextOrderNumber: number;
  nextEnforcementNumber: number;
  /** As a person or safe mode left it; see `deskTradingState` for what holds. */
  tradingState: TradingState;
  /** Between the request for a graceful stop and the next start. */
  isStopping: boolean;
  journalWritable: boolean;
  /** Why the link to the venue is down: nobody tells what happens there. Null while it stands. */
  linkProblem: string | null;
  /** Why no entries are taken though link and journal stand, such as a clock that is off; null mostly. */
  degraded: string | null;
  readonly accounts: Map<AccountId, AccountState>;
  /** In which contract of the venue each instrument is traded, where the venue has told one. */
  readonly contracts: Map<InstrumentId, string>;
  /** Orders that may still fill, and closed ones that owe fills. */
  readonly openOrders: Map<ClientOrderId, Order>;
  /** The last `CLOSED_ORDERS_KEPT` that ended, oldest first. */
  readonly closedOrders: Map<ClientOrderId, Order>;
  /** By account and instrument; flat ones stay, so that their next trip has a place. */
  readonly positions: Map<string, Position>;
  readonly brackets: Map<ClientOrderId, BracketGroup>;
  readonly lockouts: Map<string, Lockout>;
  /** Breaches whose condition still holds, by `breachKey`. */
  readonly breaches: Map<string, Breach>;
  readonly enforcements: Map<string, Enforcement>;
  /** Positions short of stop quantity, by account and instrument, since when. */
  readonly unprotected: Map<string, EpochMs>;
  readonly bots: Map<BotId, BotState>;
  /** The last `REQUESTS_KEPT` answers, so that asking twice acts once. */
  readonly requests: Map<RequestId, HandledRequest>;
  /** The last `FILLS_KEPT` fills that were booked or passed over, by account and fill id (R7). */
  readonly bookedFills: Map<string, Pick<Fill, "accountId" | "at">>;
  /** The last `RECENT_FILLS_KEPT` of them as they count, in the order in which they were booked. */
  readonly recentFills: Map<string, BookedFill>;
};

export const CLOSED_ORDERS_KEPT = 1_000;
export const REQUESTS_KEPT = 1_000;
export const FILLS_KEPT = 20_000;
export const RECENT_FILLS_KEPT = 500;
export const DAYS_KEPT = 40;
export const MESSAGES_KEPT = 400;
export const ENTRIES_KEPT = 16;

export function emptyState(): DeskState {
  return {
    session: null,
    epoch: 0,
    nextOrderNumber: 1,
    nextEnforcementNumber: 1,
    tradingState: "active",
    isStopping: false,
    journalWritable: true,
    linkProblem: null,
    degraded: null,
    accounts: new Map(),
    contracts: new Map(),
    openOrders: new Map(),
    closedOrders: new Map(),
    positions: new Map(),
    brackets: new Map(),
    lockouts: new Map(),
    breaches: new Map(),
    enforcements: new Map(),
    unprotected: new Map(),
    bots: new Map(),
    requests: new Map(),
    bookedFills: new Map(),
    recentFills: new Map(),
  };
}

/** Whether the desk takes entries: what was set, and none while it stops. */
export function deskTradingState({
  tradingState,
  isStopping,
}: Pick<DeskState, "tradingState" | "isStopping">): TradingState {
  return isStopping && tradingState === "active" ? "reducing" : tradingState;
}

export function emptyDay(tradingDay: DayLedger["tradingDay"]): DayLedger {
  return { tradingDay, grossPnl: NO_MONEY, fees: NO_MONEY, fills: 0, roundTrips: 0, wins: 0 };
}

export function accountOf(state: DeskState, id: AccountId): AccountState {
  const account = state.accounts.get(id);
  invariant(account !== undefined, `a fact names a configured account, found ${id}`);
  return account;
}

/** An order by our id, open or recently closed. */
export function findOrder(state: DeskState, id: ClientOrderId): Order | undefined {
  return state.openOrders.get(id) ?? state.closedOrders.get(id);
}

export function findPosition(
  state: DeskState,
  accountId: AccountId,
  instrument: InstrumentId,
): Position | undefined {
  return state.positions.get(positionKey(accountId, instrument));
}

export function fillKey(accountId: AccountId, fillId: string): string {
  return `${accountId}/${fillId}`;
}

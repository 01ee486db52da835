import type { Desk } from "#core/desk/desk.ts";
import { deskTradingState, emptyDay, type AccountState } from "#core/desk/state.ts";
import { ticksToPrice } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Position } from "#core/domain/position.ts";
import { type Money, NO_MONEY } from "#core/domain/units.ts";
import { averageEntryTicks, unrealizedPnl } from "#core/positions/book-fill.ts";
import { accountGate } from "#core/risk/account-gate.ts";
import { RiskView } from "#core/risk/risk-view.ts";
import type { AccountStatus, DeskStatus, LimitUsed, PositionStatus } from "./status.ts";

/** What only the runtime knows of a session. */
export type Surroundings = Pick<
  DeskStatus,
  "progress" | "venue" | "denials" | "incidents" | "marketEvents"
>;

/** A desk as a screen shows it. Reads only. */
export function statusOf(desk: Desk, around: Surroundings): DeskStatus {
  const { state, market } = desk;
  const { session } = state;
  invariant(session !== null, "a status is asked of an open session");
  const positions = [...state.positions.values()]
    .filter(({ qty }) => qty !== 0)
    .map((position) => positionStatus(desk, position));
  return {
    ...around,
    sessionId: session.sessionId,
    mode: session.mode,
    at: desk.now,
    seq: desk.seq,
    tradingState: deskTradingState(state),
    journalWritable: state.journalWritable,
    degraded: state.degraded,
    accounts: [...state.accounts.values()].map((account) =>
      accountStatus(desk, account, positions),
    ),
    positions,
    orders: [...state.openOrders.values()],
    touches: session.instruments.map(({ id }) => ({ instrument: id, touch: market.touch(id) })),
    lockouts: [...state.lockouts.values()],
    enforcements: [...state.enforcements.values()],
    bots: [...state.bots.values()],
  };
}

function positionStatus({ market }: Desk, position: Position): PositionStatus {
  const instrument = market.instrument(position.instrument);
  invariant(instrument !== undefined, "a position is of an instrument of the session");
  const { bidPrice, askPrice, lastPrice } = market.touch(position.instrument);
  const mark = (position.qty > 0 ? bidPrice : askPrice) ?? lastPrice;
  const avgTicks = averageEntryTicks(position, instrument.tickValue);
  return {
    position,
    avgEntryPrice: (avgTicks * instrument.tickUnits) / instrument.tickScale,
    markPrice: mark === null ? null : ticksToPrice(instrument, mark),
    unrealized: mark === null ? NO_MONEY : unrealizedPnl(position, mark, instrument.tickValue),
  };
}

function accountStatus(
  desk: Desk,
  account: AccountState,
  positions: readonly PositionStatus[],
): AccountStatus {
  const { accountId } = account;
  const today = desk.market.tradingDay(desk.now);
  const day = account.days.find((one) => one.tradingDay === today) ?? emptyDay(today);
  let unrealized = 0n;
  for (const { position, unrealized: own } of positions) {
    if (position.accountId === accountId) unrealized += own;
  }
  return {
    accountId,
    tradingState: account.tradingState,
    arming: account.arming,
    isStopped: account.isStopped,
    ready: account.ready,
    readyReason: account.readyReason,
    balance: account.balance,
    dayNet: (day.grossPnl - day.fees) as Money,
    dayFees: day.fees,
    unrealized: unrealized as Money,
    roundTrips: day.roundTrips,
    wins: day.wins,
    limits: limitsUsed(desk, account),
  };
}

/** What each rule of an account has used of its limit. */
function limitsUsed(desk: Desk, { accountId }: AccountState): readonly LimitUsed[] {
  const config = desk.state.session?.accounts.find((one) => one.accountId === accountId);
  if (config === undefined) return [];
  const view = new RiskView(desk.state, desk.market);
  view.now = desk.now;
  return accountGate(config).rules.flatMap((rule) => rule.used(accountId, view));
}

import type { BotId } from "#core/domain/ids.ts";
import type { Fill } from "#core/domain/order.ts";
import { type Position, positionKey } from "#core/domain/position.ts";
import type { TradingDay } from "#core/domain/trading-day.ts";
import type { EpochMs, Money } from "#core/domain/units.ts";
import { evolveOrder } from "#core/orders/evolve-order.ts";
import { flatPosition, tripCount } from "#core/positions/book-fill.ts";
import { changeAccount } from "./evolve-account.ts";
import type { PositionFact } from "./fact.ts";
import {
  type AccountState,
  type BookedFill,
  type DayLedger,
  DAYS_KEPT,
  type DeskState,
  FILLS_KEPT,
  type LedgerChange,
  RECENT_FILLS_KEPT,
  accountOf,
  emptyDay,
  fillKey,
  findOrder,
  findPosition,
} from "./state.ts";

/** What fills and positions found at the venue change: positions, ledgers, the fills that are remembered. */
export function evolvePosition(state: DeskState, fact: PositionFact): void {
  switch (fact.kind) {
    case "fillBooked":
      return book(state, fact);
    case "fillPassedOver":
      return rememberFill(state, fact);
    case "fillVoided":
      replace(state, fact.position);
      return correct(state, fact);
    case "fillCorrected":
      return correct(state, fact);
    case "balanceAdopted":
      return changeAccount(state, fact.accountId, { balance: fact.balance });
    case "positionAdopted":
      replace(state, fact.position);
      return cutOff(state, fact.position);
  }
}

function replace(state: DeskState, position: Position): void {
  state.positions.set(positionKey(position.accountId, position.instrument), position);
}

function book(state: DeskState, fact: Extract<PositionFact, { kind: "fillBooked" }>): void {
  const { fill, grossPnl, roundTrip, tradingDay, owner, position } = fact;
  const { accountId, instrument } = fill;
  const before = findPosition(state, accountId, instrument) ?? flatPosition(accountId, instrument);
  replace(state, position);
  evolveOrder(state, fact);
  const key = fillKey(accountId, fill.fillId);
  rememberFill(state, fill);
  const source = findOrder(state, fill.clientOrderId)?.source ?? owner;
  const booked = { fill, tradingDay, source, owner, grossPnl, roundTrip, before, isVoided: false };
  state.recentFills.set(key, booked);
  dropOldest(state.recentFills);
  const lastFill = newest(accountOf(state, accountId).lastFill, fill);
  changeAccount(state, accountId, { lastFill });
  add(state, booked, { grossPnl, fees: fill.fee, fills: 1, ...tripCount(roundTrip) });
}

function correct(
  state: DeskState,
  { booked, added }: Extract<PositionFact, { kind: "fillCorrected" | "fillVoided" }>,
): void {
  const key = fillKey(booked.fill.accountId, booked.fill.fillId);
  if (state.recentFills.has(key)) state.recentFills.set(key, booked);
  add(state, booked, added);
}

/** What follows from fills before it is the venue's word now: it does not change with theirs. */
function cutOff(state: DeskState, { accountId, instrument }: Position): void {
  for (const [key, booked] of state.recentFills) {
    const { fill, before } = booked;
    if (before === null || fill.accountId !== accountId || fill.instrument !== instrument) continue;
    state.recentFills.set(key, { ...booked, before: null });
  }
}

function rememberFill(
  state: DeskState,
  { accountId, fillId, at }: Pick<Fill, "accountId" | "fillId" | "at">,
): void {
  state.bookedFills.set(fillKey(accountId, fillId), { accountId, at });
  forgetFills(state);
}

function forgetFills(state: DeskState): void {
  for (const [key, { accountId, at }] of state.bookedFills) {
    if (state.bookedFills.size <= FILLS_KEPT) return;
    state.bookedFills.delete(key);
    const until = Math.max(accountOf(state, accountId).fillsForgottenUntil, at) as EpochMs;
    changeAccount(state, accountId, { fillsForgottenUntil: until });
  }
}

function dropOldest(fills: Map<string, BookedFill>): void {
  for (const key of fills.keys()) {
    if (fills.size <= RECENT_FILLS_KEPT) return;
    fills.delete(key);
  }
}

function newest(known: AccountState["lastFill"], { fillId, at }: Fill): AccountState["lastFill"] {
  return known !== null && known.at > at ? known : { fillId, at };
}

/** Adds what a fill came to, or what it comes to more or less, to the ledgers of its account and its bot. */
function add(state: DeskState, { fill, tradingDay, owner }: BookedFill, added: LedgerChange): void {
  const net = (added.grossPnl - added.fees) as Money;
  const { accountId } = fill;
  const { balance, days } = accountOf(state, accountId);
  changeAccount(state, accountId, {
    balance: (balance + net) as Money,
    days: addToDay(days, tradingDay, added),
  });
  if (owner.kind === "bot") addToBot(state, owner.botId, { tradingDay, net });
}

type Net = { readonly tradingDay: TradingDay; readonly net: Money };

/** What is told late of a day that is over counts for the total alone. */
function addToBot(state: DeskState, botId: BotId, { tradingDay, net }: Net): void {
  const bot = state.bots.get(botId);
  if (bot === undefined) return;
  const { ledger } = bot;
  const isOver = ledger.tradingDay !== null && tradingDay < ledger.tradingDay;
  const dayBefore = ledger.tradingDay === tradingDay ? ledger.dayNet : 0n;
  const totalNet = (ledger.totalNet + net) as Money;
  state.bots.set(botId, {
    ...bot,
    ledger: {
      tradingDay: isOver ? ledger.tradingDay : tradingDay,
      dayNet: isOver ? ledger.dayNet : ((dayBefore + net) as Money),
      totalNet,
      peakNet: totalNet > ledger.peakNet ? totalNet : ledger.peakNet,
    },
  });
}

/** Days come in their order, so the one that is booked to is nearly always the last. */
function addToDay(
  days: readonly DayLedger[],
  tradingDay: TradingDay,
  added: LedgerChange,
): readonly DayLedger[] {
  const index = days.findLastIndex((one) => one.tradingDay <= tradingDay);
  const known = days[index];
  if (known?.tradingDay === tradingDay) return days.with(index, dayAfter(known, added));
  return days.toSpliced(index + 1, 0, dayAfter(emptyDay(tradingDay), added)).slice(-DAYS_KEPT);
}

function dayAfter(day: DayLedger, added: LedgerChange): DayLedger {
  return {
    tradingDay: day.tradingDay,
    grossPnl: (day.grossPnl + added.grossPnl) as Money,
    fees: (day.fees + added.fees) as Money,
    fills: day.fills + added.fills,
    roundTrips: day.roundTrips + added.roundTrips,
    wins: day.wins + added.wins,
  };
}

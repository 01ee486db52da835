import type { BotId } from "#core/domain/ids.ts";
import type { Fill } from "#core/domain/order.ts";
import { positionKey } from "#core/domain/position.ts";
import type { RoundTrip } from "#core/domain/position.ts";
import type { EpochMs, Money } from "#core/domain/units.ts";
import { evolveOrder } from "#core/orders/evolve-order.ts";
import { changeAccount } from "./evolve-account.ts";
import type { PositionFact } from "./fact.ts";
import {
  type AccountState,
  type DayLedger,
  DAYS_KEPT,
  type DeskState,
  FILLS_KEPT,
  accountOf,
  emptyDay,
  fillKey,
} from "./state.ts";

/** What fills and positions found at the venue change: positions, ledgers, the fills that are remembered. */
export function evolvePosition(state: DeskState, fact: PositionFact): void {
  if (fact.kind === "fillPassedOver") return rememberFill(state, fact);
  const { position } = fact;
  state.positions.set(positionKey(position.accountId, position.instrument), position);
  if (fact.kind === "positionAdopted") return;
  const { fill, grossPnl } = fact;
  evolveOrder(state, fact);
  rememberFill(state, fill);
  const account = accountOf(state, fill.accountId);
  changeAccount(state, fill.accountId, {
    balance: (account.balance + grossPnl - fill.fee) as Money,
    lastFill: newest(account.lastFill, fill),
    days: bookDay(account.days, fact),
  });
  if (fact.owner.kind === "bot") bookBot(state, fact.owner.botId, fact);
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

function newest(known: AccountState["lastFill"], { fillId, at }: Fill): AccountState["lastFill"] {
  return known !== null && known.at > at ? known : { fillId, at };
}

type BookedFill = Extract<PositionFact, { kind: "fillBooked" }>;

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

function isWin(trip: RoundTrip | null): boolean {
  return trip !== null && trip.netPnl > 0n;
}

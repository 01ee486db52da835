import { dayNumber, DAY_MS, parseTimeOfDay } from "#core/domain/calendar/civil-date.ts";
import { zoneClock } from "#core/domain/calendar/zone-clock.ts";
import { CME_ROLL, nextRoll } from "#core/domain/trading-day.ts";
import { type EpochMs, type Money, moneyFrom, moneyToNumber } from "#core/domain/units.ts";
import type { Accounts } from "./accounts.ts";
import type { Markets } from "./contract-market.ts";
import { type FirmAccount, brokenRule, onNewDay } from "./firm-account.ts";
import { ORDER_STATUS } from "./gateway-order.ts";
import type { Orders } from "./orders.ts";
import type { ReportBook } from "./report-book.ts";
import type { Trading } from "./trading.ts";
import type { UserEvent } from "./user-event.ts";

const ZONE = "America/Chicago";
/** When the firm wants accounts flat, and refuses orders until the exchange's day ends at 17:00. */
const FLAT_BY = "15:10";
const REOPENS = "17:00";

export type HouseParts = {
  readonly accounts: Accounts;
  readonly orders: Orders;
  readonly markets: Markets;
  readonly trading: Trading;
  readonly reports: ReportBook;
  readonly emit: (event: UserEvent) => void;
  readonly flatByClose: boolean;
};

/** What the firm does to accounts by itself: it liquidates those that break its rules, and all at the end of the day. */
export class HouseRules {
  readonly #parts: HouseParts;
  #nextRollAt: number;
  #nextFlatAt: number;

  constructor(parts: HouseParts, from: EpochMs) {
    this.#parts = parts;
    this.#nextRollAt = nextRoll(from, CME_ROLL);
    this.#nextFlatAt = parts.flatByClose ? nextFlat(from) : Number.POSITIVE_INFINITY;
  }

  /** When the firm acts next by itself. */
  get nextDueAt(): number {
    return Math.min(this.#nextRollAt, this.#nextFlatAt);
  }

  /** Does what is due by the clock. */
  onTime(now: EpochMs): void {
    if (now >= this.#nextFlatAt) {
      this.#nextFlatAt = nextFlat(now);
      for (const account of this.#parts.accounts.all()) {
        this.#endOrders(account, ORDER_STATUS.expired, now);
        this.#closePositions(account);
      }
    }
    if (now < this.#nextRollAt) return;
    this.#nextRollAt = nextRoll(now, CME_ROLL);
    for (const account of this.#parts.accounts.all()) this.#replace(account, onNewDay(account));
  }

  /** Looks at the equity of every account that holds something; to be called when prices or balances changed. */
  onMarket(now: EpochMs): void {
    const holders = new Set(this.#parts.accounts.openPositions().map((one) => one.accountId));
    for (const accountId of holders) {
      const account = this.#parts.accounts.get(accountId);
      if (account !== undefined && hasLimits(account)) this.#check(account, now);
    }
  }

  /** After a closing trade an account may hold nothing and still be below its limit. */
  onBalances(now: EpochMs): void {
    for (const account of this.#parts.accounts.all()) {
      if (hasLimits(account)) this.#check(account, now);
    }
  }

  #check(account: FirmAccount, now: EpochMs): void {
    const equity = (account.balance + this.#unrealized(account)) as Money;
    const lockedBy = brokenRule(account, equity);
    if (lockedBy === null) return;
    this.#replace(account, { ...account, canTrade: false, lockedBy });
    this.#endOrders(account, ORDER_STATUS.canceled, now);
    this.#closePositions(account);
  }

  #unrealized(account: FirmAccount): Money {
    const { accounts, markets } = this.#parts;
    let dollars = 0;
    for (const position of accounts.openPositions()) {
      if (position.accountId !== account.id) continue;
      const { contract, qty, averageTicks } = position;
      const price = markets.of(contract).closingTicks(qty);
      if (price === undefined) continue;
      dollars += (price - averageTicks) * qty * moneyToNumber(contract.product.tickValue);
    }
    return moneyFrom(dollars);
  }

  #endOrders(account: FirmAccount, status: 3 | 4, now: EpochMs): void {
    const { orders, trading, reports } = this.#parts;
    for (const { id } of orders.working(account.id)) {
      const order = orders.get(id);
      // A leg that waits goes with its entry.
      if (order === undefined || order.status === ORDER_STATUS.suspended) continue;
      if (order.status > ORDER_STATUS.open && order.status < ORDER_STATUS.pending) continue;
      trading.perform({
        kind: "cancelOrder",
        accountId: account.machineId,
        clientOrderId: orders.machineId(order),
        venueOrderId: null,
      });
      const ended = orders.get(id);
      if (ended?.status === ORDER_STATUS.canceled && status === ORDER_STATUS.expired) {
        reports.change(ended, { status }, now);
      }
    }
  }

  #closePositions(account: FirmAccount): void {
    const { accounts, trading } = this.#parts;
    for (const position of accounts.openPositions()) {
      if (position.accountId !== account.id) continue;
      trading.liquidate(account, position.contract, -position.qty);
    }
  }

  #replace(before: FirmAccount, account: FirmAccount): void {
    this.#parts.accounts.set(account);
    if (before.canTrade === account.canTrade) return;
    this.#parts.emit({ kind: "account", accountId: account.id, account });
  }
}

/** Whether the firm takes orders: not between 15:10 and 17:00 in Chicago, if it wants accounts flat by then. */
export function isHouseOpen(at: EpochMs): boolean {
  const wall = at + zoneClock(ZONE).offsetMsAt(at);
  const timeOfDay = wall - Math.floor(wall / DAY_MS) * DAY_MS;
  return timeOfDay < parseTimeOfDay(FLAT_BY) || timeOfDay >= parseTimeOfDay(REOPENS);
}

function nextFlat(after: EpochMs): EpochMs {
  const clock = zoneClock(ZONE);
  const today = dayNumber(Math.floor((after + clock.offsetMsAt(after)) / DAY_MS));
  const todays = clock.instantOf(today, parseTimeOfDay(FLAT_BY));
  return todays > after ? todays : clock.instantOf(dayNumber(today + 1), parseTimeOfDay(FLAT_BY));
}

function hasLimits({ floor, dailyLoss, lockedBy }: FirmAccount): boolean {
  return lockedBy === null && (floor !== null || dailyLoss !== null);
}

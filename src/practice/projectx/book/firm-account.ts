import { type AccountId, accountId } from "#core/domain/ids.ts";
import type { Money } from "#core/domain/units.ts";

/** What the firm decides about an account. */
export type FirmAccountSettings = {
  readonly name: string;
  readonly balance: Money;
  /** The maximum loss limit: how far equity may fall below the best end of a day; null for none. */
  readonly maxLoss: Money | null;
  /** How much a trading day may lose; null for no limit. */
  readonly dailyLoss: Money | null;
  /** The most contracts it may hold of one product; null for no limit. */
  readonly maxContracts: number | null;
  /** With `position` brackets, orders that bring brackets are refused. */
  readonly brackets: "autoOco" | "position";
  /** Whether programs may trade it: live accounts and copy followers refuse them. */
  readonly apiTrading: boolean;
};

/** An account at the firm. Immutable: a change makes a new one. */
export type FirmAccount = FirmAccountSettings & {
  readonly id: number;
  /** What the matching machine calls it. */
  readonly machineId: AccountId;
  readonly canTrade: boolean;
  /** Equity at or below this ends the account; it rises with the best end of a day, to the first balance at most. */
  readonly floor: Money | null;
  readonly startBalance: Money;
  readonly dayStartBalance: Money;
  /** Locked by the daily loss until the next trading day; the loss floor locks for good. */
  readonly lockedBy: "dailyLoss" | "maxLoss" | null;
};

/** Account ids are 32-bit numbers; these look like the recorded ones. */
const FIRST_ID = 10_000_001;

export function firmAccount(settings: FirmAccountSettings, index: number): FirmAccount {
  const { balance, maxLoss, name } = settings;
  return {
    ...settings,
    id: FIRST_ID + index,
    machineId: accountId(name),
    canTrade: true,
    floor: maxLoss === null ? null : ((balance - maxLoss) as Money),
    startBalance: balance,
    dayStartBalance: balance,
    lockedBy: null,
  };
}

/** At the end of a trading day the floor follows the balance up, and a day's lock is over. */
export function onNewDay(account: FirmAccount): FirmAccount {
  const { balance, floor, maxLoss, startBalance, lockedBy } = account;
  const isFree = lockedBy === "maxLoss" ? account.canTrade : true;
  return {
    ...account,
    floor:
      floor === null || maxLoss === null
        ? null
        : least(startBalance, most(floor, (balance - maxLoss) as Money)),
    dayStartBalance: balance,
    canTrade: isFree,
    lockedBy: lockedBy === "maxLoss" ? lockedBy : null,
  };
}

/** Which rule an equity breaks. */
export function brokenRule(account: FirmAccount, equity: Money): FirmAccount["lockedBy"] {
  const { floor, dailyLoss, dayStartBalance, lockedBy } = account;
  if (lockedBy !== null) return null;
  if (floor !== null && equity <= floor) return "maxLoss";
  if (dailyLoss !== null && equity <= dayStartBalance - dailyLoss) return "dailyLoss";
  return null;
}

function least(a: Money, b: Money): Money {
  return a < b ? a : b;
}

function most(a: Money, b: Money): Money {
  return a > b ? a : b;
}

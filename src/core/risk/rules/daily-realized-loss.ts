import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import { type OrderIntent, sideSign } from "#core/domain/order.ts";
import { amount, choice, decimal, flag, list, object, optional } from "#core/domain/settings.ts";
import { type Lots, type Money, NO_MONEY, moneyToNumber } from "#core/domain/units.ts";
import { isOpenEntry, mayFill } from "#core/risk/exposure.ts";
import type { RiskView } from "#core/risk/risk-view.ts";
import { NOTHING_FOUND, rule } from "#core/risk/rule.ts";

/** RULE-003. Flattens and locks an account until the next roll when its day's realized loss reaches the limit. */
export const dailyRealizedLoss = rule(
  object({
    limit: amount(),
    /** Compare after fees, as the firms do. */
    includeFees: optional(flag(), true),
    /** Shares of the limit at which a person is told. */
    warnAt: optional(list(decimal({ min: 0.01, max: 1 })), [0.5, 0.75, 0.9]),
    /** `reject` denies an entry that could reach the limit at the stops of all that is open. */
    lookAhead: optional(choice("off", "reject"), "off"),
  }),
  {
    id: "RULE-003",
    key: "daily_realized_loss",
    title: "Daily realized loss",
    unit: "money",
    check(intent, view, { limit, includeFees, lookAhead }) {
      const { accountId } = intent;
      const loss = lossToday(accountId, view, includeFees);
      if (loss >= limit) return denial("dailyLossReached", limit, loss);
      if (lookAhead === "off") return undefined;
      const open = openRisk(accountId, view, includeFees);
      const atRisk = (loss + open + entryRisk(intent, view, includeFees)) as Money;
      return atRisk >= limit ? denial("dailyLossAtRisk", limit, atRisk) : undefined;
    },
    monitor(accountId, view, { limit, includeFees, warnAt }) {
      const loss = lossToday(accountId, view, includeFees);
      if (loss < limit) {
        const reached = warnAt.filter((share) => loss * SHARE >= limit * shareOf(share));
        return { ...NOTHING_FOUND, warnings: reached.map((share) => ({ share })) };
      }
      const breach = {
        accountId,
        rule: "RULE-003",
        code: "dailyLossReached",
        limit: moneyToNumber(limit),
        value: moneyToNumber(loss),
        remedy: { kind: "flattenAndLock", until: view.market.nextRoll(view.now) },
      } as const;
      return { ...NOTHING_FOUND, breaches: [breach] };
    },
    used(accountId, view, { limit, includeFees }) {
      const loss = lossToday(accountId, view, includeFees);
      return { used: Math.max(0, moneyToNumber(loss)), limit: moneyToNumber(limit) };
    },
  },
);

/** Realized loss of the trading day, negative when the day has won. */
function lossToday(accountId: AccountId, view: RiskView, includeFees: boolean): Money {
  const { grossPnl, fees } = view.today(accountId);
  return (includeFees ? fees - grossPnl : -grossPnl) as Money;
}

/** What an entry loses at its own stop. Without a stop nothing is known, so nothing is added. */
function entryRisk(
  entry: Pick<OrderIntent, "instrument" | "qty" | "bracket">,
  view: RiskView,
  includeFees: boolean,
): Money {
  if (entry.bracket === null) return NO_MONEY;
  const perLot = BigInt(entry.bracket.stopLossTicks) * tickValue(entry.instrument, view);
  const costs = 2n * exitFee(entry.instrument, view, includeFees);
  return (BigInt(entry.qty) * (perLot + costs)) as Money;
}

/** What an account loses if everything bracketed fills and then ends at its stop. */
function openRisk(accountId: AccountId, view: RiskView, includeFees: boolean): Money {
  let risk = 0n;
  for (const order of view.ordersOf(accountId)) {
    const qty = mayFill(order) as Lots;
    if (isOpenEntry(order)) risk += entryRisk({ ...order, qty }, view, includeFees);
  }
  for (const group of view.state.brackets.values()) {
    if (group.accountId !== accountId || group.stopPrice === null) continue;
    const fee = exitFee(group.instrument, view, includeFees);
    const entry = group.entryTicks / Math.max(1, group.entryQty);
    const distance = Math.ceil((entry - group.stopPrice) * sideSign(group.side));
    const perLot = BigInt(Math.max(0, distance)) * tickValue(group.instrument, view) + fee;
    risk += BigInt(group.openQty) * perLot;
  }
  return risk as Money;
}

function tickValue(instrument: InstrumentId, view: RiskView): Money {
  return view.market.instrument(instrument)?.tickValue ?? NO_MONEY;
}

function exitFee(instrument: InstrumentId, view: RiskView, includeFees: boolean): Money {
  return includeFees ? view.market.feePerSide(instrument, view.now) : NO_MONEY;
}

/** Shares of a limit as whole millionths, so that a share exactly reached is reached. */
const SHARE = 1_000_000n;

function shareOf(share: number): bigint {
  return BigInt(Math.round(share * Number(SHARE)));
}

function denial(code: "dailyLossReached" | "dailyLossAtRisk", limit: Money, loss: Money) {
  return {
    rule: "RULE-003",
    code,
    limit: moneyToNumber(limit),
    value: moneyToNumber(loss),
  } as const;
}

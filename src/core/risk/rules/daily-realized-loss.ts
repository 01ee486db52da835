import type { AccountId } from "#core/domain/ids.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import { amount, choice, decimal, flag, list, object, optional } from "#core/domain/settings.ts";
import { type Money, moneyToNumber } from "#core/domain/units.ts";
import type { RiskView } from "#core/risk/risk-view.ts";
import { NOTHING_FOUND, rule } from "#core/risk/rule.ts";

/** RULE-003. Flattens and locks an account until the next roll when its day's realized loss reaches the limit. */
export const dailyRealizedLoss = rule(
  object({
    limit: amount(),
    /** Compare after fees, as the firms do. */
    includeFees: optional(flag(), true),
    /** Shares of the limit at which a person is told. */
    warnAt: optional(list(decimal({ min: 0, max: 1 })), [0.5, 0.75, 0.9]),
    /** `reject` denies an entry that could reach the limit at the stops of all that is open. */
    lookAhead: optional(choice("off", "reject"), "off"),
  }),
  {
    id: "RULE-003",
    key: "daily_realized_loss",
    title: "Daily realized loss",
    check(intent, view, { limit, includeFees, lookAhead }) {
      const loss = lossToday(intent.accountId, view, includeFees);
      if (loss >= limit) return denial("dailyLossReached", limit, loss);
      if (lookAhead === "off") return undefined;
      const atRisk = (loss + riskOf(intent, view) + openRisk(intent.accountId, view)) as Money;
      return atRisk >= limit ? denial("dailyLossAtRisk", limit, atRisk) : undefined;
    },
    monitor(accountId, view, { limit, includeFees, warnAt }) {
      const loss = lossToday(accountId, view, includeFees);
      if (loss < limit) {
        const share = moneyToNumber(loss) / moneyToNumber(limit);
        const warnings = warnAt.filter((one) => share >= one).map((one) => ({ share: one }));
        return { ...NOTHING_FOUND, warnings };
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

/** What an entry loses at its own stop, costs included. Without a stop nothing is known, so nothing is added. */
function riskOf(intent: OrderIntent, view: RiskView): Money {
  const instrument = view.market.instrument(intent.instrument);
  if (instrument === undefined || intent.bracket === null) return 0n as Money;
  const qty = BigInt(intent.qty);
  const perLot = BigInt(intent.bracket.stopLossTicks) * instrument.tickValue;
  const costs = 2n * view.market.feePerSide(intent.instrument, view.now);
  return (qty * (perLot + costs)) as Money;
}

/** What all bracketed positions lose at their stops from their entry. */
function openRisk(accountId: AccountId, view: RiskView): Money {
  let risk = 0n;
  for (const group of view.state.brackets.values()) {
    const instrument = view.market.instrument(group.instrument);
    if (group.accountId !== accountId || instrument === undefined) continue;
    if (group.stopPrice === null) continue;
    const entry = Math.round(group.entryTicks / Math.max(1, group.entryQty));
    const distance = group.side === "buy" ? entry - group.stopPrice : group.stopPrice - entry;
    risk += BigInt(Math.max(0, distance) * group.openQty) * instrument.tickValue;
  }
  return risk as Money;
}

function denial(code: "dailyLossReached" | "dailyLossAtRisk", limit: Money, loss: Money) {
  return {
    rule: "RULE-003",
    code,
    limit: moneyToNumber(limit),
    value: moneyToNumber(loss),
  } as const;
}

import { feePerSide } from "#core/domain/fees.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { CME_ROLL, tradingDayOf } from "#core/domain/trading-day.ts";
import { type EpochMs, type Money, NO_MONEY, moneyFrom } from "#core/domain/units.ts";

/** Per side and lot. The venue tells fees and commissions apart; the full cost is their sum. */
export type Costs = { readonly fees: Money; readonly commissions: Money };

const MICRO_COMMISSION = moneyFrom(0.25);
const COMMISSION = moneyFrom(0.5);

/** The sum is the fee table's; how much of it is commission was recorded for micro contracts only. */
export function costsOf(instrument: Instrument, qty: number, at: EpochMs): Costs {
  const total = feePerSide(instrument.root, tradingDayOf(at, CME_ROLL)) ?? NO_MONEY;
  const usual = instrument.weightTenths < 10 ? MICRO_COMMISSION : COMMISSION;
  const commission = usual < total ? usual : NO_MONEY;
  const count = BigInt(qty);
  return {
    fees: ((total - commission) * count) as Money,
    commissions: (commission * count) as Money,
  };
}

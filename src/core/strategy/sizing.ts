import { type Instrument, pointValue } from "#core/domain/instrument.ts";
import { type Lots, type Money, NO_LOTS, type Ticks, moneyToNumber } from "#core/domain/units.ts";
import type { Sizing } from "./bot-settings.ts";

/**
 * Lots whose loss at the stop stays within the money at risk:
 * `floor(risk / (stop x tickValue + slippage x tickValue + round turn costs))`. Zero means no trade.
 */
export function lotsForRisk(
  instrument: Instrument,
  stopTicks: Ticks,
  sizing: Pick<Sizing, "dollarRiskPerTrade" | "slippageTicks"> & { readonly roundTurnCost: Money },
): Lots {
  const perLot =
    BigInt(stopTicks + sizing.slippageTicks) * instrument.tickValue + sizing.roundTurnCost;
  if (perLot <= 0n) return NO_LOTS;
  return Number(sizing.dollarRiskPerTrade / perLot) as Lots;
}

/** Ticks of a stop that loses no more than `risk` over `qty` lots, costs included. Below one there is none. */
export function stopTicksForRisk(
  instrument: Instrument,
  qty: Lots,
  sizing: { readonly risk: Money; readonly roundTurnCost: Money; readonly slippageTicks: number },
): Ticks {
  if (qty < 1) return 0 as Ticks;
  const lotsCost = BigInt(qty) * sizing.roundTurnCost;
  const perTick = BigInt(qty) * instrument.tickValue;
  return (Number((sizing.risk - lotsCost) / perTick) - sizing.slippageTicks) as Ticks;
}

/** Target distance for a reward of `ratio` times the stop's, rounded toward the entry. */
export function targetTicks(stopTicks: Ticks, ratio: number): Ticks {
  return Math.floor(stopTicks * ratio + 1e-9) as Ticks;
}

/** Whether a stop is farther away than the bot may risk per lot, in points of price. */
export function exceedsPoints(
  instrument: Instrument,
  stopTicks: Ticks,
  maxPoints: number | null,
): boolean {
  if (maxPoints === null) return false;
  const worth = moneyToNumber(instrument.tickValue) * stopTicks;
  return worth > maxPoints * moneyToNumber(pointValue(instrument)) + 1e-9;
}

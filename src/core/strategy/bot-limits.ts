import type { Turn } from "#core/desk/turn.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import { type Money, NO_MONEY, type Ticks, moneyToNumber } from "#core/domain/units.ts";
import type { Denial, DenialCode } from "#core/risk/denial.ts";
import type { Bot } from "./bot.ts";
import { exceedsPoints, targetTicks } from "./sizing.ts";

/** The limits of the bot itself; what passes goes on to the gate like anybody's order. */
export function botDenial(turn: Turn, bot: Bot, intent: OrderIntent): Denial | undefined {
  const stopTicks = intent.bracket?.stopLossTicks ?? (0 as Ticks);
  if (stopTicks < 1) return botDenied("stopRequired", 1, stopTicks);
  if (exceedsPoints(bot.instrument, stopTicks, bot.sizing.maxRiskPoints)) {
    return botDenied("stopTooFar", bot.sizing.maxRiskPoints, stopTicks);
  }
  const target = intent.bracket?.takeProfitTicks ?? null;
  const ratio = bot.sizing.riskRewardRatio;
  if (target !== null && ratio !== null && target < targetTicks(stopTicks, ratio)) {
    return botDenied("rewardTooSmall", targetTicks(stopTicks, ratio), target);
  }
  if (intent.qty < 1) return botDenied("riskTooSmallForOneLot", 1, intent.qty);
  return limitDenial(turn, bot, intent);
}

function limitDenial(turn: Turn, bot: Bot, intent: OrderIntent): Denial | undefined {
  const { risk } = bot;
  const { accountId, instrument } = bot.config;
  const signals = signalsToday(turn, bot);
  if (signals > risk.maxSignalsPerDay) {
    return botDenied("botSignalLimitReached", risk.maxSignalsPerDay, signals);
  }
  const worst = turn.view.worstCase(accountId, instrument, intent);
  if (worst.size > risk.maxPositions) {
    return botDenied("botPositionLimitExceeded", risk.maxPositions, worst.size);
  }
  if (risk.tradingHours === "regular" && !turn.market.isRegular(instrument, turn.now)) {
    return botDenied("botOutsideHours", "regular", instrument);
  }
  const { dayLoss, drawdown } = losses(turn, bot);
  if (risk.maxDailyLoss !== null && dayLoss >= risk.maxDailyLoss) {
    return botDenied(
      "botDailyLossReached",
      moneyToNumber(risk.maxDailyLoss),
      moneyToNumber(dayLoss),
    );
  }
  if (risk.maxDrawdown !== null && drawdown >= risk.maxDrawdown) {
    return botDenied(
      "botDrawdownReached",
      moneyToNumber(risk.maxDrawdown),
      moneyToNumber(drawdown),
    );
  }
  return undefined;
}

/** What the bot has lost today, and since its best. */
function losses(turn: Turn, bot: Bot): { readonly dayLoss: Money; readonly drawdown: Money } {
  const ledger = turn.state.bots.get(bot.config.botId)?.ledger;
  if (ledger === undefined) return { dayLoss: NO_MONEY, drawdown: NO_MONEY };
  const isToday = ledger.tradingDay === turn.market.tradingDay(turn.now);
  const drawdown = (ledger.peakNet - ledger.totalNet) as Money;
  return { dayLoss: (isToday ? -ledger.dayNet : 0n) as Money, drawdown };
}

export function signalsToday(turn: Turn, bot: Bot): number {
  const signals = turn.state.bots.get(bot.config.botId)?.signals;
  return signals?.tradingDay === turn.market.tradingDay(turn.now) ? signals.count : 0;
}

function botDenied(code: DenialCode, limit: Denial["limit"], value: Denial["value"]): Denial {
  return { rule: "BOT", code, limit, value };
}

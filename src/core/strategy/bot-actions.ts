import type { Turn } from "#core/desk/turn.ts";
import { type OrderIntent, isClosed } from "#core/domain/order.ts";
import { closingSide } from "#core/domain/position.ts";
import type { Lots, Money, Ticks } from "#core/domain/units.ts";
import { moneyToNumber } from "#core/domain/units.ts";
import { marketTerms, placeIntent, reducing, requestCancel } from "#core/orders/place.ts";
import type { Denial, DenialCode } from "#core/risk/denial.ts";
import { isOpenEntry, unclaimedLots } from "#core/risk/exposure.ts";
import type { Bot, BotAction } from "./bot.ts";
import { exceedsPoints, lotsForRisk, targetTicks } from "./sizing.ts";
import type { Entry } from "./strategy.ts";

/** Acts on what a strategy asked for, in its order. */
export function actFor(turn: Turn, bot: Bot, action: BotAction): void {
  const { botId } = bot.config;
  switch (action.kind) {
    case "store":
      return turn.emit({ kind: "storeChanged", botId, key: action.key, value: action.value });
    case "signal":
      return turn.emit({
        kind: "signalGenerated",
        botId,
        tradingDay: turn.market.tradingDay(turn.now),
        signal: { at: turn.now, ...action.signal },
      });
    case "enter":
      return enter(turn, bot, action.entry);
    case "exit":
      return exit(turn, bot, action.qty);
    case "cancelEntries":
      return cancelEntries(turn, bot);
  }
}

/** Cancels what the bot has working and could still open a position with. Protection stays. */
export function cancelEntries(turn: Turn, bot: Bot): void {
  for (const order of turn.view.ordersOf(bot.config.accountId)) {
    const { source } = order;
    if (source.kind !== "bot" || source.botId !== bot.config.botId) continue;
    if (isOpenEntry(order) && !isClosed(order)) requestCancel(turn, order);
  }
}

function enter(turn: Turn, bot: Bot, entry: Entry): void {
  const intent = intentOf(turn, bot, entry);
  const denial = botDenial(turn, bot, intent);
  if (denial === undefined) placeIntent(turn, intent);
  else turn.emit({ kind: "orderDenied", at: turn.now, intent, denial });
}

function exit(turn: Turn, bot: Bot, qty: Lots | null): void {
  const { accountId, instrument, botId } = bot.config;
  const terms = marketTerms();
  const open = unclaimedLots(turn.state, { accountId, instrument, terms });
  const lots = Math.min(qty ?? open, open) as Lots;
  if (lots === 0) return;
  const side = closingSide(bot.position.qty);
  const order = {
    accountId,
    instrument,
    purpose: "exit",
    side,
    qty: lots,
    terms,
  } as const;
  placeIntent(turn, reducing(order, { source: { kind: "bot", botId }, parent: null }));
}

function intentOf(turn: Turn, bot: Bot, entry: Entry): OrderIntent {
  const { accountId, instrument, botId } = bot.config;
  const { stopLossTicks } = entry;
  const ratio = bot.sizing.riskRewardRatio;
  const ownTarget = ratio === null ? null : targetTicks(stopLossTicks, ratio);
  const takeProfitTicks = entry.takeProfitTicks === undefined ? ownTarget : entry.takeProfitTicks;
  return {
    accountId,
    instrument,
    source: { kind: "bot", botId },
    purpose: "entry",
    side: entry.side,
    qty: entry.qty ?? lotsFor(turn, bot, stopLossTicks),
    terms: entry.terms ?? marketTerms(),
    timeInForce: "day",
    reduceOnly: false,
    bracket: { stopLossTicks, takeProfitTicks },
    parent: null,
    requestId: null,
  };
}

/** What the money at risk allows, within what the bot may hold. */
function lotsFor(turn: Turn, bot: Bot, stopLossTicks: Ticks): Lots {
  const { instrument } = bot.config;
  const roundTurnCost = (2n * turn.market.feePerSide(instrument, turn.now)) as Money;
  const affordable = lotsForRisk(bot.instrument, stopLossTicks, { ...bot.sizing, roundTurnCost });
  return Math.min(affordable, bot.risk.maxPositions) as Lots;
}

/** The limits of the bot itself; what passes goes on to the gate like anybody's order. */
function botDenial(turn: Turn, bot: Bot, intent: OrderIntent): Denial | undefined {
  const state = turn.state.bots.get(bot.config.botId);
  if (state === undefined || state.status.kind !== "running") {
    return botDenied("botNotRunning", null, state?.status.kind ?? null);
  }
  const stopTicks = intent.bracket?.stopLossTicks ?? (0 as Ticks);
  if (!(stopTicks >= 1)) return botDenied("stopRequired", 1, stopTicks);
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
  const state = turn.state.bots.get(bot.config.botId);
  const { risk } = bot;
  const day = turn.market.tradingDay(turn.now);
  const { accountId, instrument } = bot.config;
  const signals = state?.signals.tradingDay === day ? state.signals.count : 0;
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
  const ledger = state?.ledger;
  const dayLoss = ledger?.tradingDay === day ? -ledger.dayNet : 0n;
  if (risk.maxDailyLoss !== null && dayLoss >= risk.maxDailyLoss) {
    return botDenied(
      "botDailyLossReached",
      moneyToNumber(risk.maxDailyLoss),
      Number(dayLoss) / 1e6,
    );
  }
  const drawdown = ledger === undefined ? 0n : ledger.peakNet - ledger.totalNet;
  if (risk.maxDrawdown !== null && drawdown >= risk.maxDrawdown) {
    return botDenied("botDrawdownReached", moneyToNumber(risk.maxDrawdown), Number(drawdown) / 1e6);
  }
  return undefined;
}

function botDenied(code: DenialCode, limit: Denial["limit"], value: Denial["value"]): Denial {
  return { rule: "BOT", code, limit, value };
}

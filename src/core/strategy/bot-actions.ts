import type { Turn } from "#core/desk/turn.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import { closingSide } from "#core/domain/position.ts";
import type { Lots, Money, Ticks } from "#core/domain/units.ts";
import { marketTerms, placeIntent, reducing, requestCancel } from "#core/orders/place.ts";
import { isOpenEntry, unclaimedLots } from "#core/risk/exposure.ts";
import { botDenial, signalsToday } from "./bot-limits.ts";
import type { Bot, BotAction } from "./bot.ts";
import { lotsForRisk, targetTicks } from "./sizing.ts";
import type { Entry } from "./strategy.ts";

/** Values a bot may keep; each is journaled when it changes, all are part of the state. */
const STORE_KEYS_MAX = 100;
/** A strategy that signals this many times as often as it may has gone wild. */
const SIGNALS_FLOOD = 10;

/** Does what a strategy asked for. Returns why its bot must be halted instead, if it must. */
export function actFor(turn: Turn, bot: Bot, action: BotAction): string | undefined {
  switch (action.kind) {
    case "store":
      return store(turn, bot, action);
    case "signal":
      return signal(turn, bot, action);
    case "enter":
      enter(turn, bot, action.entry);
      return undefined;
    case "exit":
      exit(turn, bot, action.qty);
      return undefined;
    case "cancelEntries":
      cancelEntries(turn, bot);
      return undefined;
  }
}

/** Cancels what the bot has working and could still open a position with. Protection stays. */
function cancelEntries(turn: Turn, bot: Bot): void {
  for (const order of turn.view.ordersOf(bot.config.accountId)) {
    const { source } = order;
    if (source.kind !== "bot" || source.botId !== bot.config.botId) continue;
    if (isOpenEntry(order)) requestCancel(turn, order);
  }
}

function store(turn: Turn, bot: Bot, { key, value }: Extract<BotAction, { kind: "store" }>) {
  const { botId } = bot.config;
  const kept = turn.state.bots.get(botId)?.store ?? {};
  if (!Object.hasOwn(kept, key) && Object.keys(kept).length >= STORE_KEYS_MAX) {
    return `it stores more than ${STORE_KEYS_MAX} values`;
  }
  turn.emit({ kind: "storeChanged", botId, key, value });
  return undefined;
}

/** Signals beyond the day's limit are still told, and bring no entries; a flood of them ends the bot's trading. */
function signal(turn: Turn, bot: Bot, asked: Extract<BotAction, { kind: "signal" }>) {
  const most = bot.risk.maxSignalsPerDay * SIGNALS_FLOOD;
  const count = signalsToday(turn, bot);
  if (count >= most) {
    return `it floods signals: ${count} today, with a limit of ${bot.risk.maxSignalsPerDay}`;
  }
  const { botId } = bot.config;
  const tradingDay = turn.market.tradingDay(turn.now);
  const told = { at: turn.now, ...asked.signal };
  turn.emit({ kind: "signalGenerated", botId, tradingDay, signal: told });
  return undefined;
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

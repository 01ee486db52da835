import type { AccountConfig, BotConfig, QueueLimits, SessionConfig } from "#core/desk/config.ts";
import type { Request } from "#core/desk/request.ts";
import { accountId, botId, clientOrderId, fillId, sessionId, venueId } from "#core/domain/ids.ts";
import { instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Bracket, Fill, Order, OrderIntent, OrderTerms } from "#core/domain/order.ts";
import { type DurationMs, epochMs, lots, money, moneyFrom, ticks } from "#core/domain/units.ts";

// Values with valid defaults; a test names only what matters to it.

export const ACCOUNT = accountId("PRACTICE-1");
/** Micro gold: a tick of 0.10 is worth 1.00; 26,500 ticks are 2,650.0. */
export const GOLD: Instrument = catalogued("MGC");
/** Micro Nasdaq, for what takes a second instrument. */
export const NASDAQ: Instrument = catalogued("MNQ");
/** A Wednesday, 10:00 in Chicago: gold trades until 16:00 that day. */
export const OPENING = epochMs(Date.UTC(2026, 2, 11, 15));

export const MARKET: OrderTerms = { type: "market" };
export const limitAt = (price: number): OrderTerms => ({ type: "limit", limitPrice: ticks(price) });
export const stopAt = (price: number): OrderTerms => ({ type: "stop", stopPrice: ticks(price) });

/** Distances from the fill, in ticks. */
export function aBracket(stopLoss = 20, takeProfit: number | null = 40): Bracket {
  return {
    stopLossTicks: ticks(stopLoss),
    takeProfitTicks: takeProfit === null ? null : ticks(takeProfit),
  };
}

/** A person buys one lot of gold at the market, without legs. */
export function anIntent(overrides: Partial<OrderIntent> = {}): OrderIntent {
  return {
    accountId: ACCOUNT,
    instrument: GOLD.id,
    source: { kind: "person", name: "ann" },
    purpose: "entry",
    side: "buy",
    qty: lots(1),
    terms: MARKET,
    timeInForce: "gtc",
    reduceOnly: false,
    bracket: null,
    parent: null,
    requestId: null,
    ...overrides,
  };
}

/** The request behind `anIntent`. */
export function anEntry(
  overrides: Partial<Extract<Request, { kind: "submit" }>> = {},
): Extract<Request, { kind: "submit" }> {
  return {
    kind: "submit",
    accountId: ACCOUNT,
    instrument: GOLD.id,
    side: "buy",
    qty: lots(1),
    terms: MARKET,
    timeInForce: "gtc",
    reduceOnly: false,
    bracket: null,
    ...overrides,
  };
}

/** The order of `anIntent`, working at the venue. */
export function anOrder(overrides: Partial<Order> = {}): Order {
  return {
    ...anIntent(),
    clientOrderId: clientOrderId("k1-1"),
    venueOrderId: null,
    approvedAt: OPENING,
    queueUntil: epochMs(OPENING + 5_000),
    status: { kind: "working" },
    change: null,
    filledQty: lots(0),
    venueFilledQty: lots(0),
    ...overrides,
  };
}

/** The order of `anOrder`, filled whole at 2,650.0 without a fee. */
export function aFill(overrides: Partial<Fill> = {}): Fill {
  return {
    fillId: fillId("F1"),
    clientOrderId: clientOrderId("k1-1"),
    accountId: ACCOUNT,
    instrument: GOLD.id,
    side: "buy",
    qty: lots(1),
    price: ticks(26_500),
    fee: money(0n),
    at: OPENING,
    ...overrides,
  };
}

/** Armed, with the gate's default limits and no rules. */
export function anAccountConfig(overrides: Partial<AccountConfig> = {}): AccountConfig {
  return {
    accountId: ACCOUNT,
    venueId: venueId("simulated"),
    arming: "trade",
    brackets: "desk",
    startBalance: moneyFrom(50_000),
    limits: {},
    rules: {},
    ...overrides,
  };
}

/** Trades gold in the account of `anAccountConfig`. */
export function aBotConfig(overrides: Partial<BotConfig> = {}): BotConfig {
  return {
    botId: botId("bot-1"),
    name: "Bot 1",
    enabled: true,
    accountId: ACCOUNT,
    instrument: GOLD.id,
    strategy: "ema-cross",
    params: {},
    risk: {},
    ...overrides,
  };
}

export function queueLimits(overrides: Partial<QueueLimits> = {}): QueueLimits {
  return {
    capacity: 100,
    perSecond: 20,
    burst: 20,
    marketTtl: 5_000 as DurationMs,
    limitTtl: 60_000 as DurationMs,
    ...overrides,
  };
}

/** One account, gold, no bots. */
export function aSessionConfig(overrides: Partial<SessionConfig> = {}): SessionConfig {
  return {
    sessionId: sessionId("S1"),
    mode: "paper",
    instruments: [GOLD],
    accounts: [anAccountConfig()],
    bots: [],
    queue: queueLimits(),
    answerTimeout: 2_000 as DurationMs,
    reconcileEvery: null,
    sources: {},
    ...overrides,
  };
}

function catalogued(root: string): Instrument {
  const instrument = instrumentByRoot(root);
  invariant(instrument !== undefined, `the catalogue has ${root}`);
  return instrument;
}

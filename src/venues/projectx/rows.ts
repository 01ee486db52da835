import { z } from "zod";
import type { Side } from "#core/domain/order.ts";
import { count, instant, orAbsent, wireId } from "./wire-values.ts";

// The rows of REST answers and of user events, which are the same but for null members.

export const ACCOUNT_ROW = z.object({
  id: wireId,
  name: z.string(),
  balance: z.number(),
  canTrade: z.boolean(),
  isVisible: z.boolean().nullish(),
  simulated: z.boolean().nullish(),
});

export const CONTRACT_ROW = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  tickSize: z.number(),
  tickValue: z.number(),
  activeContract: z.boolean(),
  symbolId: z.string(),
});

/** 0 is a bid, which buys; 1 an ask, which sells. */
const side = z.union([z.literal(0), z.literal(1)]).transform((code): Side => {
  return code === 0 ? "buy" : "sell";
});

/**
 * Where an order is. `none` (0) was never seen; it counts as working, so that nothing is forgotten. `suspended` is a
 * leg that waits for its entry to fill.
 */
const STATES = [
  "none",
  "open",
  "filled",
  "canceled",
  "expired",
  "rejected",
  "pending",
  "pendingCancel",
  "suspended",
] as const;
export type OrderState = (typeof STATES)[number];

const state = z.int().transform((code): OrderState => STATES[code] ?? "none");

export const ORDER_ROW = z.preprocess(
  // Some were seen with `orderId` for `id`.
  (raw) => {
    if (typeof raw !== "object" || raw === null || "id" in raw || !("orderId" in raw)) return raw;
    return { ...raw, id: raw.orderId };
  },
  z.object({
    id: wireId,
    accountId: wireId,
    contractId: z.string(),
    creationTimestamp: orAbsent(instant),
    updateTimestamp: orAbsent(instant),
    status: state,
    type: z.int(),
    side,
    size: count,
    limitPrice: orAbsent(z.number()),
    stopPrice: orAbsent(z.number()),
    fillVolume: orAbsent(count),
    filledPrice: orAbsent(z.number()),
    customTag: orAbsent(z.string()),
    parentOrderId: orAbsent(wireId),
    linkedOrderId: orAbsent(wireId),
    trailDistance: orAbsent(z.number()),
    trailPrice: orAbsent(z.number()),
  }),
);

/** `type` 0 is flat, in the event that closes a position; 1 long, 2 short. The size is never negative. */
export const POSITION_ROW = z.object({
  id: wireId,
  accountId: wireId,
  contractId: z.string(),
  type: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  size: count,
  averagePrice: z.number(),
});

/** One execution. What it cost are its fees and its commissions, which are told apart from each other. */
export const TRADE_ROW = z.object({
  id: wireId,
  accountId: wireId,
  contractId: z.string(),
  creationTimestamp: instant,
  price: z.number(),
  profitAndLoss: orAbsent(z.number()),
  fees: orAbsent(z.number()),
  commissions: orAbsent(z.number()),
  side,
  size: count,
  voided: orAbsent(z.boolean()),
  orderId: wireId,
});

export const BAR_ROW = z.object({
  t: instant,
  o: z.number(),
  h: z.number(),
  l: z.number(),
  c: z.number(),
  v: z.number(),
});

export type AccountRow = z.output<typeof ACCOUNT_ROW>;
export type ContractRow = z.output<typeof CONTRACT_ROW>;
export type OrderRow = z.output<typeof ORDER_ROW>;
export type PositionRow = z.output<typeof POSITION_ROW>;
export type TradeRow = z.output<typeof TRADE_ROW>;
export type BarRow = z.output<typeof BAR_ROW>;

export function isTerminal(state: OrderState): boolean {
  return state === "filled" || state === "canceled" || state === "expired" || state === "rejected";
}

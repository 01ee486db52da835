import { z } from "zod";
import { ACCOUNT_ROW, ORDER_ROW, POSITION_ROW, TRADE_ROW } from "./rows.ts";
import { count, instant, orAbsent, problemOf } from "./wire-values.ts";

/** A message of a hub that is not what was agreed. */
export class HubMessageError extends Error {
  override readonly name = "HubMessageError";
}

/** A quote names only what changed; a missing member is what it was before. */
const QUOTE = z.object({
  bestBid: orAbsent(z.number()),
  bestAsk: orAbsent(z.number()),
  timestamp: orAbsent(instant),
  lastUpdated: orAbsent(instant),
});

/** `type` 0 bought at the ask, 1 sold at the bid. */
const PUBLIC_TRADE = z.object({
  price: z.number(),
  timestamp: instant,
  type: orAbsent(z.int()),
  volume: count,
});

export type QuoteUpdate = z.output<typeof QUOTE>;
export type PublicTrade = z.output<typeof PUBLIC_TRADE>;

export const readAccountEvents = eventReader("GatewayUserAccount", ACCOUNT_ROW);
export const readOrderEvents = eventReader("GatewayUserOrder", ORDER_ROW);
export const readPositionEvents = eventReader("GatewayUserPosition", POSITION_ROW);
export const readTradeEvents = eventReader("GatewayUserTrade", TRADE_ROW);

/** Both arguments of `GatewayQuote`. */
export function readQuote(contractId: unknown, payload: unknown): QuoteUpdate {
  checkContract("GatewayQuote", contractId);
  return parsed("GatewayQuote", QUOTE, payload);
}

/** Both arguments of `GatewayTrade`: one trade, or several in a list that may hold nothing in between. */
export function readPublicTrades(contractId: unknown, payload: unknown): readonly PublicTrade[] {
  checkContract("GatewayTrade", contractId);
  return listed(payload).map((trade) => parsed("GatewayTrade", PUBLIC_TRADE, trade));
}

/** User events come as `{action, data}`, bare, and as lists of either. */
function eventReader<T extends z.ZodType>(name: string, row: T) {
  return (payload: unknown): readonly z.output<T>[] =>
    listed(payload).map((item) => parsed(name, row, unwrapped(item)));
}

function listed(payload: unknown): readonly unknown[] {
  const items: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
  return items.filter((item) => item !== null && item !== undefined);
}

function unwrapped(item: unknown): unknown {
  const isWrapped = typeof item === "object" && item !== null && "data" in item;
  return isWrapped ? item.data : item;
}

function parsed<T extends z.ZodType>(name: string, row: T, payload: unknown): z.output<T> {
  const read = row.safeParse(payload);
  if (read.success) return read.data;
  throw new HubMessageError(`${name} cannot be read: ${problemOf(read.error)}`, {
    cause: read.error,
  });
}

function checkContract(name: string, contractId: unknown): void {
  if (typeof contractId === "string") return;
  throw new HubMessageError(`${name} cannot be read: it names no contract`);
}

import { z } from "zod";
import { ACCOUNT_ROW, BAR_ROW, CONTRACT_ROW, ORDER_ROW, POSITION_ROW, TRADE_ROW } from "./rows.ts";
import { orAbsent, wireId } from "./wire-values.ts";

/** One endpoint: what it answers, what it counts against, and which of its error codes do not say that nothing happened. */
export type Operation<T> = {
  readonly path: string;
  readonly effect: "reads" | "mutates";
  readonly window: "general" | "history";
  readonly payload: z.ZodType<T>;
  /** Names of the error codes from 1 on. */
  readonly codes: readonly string[];
  /** Error codes after which it may have been done all the same. */
  readonly unclear: readonly number[];
};

const NO_PAYLOAD = z.unknown().transform(() => null);
const ACCOUNT_CODES = ["AccountNotFound"];

export const SEARCH_ACCOUNTS = reads(
  "/api/Account/search",
  z.object({ accounts: z.array(ACCOUNT_ROW) }).transform(({ accounts }) => accounts),
);
const CONTRACTS = z
  .object({ contracts: z.array(CONTRACT_ROW) })
  .transform(({ contracts }) => contracts);
export const SEARCH_CONTRACTS = reads("/api/Contract/search", CONTRACTS);
export const AVAILABLE_CONTRACTS = reads("/api/Contract/available", CONTRACTS);
export const CONTRACT_BY_ID = reads(
  "/api/Contract/searchById",
  z.object({ contract: CONTRACT_ROW }).transform(({ contract }) => contract),
  ["ContractNotFound"],
);
export const RETRIEVE_BARS = {
  ...reads(
    "/api/History/retrieveBars",
    z.object({ bars: z.array(BAR_ROW) }).transform(({ bars }) => bars),
    ["ContractNotFound", "UnitInvalid", "UnitNumberInvalid", "LimitInvalid"],
  ),
  window: "history" as const,
};

const ORDERS = z.object({ orders: z.array(ORDER_ROW) }).transform(({ orders }) => orders);
export const SEARCH_ORDERS = reads("/api/Order/search", ORDERS, ACCOUNT_CODES);
export const SEARCH_OPEN_ORDERS = reads("/api/Order/searchOpen", ORDERS, ACCOUNT_CODES);
/** Newer; the only list that shows suspended legs. */
export const QUERY_ORDERS = reads("/api/Order/v2/query", ORDERS, ACCOUNT_CODES);
/** Newer. */
export const ORDER_BY_ID = reads(
  "/api/Order/searchById",
  z.object({ order: ORDER_ROW }).transform(({ order }) => order),
  ["OrderNotFound"],
);
export const SEARCH_POSITIONS = reads(
  "/api/Position/searchOpen",
  z.object({ positions: z.array(POSITION_ROW) }).transform(({ positions }) => positions),
  ACCOUNT_CODES,
);
export const SEARCH_TRADES = reads(
  "/api/Trade/search",
  z.object({ trades: z.array(TRADE_ROW) }).transform(({ trades }) => trades),
  ACCOUNT_CODES,
);

export const PLACE_ORDER = mutates(
  "/api/Order/place",
  z.object({ orderId: wireId }).transform(({ orderId }) => orderId),
  {
    codes: [
      "AccountNotFound",
      "OrderRejected",
      "InsufficientFunds",
      "AccountViolation",
      "OutsideTradingHours",
      "OrderPending",
      "UnknownError",
      "ContractNotFound",
      "ContractNotActive",
      "AccountRejected",
    ],
    unclear: [6, 7],
  },
);
export const MODIFY_ORDER = mutates("/api/Order/modify", NO_PAYLOAD, {
  codes: [
    "AccountNotFound",
    "OrderNotFound",
    "Rejected",
    "Pending",
    "UnknownError",
    "AccountRejected",
    "ContractNotFound",
  ],
  unclear: [4, 5],
});
export const CANCEL_ORDER = mutates("/api/Order/cancel", NO_PAYLOAD, {
  codes: [
    "AccountNotFound",
    "OrderNotFound",
    "Rejected",
    "Pending",
    // Seen for orders that had ended already: refused, and the snapshot that follows tells.
    "UnknownError",
    "AccountRejected",
  ],
  unclear: [4],
});

/** The part of every answer that tells success; the payload stands beside it. */
export const ENVELOPE = z.object({
  success: z.boolean(),
  errorCode: z.int(),
  errorMessage: orAbsent(z.string()),
});

function reads<T>(
  path: string,
  payload: z.ZodType<T>,
  codes: readonly string[] = [],
): Operation<T> {
  return { path, effect: "reads", window: "general", payload, codes, unclear: [] };
}

function mutates<T>(
  path: string,
  payload: z.ZodType<T>,
  errors: Pick<Operation<T>, "codes" | "unclear">,
): Operation<T> {
  return { path, effect: "mutates", window: "general", payload, ...errors };
}

import type { Side } from "#core/domain/order.ts";
import type { EpochMs, Ticks } from "#core/domain/units.ts";
import type { Contract } from "#practice/projectx/contracts/contract-list.ts";
import type { Stamp } from "#practice/projectx/wire/stamp.ts";

export const ORDER_STATUS = {
  open: 1,
  filled: 2,
  canceled: 3,
  expired: 4,
  rejected: 5,
  pending: 6,
  pendingCancellation: 7,
  suspended: 8,
} as const;

export const ORDER_TYPE = {
  limit: 1,
  market: 2,
  stopLimit: 3,
  stop: 4,
  trailingStop: 5,
  joinBid: 6,
  joinAsk: 7,
} as const;

/** As refusals spell them. */
export const ORDER_TYPE_NAMES: readonly string[] = [
  "Unknown",
  "Limit",
  "Market",
  "StopLimit",
  "Stop",
  "TrailingStop",
  "JoinBid",
  "JoinAsk",
];

export type OrderStatusCode = (typeof ORDER_STATUS)[keyof typeof ORDER_STATUS];
/** 0 buys, 1 sells. */
export type SideCode = 0 | 1;

/** An order as the gateway keeps it. Immutable: a change makes a new version. */
export type GatewayOrder = {
  readonly id: number;
  readonly accountId: number;
  readonly contract: Contract;
  readonly createdAt: Stamp;
  /** Not touched by fills, as at the venue. */
  readonly updatedAt: Stamp;
  /** When this version began. */
  readonly changedAt: EpochMs;
  readonly status: OrderStatusCode;
  readonly type: number;
  readonly side: SideCode;
  readonly size: number;
  readonly limitPrice: Ticks | null;
  readonly stopPrice: Ticks | null;
  readonly filledQty: number;
  /** Sum of price x lots over its fills. */
  readonly filledValue: number;
  readonly customTag: string | null;
  /** The entry whose bracket leg it is. */
  readonly parentId: number | null;
  /** Of a take profit with a stop beside it: that stop. */
  readonly linkedId: number | null;
  /** Signed distance of a bracket leg from its entry, or distance of a trailing stop. */
  readonly trailTicks: number | null;
};

/** Still able to fill, now or once its entry has. */
export function isWorking({ status }: GatewayOrder): boolean {
  return status === 1 || status === 6 || status === 7 || status === 8;
}

export function sideOf(code: SideCode): Side {
  return code === 0 ? "buy" : "sell";
}

export function sideCode(side: Side): SideCode {
  return side === "buy" ? 0 : 1;
}

import type { SignedLots } from "#core/domain/units.ts";
import type { EpochMs, Money, Ticks } from "#core/domain/units.ts";
import type { Contract } from "#practice/projectx/contracts/contract-list.ts";
import type { Stamp } from "#practice/projectx/wire/stamp.ts";
import type { FirmAccount } from "./firm-account.ts";
import type { GatewayOrder, SideCode } from "./gateway-order.ts";

/** A half-turn: one execution of one order. */
export type GatewayTrade = {
  readonly id: number;
  readonly accountId: number;
  readonly contract: Contract;
  readonly createdAt: Stamp;
  readonly price: Ticks;
  /** Gross, of the lots it closed; null when it closed none. */
  readonly profitAndLoss: Money | null;
  readonly fees: Money;
  readonly commissions: Money;
  readonly side: SideCode;
  readonly size: number;
  readonly orderId: number;
};

/** The net lots of one contract. Flat ones keep their last average price. */
export type GatewayPosition = {
  readonly id: number;
  readonly accountId: number;
  readonly contract: Contract;
  readonly createdAt: Stamp;
  readonly changedAt: EpochMs;
  readonly qty: SignedLots;
  readonly averageTicks: number;
};

/** What the user hub tells, in the order in which it happened. */
export type UserEvent =
  | { readonly kind: "account"; readonly accountId: number; readonly account: FirmAccount }
  | { readonly kind: "order"; readonly accountId: number; readonly order: GatewayOrder }
  | { readonly kind: "position"; readonly accountId: number; readonly position: GatewayPosition }
  | { readonly kind: "trade"; readonly accountId: number; readonly trade: GatewayTrade };

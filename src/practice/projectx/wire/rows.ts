import { ticksToPrice } from "#core/domain/instrument.ts";
import { moneyToNumber } from "#core/domain/units.ts";
import type { FirmAccount } from "#practice/projectx/book/firm-account.ts";
import type { GatewayOrder } from "#practice/projectx/book/gateway-order.ts";
import type {
  GatewayPosition,
  GatewayTrade,
  UserEvent,
} from "#practice/projectx/book/user-event.ts";
import { wireAverage, wirePrice } from "./price.ts";
import { type Stamp, restTime, streamTime } from "./stamp.ts";

/** A JSON object as it is written. */
export type Row = Readonly<Record<string, unknown>>;

/** Without equity and without limits: the venue tells neither. */
export function accountRow({ id, name, balance, canTrade }: FirmAccount): Row {
  return {
    id,
    name,
    balance: moneyToNumber(balance),
    canTrade,
    isVisible: true,
    simulated: true,
  };
}

/** As REST lists an order: what is unset is null, but the links of a bracket are left out. */
export function orderRow(order: GatewayOrder): Row {
  const { parentId, linkedId } = order;
  return {
    ...orderMembers(order, restTime),
    ...(parentId === null ? {} : { parentOrderId: parentId }),
    ...(linkedId === null ? {} : { linkedOrderId: linkedId }),
  };
}

/** As REST lists an open position. */
export function positionRow(position: GatewayPosition): Row {
  const { contractDisplayName: _, ...row } = positionMembers(position, restTime);
  return row;
}

/** As REST lists a half-turn: without commissions. */
export function tradeRow(trade: GatewayTrade): Row {
  const { commissions: _, ...row } = tradeMembers(trade, restTime);
  return row;
}

/** As the user hub tells it: what is unset is left out. */
export function eventRow(event: UserEvent): Row {
  switch (event.kind) {
    case "account":
      return accountRow(event.account);
    case "order":
      return present({ ...orderMembers(event.order, streamTime), ...linkMembers(event.order) });
    case "position":
      return positionMembers(event.position, streamTime);
    case "trade":
      return present(tradeMembers(event.trade, streamTime));
  }
}

/** 1 for what is new or changed, 2 for a position that is closed, 0 for trades. */
export function eventAction(event: UserEvent): 0 | 1 | 2 {
  if (event.kind === "trade") return 0;
  return event.kind === "position" && event.position.qty === 0 ? 2 : 1;
}

function orderMembers(order: GatewayOrder, time: (stamp: Stamp) => string): Row {
  const { contract, filledQty, filledValue } = order;
  const { product } = contract;
  return {
    id: order.id,
    accountId: order.accountId,
    contractId: contract.id,
    symbolId: contract.symbolId,
    creationTimestamp: time(order.createdAt),
    updateTimestamp: time(order.updatedAt),
    status: order.status,
    type: order.type,
    side: order.side,
    size: order.size,
    limitPrice: wirePrice(product, order.limitPrice),
    stopPrice: wirePrice(product, order.stopPrice),
    fillVolume: filledQty,
    filledPrice: filledQty === 0 ? null : wireAverage(product, filledValue / filledQty),
    customTag: order.customTag,
  };
}

function linkMembers({ parentId, linkedId, trailTicks, contract }: GatewayOrder): Row {
  const { product } = contract;
  return {
    parentOrderId: parentId,
    linkedOrderId: linkedId,
    trailDistance: trailTicks,
    trailPrice: trailTicks === null ? null : wireAverage(product, trailTicks),
  };
}

function positionMembers(position: GatewayPosition, time: (stamp: Stamp) => string): Row {
  const { id, accountId, contract, createdAt, qty, averageTicks } = position;
  return {
    id,
    accountId,
    contractId: contract.id,
    contractDisplayName: contract.displayName,
    creationTimestamp: time(createdAt),
    type: qty === 0 ? 0 : qty > 0 ? 1 : 2,
    size: Math.abs(qty),
    averagePrice: wireAverage(contract.product, averageTicks),
  };
}

function tradeMembers(trade: GatewayTrade, time: (stamp: Stamp) => string): Row {
  const { id, accountId, contract, createdAt, profitAndLoss } = trade;
  return {
    id,
    accountId,
    contractId: contract.id,
    creationTimestamp: time(createdAt),
    price: ticksToPrice(contract.product, trade.price),
    profitAndLoss: profitAndLoss === null ? null : moneyToNumber(profitAndLoss),
    fees: moneyToNumber(trade.fees),
    commissions: moneyToNumber(trade.commissions),
    side: trade.side,
    size: trade.size,
    voided: false,
    orderId: trade.orderId,
  };
}

function present(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

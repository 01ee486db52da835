import { emptyDay, findPosition, type DayLedger, type DeskState } from "#core/desk/state.ts";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { type Order, type OrderIntent, sideSign } from "#core/domain/order.ts";
import { type Position, absLots, closingSide, positionKey } from "#core/domain/position.ts";
import type { Touch } from "#core/domain/report.ts";
import type { TradingDay } from "#core/domain/trading-day.ts";
import type { EpochMs, Money } from "#core/domain/units.ts";
import { type WorstCase, worstCase } from "./exposure.ts";

/** What market views the gate and the rules may read. */
export type MarketReader = {
  readonly instrument: (id: InstrumentId) => Instrument | undefined;
  readonly touch: (id: InstrumentId) => Touch;
  /** When the last usable price came; zero when none has. */
  readonly updatedAt: (id: InstrumentId) => EpochMs;
  readonly isOpen: (id: InstrumentId, at: EpochMs) => boolean;
  /** Whether an instant is in the regular hours (RTH) of an instrument. */
  readonly isRegular: (id: InstrumentId, at: EpochMs) => boolean;
  readonly tradingDay: (at: EpochMs) => TradingDay;
  /** The next roll of the trading day after an instant. */
  readonly nextRoll: (at: EpochMs) => EpochMs;
  /** The roll that opened the trading day of an instant. */
  readonly dayStart: (at: EpochMs) => EpochMs;
  /** Fees of one lot and side, as the fee table has them; zero where it has none. */
  readonly feePerSide: (id: InstrumentId, at: EpochMs) => Money;
};

/** Everything a rule may know: durable state, market views and the time of the event. Read only. */
export class RiskView {
  readonly state: DeskState;
  readonly market: MarketReader;
  now: EpochMs = 0 as EpochMs;

  constructor(state: DeskState, market: MarketReader) {
    this.state = state;
    this.market = market;
  }

  position(accountId: AccountId, instrument: InstrumentId): Position | undefined {
    return findPosition(this.state, accountId, instrument);
  }

  /** Positions of an account that are not flat. */
  openPositions(accountId: AccountId): readonly Position[] {
    const open: Position[] = [];
    for (const position of this.state.positions.values()) {
      if (position.accountId === accountId && position.qty !== 0) open.push(position);
    }
    return open;
  }

  ordersOf(accountId: AccountId): readonly Order[] {
    const orders: Order[] = [];
    for (const order of this.state.openOrders.values()) {
      if (order.accountId === accountId) orders.push(order);
    }
    return orders;
  }

  worstCase(
    accountId: AccountId,
    instrument: InstrumentId,
    extra?: Pick<OrderIntent, "side" | "qty">,
  ): WorstCase {
    return worstCase(this.state, accountId, instrument, extra);
  }

  /** Every instrument an account holds, works an order in, or is about to. */
  instrumentsOf(accountId: AccountId, about?: InstrumentId): ReadonlySet<InstrumentId> {
    const instruments = new Set(about === undefined ? [] : [about]);
    for (const position of this.openPositions(accountId)) instruments.add(position.instrument);
    for (const order of this.ordersOf(accountId)) instruments.add(order.instrument);
    return instruments;
  }

  /** Realized money of the trading day that holds `now`. */
  today(accountId: AccountId): DayLedger {
    const day = this.market.tradingDay(this.now);
    const days = this.state.accounts.get(accountId)?.days ?? [];
    return days.find((one) => one.tradingDay === day) ?? emptyDay(day);
  }

  /** Lots of a position covered by working stops on its closing side. */
  stopCover(position: Position): number {
    let covered = 0;
    for (const order of this.state.openOrders.values()) {
      if (order.accountId !== position.accountId || order.instrument !== position.instrument)
        continue;
      if (order.side === closingSide(position.qty)) covered += stopLots(order);
    }
    return covered;
  }

  /** Whether the desk itself keeps stops for all of a position, at the venue already or on their way. */
  isBracketed({ accountId, instrument, qty }: Position): boolean {
    let covered = 0;
    for (const group of this.state.brackets.values()) {
      if (group.accountId !== accountId || group.instrument !== instrument) continue;
      if (group.stopPrice !== null && sideSign(group.side) === Math.sign(qty))
        covered += group.openQty;
    }
    return covered >= absLots(qty);
  }

  unprotectedSince(position: Position): EpochMs | undefined {
    return this.state.unprotected.get(positionKey(position.accountId, position.instrument));
  }
}

/** By when they left flat; of those that did together, in the order in which the account first held them. */
export function oldestFirst(positions: readonly Position[]): readonly Position[] {
  return positions.toSorted((a, b) => a.openedAt - b.openedAt);
}

/** Lots of a stop that works at the venue. Of a change on its way only what is less is believed. */
function stopLots(order: Order): number {
  const { type } = order.terms;
  const { change } = order;
  if (type === "market" || type === "limit") return 0;
  if (order.status.kind !== "working" || change?.kind === "cancel") return 0;
  const qty = change === null ? order.qty : Math.min(order.qty, change.qty);
  return Math.max(0, qty - order.filledQty);
}

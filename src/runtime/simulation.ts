import type { DeskState } from "#core/desk/state.ts";
import { tradingHours } from "#core/domain/calendar/cme-hours.ts";
import { feePerSide } from "#core/domain/fees.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { CME_ROLL, nextRoll, tradingDayOf } from "#core/domain/trading-day.ts";
import { isOpen } from "#core/domain/trading-hours.ts";
import { type EpochMs, type Money, NO_MONEY } from "#core/domain/units.ts";
import { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import { type KnownOrder, stateFromJournal } from "#core/matching/venue-state.ts";
import { averageEntryTicks } from "#core/positions/book-fill.ts";
import type { SessionPlan } from "./session-plan.ts";

/** The simulated venue of a session, beside the desk in one process. */
export function simulatedVenue(
  plan: Pick<SessionPlan, "config" | "venue">,
  idPrefix: string,
): SimulatedVenue {
  const instruments = new Map(plan.config.instruments.map((one) => [one.id, one]));
  return new SimulatedVenue({
    accounts: plan.config.accounts.map(({ accountId }) => accountId),
    instruments: [...instruments.keys()],
    latency: plan.venue.latency,
    fillModel: plan.venue.fillModel,
    isOpen: (id, at) => isOpen(tradingHours(known(instruments, id).hours), at),
    dayEnd: (_id, at) => nextRoll(at, CME_ROLL),
    feeOf({ instrument, qty, at }) {
      const fee = feePerSide(known(instruments, instrument).root, tradingDayOf(at, CME_ROLL));
      return (BigInt(qty) * (fee ?? NO_MONEY)) as Money;
    },
    bracketLegs: "reduceOnly",
    idPrefix,
  });
}

/**
 * Puts back what a venue in this process held when the process ended, as far as the desk's journal tells. What was
 * on its way then never arrived, which the desk finds out by asking.
 */
export function restoreVenue(venue: SimulatedVenue, state: DeskState, now: EpochMs): void {
  const orders: KnownOrder[] = [];
  for (const order of state.openOrders.values()) {
    if (order.status.kind !== "working" || order.venueOrderId === null) continue;
    const { accountId, clientOrderId, instrument, side, qty, terms, timeInForce, reduceOnly } =
      order;
    orders.push({
      command: {
        kind: "submitOrder",
        accountId,
        clientOrderId,
        instrument,
        side,
        qty,
        terms,
        timeInForce,
        reduceOnly,
        bracket: null,
      },
      venueOrderId: order.venueOrderId,
      takenAt: order.approvedAt,
      filledQty: order.filledQty,
      filledValue: 0,
      entryId: null,
    });
  }
  const instruments = new Map(state.session?.instruments.map((one) => [one.id, one]));
  const positions = [...state.positions.values()]
    .filter(({ qty }) => qty !== 0)
    .map((position) => {
      const { accountId, instrument, qty } = position;
      const { tickValue } = known(instruments, instrument);
      return { accountId, instrument, qty, avgEntryTicks: averageEntryTicks(position, tickValue) };
    });
  const counters = { orders: 0, fills: 0 };
  venue.restore(stateFromJournal({ now, orders, positions, fills: [], counters }));
}

function known(instruments: ReadonlyMap<InstrumentId, Instrument>, id: InstrumentId): Instrument {
  const instrument = instruments.get(id);
  if (instrument === undefined)
    throw new RangeError(`Expected an instrument of the session, found ${id}`);
  return instrument;
}

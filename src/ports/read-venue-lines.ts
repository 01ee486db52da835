import { decode } from "#core/desk/codec.ts";
import { accountId, clientOrderId, fillId, instrumentId, venueOrderId } from "#core/domain/ids.ts";
import type { Bracket, Fill, OrderTerms } from "#core/domain/order.ts";
import type { AccountSnapshot, OrderReport, VenueOrder } from "#core/domain/report.ts";
import type { EpochMs, Lots, Money, SignedLots, Ticks } from "#core/domain/units.ts";
import { AGGRESSORS } from "#core/market/tick-block.ts";
import type {
  AuditedOrder,
  DeskLine,
  Greeting,
  ObservedLine,
  ObserverLine,
  VenueGreeting,
  VenueHoldings,
  VenueLine,
} from "./venue-lines.ts";
import {
  type Reader,
  WireError,
  anyText,
  finite,
  id,
  listOf,
  oneOf,
  orNull,
  record,
  variant,
  whole,
  wholeBig,
  yesOrNo,
} from "./wire.ts";

// The lines of `venue-lines.ts`, read at the edge they arrive at. Each throws `WireError`.

export const readGreeting = (line: string): Greeting => read(GREETING, line);
export const readDeskLine = (line: string): DeskLine => read(DESK_LINE, line);
export const readVenueLine = (line: string): VenueLine => read(VENUE_LINE, line);
export const readObserverLine = (line: string): ObserverLine => read(OBSERVER_LINE, line);
export const readObservedLine = (line: string): ObservedLine => read(OBSERVED_LINE, line);

function read<T>(reader: Reader<T>, line: string): T {
  let raw: unknown;
  try {
    raw = decode(line);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new WireError(`expected one JSON value a line, found ${line.slice(0, 60)}`, { cause });
  }
  return reader(raw, "");
}

const AT = whole(0) as Reader<EpochMs>;
const TICKS = whole() as Reader<Ticks>;
const LOTS = whole(0) as Reader<Lots>;
const SIGNED_LOTS = whole() as Reader<SignedLots>;
const ACCOUNT = id(accountId);
const INSTRUMENT = id(instrumentId);
const CLIENT_ORDER = id(clientOrderId);
const VENUE_ORDER = id(venueOrderId);
const SIDE = oneOf("buy", "sell");

const TERMS = variant<OrderTerms>("type", {
  market: record({}),
  limit: record({ limitPrice: TICKS }),
  stop: record({ stopPrice: TICKS }),
  stopLimit: record({ stopPrice: TICKS, limitPrice: TICKS }),
  trailingStop: record({ stopPrice: TICKS, trailTicks: TICKS }),
});

const BRACKET: Reader<Bracket> = record({ stopLossTicks: TICKS, takeProfitTicks: orNull(TICKS) });

const ORDER = { accountId: ACCOUNT, clientOrderId: CLIENT_ORDER };

const DESK_LINE = variant<DeskLine>("kind", {
  submitOrder: record({
    ...ORDER,
    instrument: INSTRUMENT,
    side: SIDE,
    qty: LOTS,
    terms: TERMS,
    timeInForce: oneOf("day", "gtc", "ioc", "fok"),
    reduceOnly: yesOrNo,
    bracket: orNull(BRACKET),
  }),
  cancelOrder: record({ ...ORDER, venueOrderId: orNull(VENUE_ORDER) }),
  modifyOrder: record({ ...ORDER, venueOrderId: orNull(VENUE_ORDER), qty: LOTS, terms: TERMS }),
  requestSnapshot: record({ accountId: ACCOUNT, since: AT }),
});

const FILL: Reader<Fill> = record({
  ...ORDER,
  fillId: id(fillId),
  instrument: INSTRUMENT,
  side: SIDE,
  qty: LOTS,
  price: TICKS,
  fee: wholeBig as unknown as Reader<Money>,
  at: AT,
});

const END = record({ clientOrderId: CLIENT_ORDER, venueFilledQty: LOTS, reason: anyText });
const REFUSAL = record({ clientOrderId: CLIENT_ORDER, reason: anyText });

const REPORT = variant<OrderReport>("kind", {
  accepted: record({ clientOrderId: CLIENT_ORDER, venueOrderId: VENUE_ORDER }),
  rejected: REFUSAL,
  unconfirmed: REFUSAL,
  filled: record({ clientOrderId: CLIENT_ORDER, fill: FILL }),
  voided: record({ clientOrderId: CLIENT_ORDER, fill: FILL }),
  canceled: END,
  expired: END,
  cancelRejected: REFUSAL,
  modified: record({ clientOrderId: CLIENT_ORDER, qty: LOTS, terms: TERMS }),
  modifyRejected: REFUSAL,
});

const LISTED: Reader<VenueOrder> = record({
  clientOrderId: orNull(CLIENT_ORDER),
  venueOrderId: VENUE_ORDER,
  instrument: INSTRUMENT,
  side: SIDE,
  qty: LOTS,
  filledQty: LOTS,
  terms: TERMS,
  reduceOnly: yesOrNo,
  state: oneOf("working", "filled", "canceled", "rejected", "expired"),
});

const SNAPSHOT: Reader<AccountSnapshot> = record({
  accountId: ACCOUNT,
  since: AT,
  asOf: AT,
  orders: listOf(LISTED),
  fills: listOf(FILL),
  positions: listOf(record({ instrument: INSTRUMENT, qty: SIGNED_LOTS, avgEntryTicks: finite })),
});

const hello: Reader<Omit<VenueGreeting, "kind">> = record({
  protocol: whole(1),
  now: AT,
  laps: whole(1),
  replaced: yesOrNo,
});
const refused = record({ reason: anyText });

const VENUE_LINE = variant<VenueLine>("kind", {
  hello,
  refused,
  tradeTick: record({
    at: AT,
    instrument: INSTRUMENT,
    price: TICKS,
    qty: LOTS,
    aggressor: oneOf(...AGGRESSORS),
  }),
  quote: record({
    at: AT,
    instrument: INSTRUMENT,
    bidPrice: TICKS,
    bidQty: LOTS,
    askPrice: TICKS,
    askQty: LOTS,
  }),
  orderReported: record({ at: AT, report: REPORT }),
  accountReported: record({ at: AT, snapshot: SNAPSHOT }),
  clock: record({ at: AT }),
  marketEnded: record({ at: AT }),
  displaced: record({}),
});

const GREETING = variant<Greeting>("kind", {
  hello: record({ protocol: whole(1), role: oneOf("desk", "observer") }),
});

const OBSERVER_LINE = variant<ObserverLine>("kind", {
  holdings: record({}),
  orders: record({}),
  setSpeed: record({ speed: finite }),
  setHold: record({ hold: yesOrNo }),
});

const AUDITED: Reader<AuditedOrder> = record({
  ...ORDER,
  received: whole(1),
  receivedAt: AT,
  taken: yesOrNo,
});

const HOLDINGS: Reader<Omit<VenueHoldings, "kind">> = record({
  now: AT,
  positions: listOf(record({ accountId: ACCOUNT, instrument: INSTRUMENT, qty: SIGNED_LOTS })),
  working: listOf(
    record({
      accountId: ACCOUNT,
      clientOrderId: orNull(CLIENT_ORDER),
      venueOrderId: VENUE_ORDER,
      side: SIDE,
      qty: LOTS,
      filledQty: LOTS,
    }),
  ),
});

const OBSERVED_LINE = variant<ObservedLine>("kind", {
  hello,
  refused,
  done: record({}),
  holdings: HOLDINGS,
  orders: record({ orders: listOf(AUDITED), fills: whole(0) }),
});

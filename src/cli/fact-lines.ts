import type { Fact } from "#core/desk/fact.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import { instantText } from "#core/domain/instant-text.ts";
import { type Instrument, formatPrice } from "#core/domain/instrument.ts";
import type { Fill, OrderIntent, OrderTerms } from "#core/domain/order.ts";
import type { EpochMs, Ticks } from "#core/domain/units.ts";
import { scopeText } from "./accepted-text.ts";
import { pnlText } from "./money-text.ts";
import { denialReason, lockReason, stateReason } from "./sentences.ts";
import { printable } from "./table.ts";
import { venueReason } from "./venue-reason.ts";

/** The instruments of a session by id: prices are ticks of one of them. */
export type Instruments = ReadonlyMap<InstrumentId, Instrument>;

export function instrumentsOf(list: readonly Instrument[]): Instruments {
  return new Map(list.map((instrument) => [instrument.id, instrument]));
}

/**
 * A line for a person who follows a session without a screen; undefined for what is not worth one. What an alert tells
 * as well (a breach, a warning, a halted bot, a finding) is left to the alert.
 */
export function factLine(fact: Fact, at: EpochMs, instruments: Instruments): string | undefined {
  const teller = TELLERS[fact.kind] as Teller<Fact> | undefined;
  const told = teller?.(fact, instruments);
  if (told === undefined) return undefined;
  return `${instantText(at)}  ${told.what.padEnd(8)}  ${told.text}`;
}

type Told = { readonly what: string; readonly text: string };
type Teller<F> = (fact: F, instruments: Instruments) => Told | undefined;
type FactOf<K extends Fact["kind"]> = Extract<Fact, { kind: K }>;

/** The facts that are worth a line. */
const TELLERS: { readonly [K in Fact["kind"]]?: Teller<FactOf<K>> } = {
  fillBooked: (fact, instruments) => ({ what: "fill", text: fillText(fact, instruments) }),
  orderDenied: ({ intent, denial }, instruments) => ({
    what: "denied",
    text: `${orderText(intent, instruments)}: ${denialReason(denial)}`,
  }),
  orderRejected: (fact, instruments) => ({
    what: "rejected",
    text: aboutOrder(fact, instruments),
  }),
  // What was not sent is asked for again.
  modifyRejected: (fact, instruments) =>
    fact.reason.startsWith("not sent")
      ? undefined
      : { what: "rejected", text: `a change of ${aboutOrder(fact, instruments)}` },
  orderUnconfirmed: (fact, instruments) => ({
    what: "unknown",
    text: aboutOrder(fact, instruments),
  }),
  accountLocked: ({ lockout }) => {
    const { accountId, until } = lockout;
    const end = until === null ? "until an admin unlocks it" : `until ${instantText(until)}`;
    return { what: "locked", text: `${accountId} ${end}: ${lockReason(lockout)}` };
  },
  lockoutEnded: ({ lockoutId }) => ({ what: "unlocked", text: lockoutId }),
  tradingStateChanged: ({ scope, state, reason }) => ({
    what: "state",
    text: `${scopeText(scope)} is ${state}: ${stateReason(reason)}`,
  }),
  armingChanged: ({ accountId, arming, by }) => ({
    what: "armed",
    text: `${accountId} is in ${arming}: asked by ${printable(by)}`,
  }),
  reconnectRequested: ({ by }) => ({
    what: "link",
    text: `the link tries again: asked by ${printable(by)}`,
  }),
  // That it is down is an alert.
  linkChanged: ({ problem }) =>
    problem === null ? { what: "link", text: "the link to the venue is up again" } : undefined,
  degradedChanged: ({ reason }) => ({
    what: "state",
    text:
      reason === null ? "entries are taken again" : `no entries are taken: ${printable(reason)}`,
  }),
  deskStopping: () => ({ what: "state", text: "the desk is stopping and takes no entries" }),
  journalWritableChanged: ({ writable, reason }) =>
    writable ? { what: "journal", text: printable(reason) } : undefined,
  findingRaised: ({ accountId, code, text }) =>
    code === "cancelRefused"
      ? { what: "finding", text: `${accountId}: ${printable(text)}` }
      : undefined,
};

/** The fact does not say of which instrument; where there is only one it is clear. */
function aboutOrder(
  fact: FactOf<"orderRejected" | "modifyRejected" | "orderUnconfirmed">,
  instruments: Instruments,
): string {
  const [only] = instruments.size === 1 ? instruments.values() : [];
  return `order ${fact.clientOrderId}: ${venueReason(fact.reason, only)}`;
}

/** `buy 2 MGC at 1320.1`. */
function fillText(
  { fill, position, roundTrip }: FactOf<"fillBooked">,
  instruments: Instruments,
): string {
  const { side, qty, instrument, price } = fill;
  const made = `${side} ${qty} ${instrument} at ${priceText(price, instrument, instruments)}`;
  const now =
    position.qty === 0 ? "flat" : `position ${position.qty > 0 ? "+" : ""}${position.qty}`;
  const won = roundTrip === null ? "" : `, round trip ${pnlText(roundTrip.netPnl)}`;
  return `${made}, ${now}${won}`;
}

/** `buy 2 MGC limit 1320.0`. */
export function orderText(
  intent: Pick<OrderIntent, "side" | "qty" | "instrument" | "terms">,
  instruments: Instruments,
): string {
  const { side, qty, instrument, terms } = intent;
  return `${side} ${qty} ${instrument} ${termsText(terms, instrument, instruments)}`;
}

/** `market`, `limit 1320.0`, `stop 1318.5`, `stop 1318.5 limit 1318.0`, `trailing stop 1318.5 (10 ticks)`. */
export function termsText(
  terms: OrderTerms,
  instrument: InstrumentId,
  instruments: Instruments,
): string {
  const price = (ticks: Ticks) => priceText(ticks, instrument, instruments);
  switch (terms.type) {
    case "market":
      return "market";
    case "limit":
      return `limit ${price(terms.limitPrice)}`;
    case "stop":
      return `stop ${price(terms.stopPrice)}`;
    case "stopLimit":
      return `stop ${price(terms.stopPrice)} limit ${price(terms.limitPrice)}`;
    case "trailingStop":
      return `trailing stop ${price(terms.stopPrice)} (${terms.trailTicks} ticks)`;
  }
}

/** With the instrument's digits; in ticks for an instrument the session does not know. */
export function priceText(
  price: Fill["price"],
  instrument: InstrumentId,
  instruments: Instruments,
): string {
  const known = instruments.get(instrument);
  return known === undefined ? `${price} ticks` : formatPrice(known, price);
}

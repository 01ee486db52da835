import type { Fact } from "#core/desk/fact.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import { type Instrument, formatPrice } from "#core/domain/instrument.ts";
import type { Fill, OrderIntent, OrderTerms } from "#core/domain/order.ts";
import type { EpochMs, Ticks } from "#core/domain/units.ts";
import { scopeText } from "./accepted-text.ts";
import { pnlText } from "./money-text.ts";
import { breachSentence, denialReason, reasonText } from "./sentences.ts";
import { printable } from "./table.ts";
import { instantText } from "./time-text.ts";

/** The instruments of a session by id: prices are ticks of one of them. */
export type Instruments = ReadonlyMap<InstrumentId, Instrument>;

export function instrumentsOf(list: readonly Instrument[]): Instruments {
  return new Map(list.map((instrument) => [instrument.id, instrument]));
}

/** A line for a person who follows a session without a screen; undefined for what is not worth one. */
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
    text: `${intentText(intent, instruments)}: ${denialReason(denial)}`,
  }),
  orderRejected: (fact) => ({ what: "rejected", text: aboutOrder(fact) }),
  orderUnconfirmed: (fact) => ({ what: "unknown", text: aboutOrder(fact) }),
  breachFound: ({ breach }) => ({ what: "breach", text: breachSentence(breach) }),
  lossWarned: ({ accountId, share, rule }) => ({
    what: "warning",
    text: `${accountId}: ${Math.round(share * 100)} % of the loss limit is used (${rule})`,
  }),
  accountLocked: ({ lockout: { accountId, until, reason } }) => {
    const end = until === null ? "until an admin unlocks it" : `until ${instantText(until)}`;
    return { what: "locked", text: `${accountId} ${end}: ${reasonText(reason)}` };
  },
  lockoutEnded: ({ lockoutId }) => ({ what: "unlocked", text: lockoutId }),
  tradingStateChanged: ({ scope, state, reason }) => ({
    what: "state",
    text: `${scopeText(scope)} is ${state}: ${reasonText(reason)}`,
  }),
  deskStopping: () => ({ what: "state", text: "the desk is stopping and takes no entries" }),
  botStatusChanged: ({ botId, status }) =>
    status.kind === "halted"
      ? { what: "bot", text: `${botId} is halted: ${reasonText(status.reason)}` }
      : undefined,
  journalWritableChanged: ({ reason }) => ({ what: "journal", text: printable(reason) }),
  findingRaised: ({ accountId, text }) => ({
    what: "finding",
    text: `${accountId}: ${printable(text)}`,
  }),
};

function aboutOrder(fact: FactOf<"orderRejected" | "orderUnconfirmed">): string {
  return `order ${fact.clientOrderId}: ${reasonText(fact.reason)}`;
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

function intentText(intent: OrderIntent, instruments: Instruments): string {
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

import { instantText } from "#core/domain/instant-text.ts";
import type { Order } from "#core/domain/order.ts";
import type { Position } from "#core/domain/position.ts";
import type { Holdings } from "#runtime/holdings.ts";
import type { Opening } from "#runtime/session-watch.ts";
import { type Instruments, termsText } from "./fact-lines.ts";
import { stayText } from "./order-aim.ts";
import { printable, table } from "./table.ts";

/** Which session begins, and where it is recorded. */
export type Beginning = { readonly session: string; readonly folder: string };

/** How a session begins, for people. */
export function openingLines(
  { session, folder }: Beginning,
  opening: Opening,
  instruments: Instruments,
): readonly string[] {
  switch (opening.kind) {
    case "new":
      return [`Session ${session} is recorded in ${folder}`];
    case "resumed": {
      const lines = heldLines(opening.held, instruments);
      const what = lines.length === 0 ? "and holds nothing" : "and holds:";
      return [`Session ${session} goes on at ${instantText(opening.at)} ${what}`, ...lines];
    }
    case "ended": {
      const { at, endedAt } = opening.ending;
      return [
        `Session ${session} has ended at ${instantText(at)} of the market, on ${instantText(endedAt)}: nothing is left to play`,
      ];
    }
  }
}

/** Positions, each with the orders of its instrument below it; then the other orders. Nothing for nothing. */
export function heldLines(
  { positions, orders }: Holdings,
  instruments: Instruments,
): readonly string[] {
  if (positions.length + orders.length === 0) return [];
  const below = (position: Position) => orders.filter((order) => isOn(order, position));
  const others = orders.filter((order) => !positions.some((position) => isOn(order, position)));
  const rows = [...positions.flatMap((one) => [one, ...below(one)]), ...others].map((one) =>
    rowOf(one, positions, instruments),
  );
  return table([{ title: "account" }, { title: "instrument" }, { title: "open" }], rows);
}

function isOn(order: Order, position: Position): boolean {
  return order.accountId === position.accountId && order.instrument === position.instrument;
}

function rowOf(
  open: Position | Order,
  positions: readonly Position[],
  instruments: Instruments,
): readonly string[] {
  const isOrder = "terms" in open;
  const what = isOrder ? orderText(open, positions, instruments) : positionText(open);
  return [open.accountId, open.instrument, what];
}

function positionText({ qty }: Position): string {
  return `${qty > 0 ? "long" : "short"} ${Math.abs(qty)}`;
}

function orderText(order: Order, positions: readonly Position[], instruments: Instruments): string {
  const { clientOrderId, side, qty, terms, instrument, status } = order;
  const aim = stayText(order, positions);
  return `${side} ${qty} ${termsText(terms, instrument, instruments)}, ${aim}, ${status.kind} (${printable(clientOrderId)})`;
}

/** A command line as a shell takes it. */
export function commandText(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

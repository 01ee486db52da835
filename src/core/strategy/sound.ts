import type { OrderTerms } from "#core/domain/order.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import type { Ticks } from "#core/domain/units.ts";
import type { Signal } from "./bot-state.ts";
import type { Entry } from "./strategy.ts";

// What a strategy hands over is checked and copied when it does: it is code of others, it may keep what it handed
// over and change it, and what is no number cannot be journaled. What is wrong is a RangeError, which halts its bot.

/** A stored value may hold this many values; it is written whole to the journal each time it changes. */
const VALUES_MAX = 1_000;

export function soundEntry(entry: Entry): Entry {
  const { side, stopLossTicks, takeProfitTicks, qty, terms } = entry;
  if (side !== "buy" && side !== "sell") throw wrong("an entry's side", "buy or sell", side);
  return {
    side,
    stopLossTicks: whole("an entry's stopLossTicks", stopLossTicks),
    ...(qty === undefined ? {} : { qty: soundQty("an entry's qty", qty) }),
    ...(terms === undefined ? {} : { terms: soundTerms(terms) }),
    ...(takeProfitTicks === undefined ? {} : { takeProfitTicks: target(takeProfitTicks) }),
  };
}

export function soundQty<Qty extends number>(what: string, qty: Qty): Qty {
  if (Number.isSafeInteger(qty) && qty >= 1) return qty;
  throw wrong(what, "whole lots, one or more", qty);
}

export function soundSignal<S extends Pick<Signal, "section" | "side" | "numbers">>(signal: S): S {
  const numbers = { ...signal.numbers };
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) throw wrong(`${name} of a signal`, "a finite number", value);
  }
  const { section, side } = signal;
  return { section, side, numbers } as S;
}

/** A frozen copy of a plain value. */
export function soundValue(value: PlainData): PlainData {
  let left = VALUES_MAX;
  const copy = (part: unknown): PlainData => {
    left -= 1;
    if (left < 0) throw wrong("a stored value", `at most ${VALUES_MAX} values`, "more of them");
    if (part === null || typeof part === "boolean" || typeof part === "string") return part;
    if (typeof part === "number" && Number.isFinite(part)) return part;
    if (Array.isArray(part)) return Object.freeze(part.map(copy));
    if (!isPlain(part)) throw wrong("a stored value", "plain data", part);
    const entries = Object.entries(part).map(([key, item]) => [key, copy(item)]);
    return Object.freeze(Object.fromEntries(entries) as Record<string, PlainData>);
  };
  return copy(value);
}

function soundTerms(terms: OrderTerms): OrderTerms {
  const { type } = terms;
  switch (type) {
    case "market":
      return { type };
    case "limit":
      return { type, limitPrice: whole("a limitPrice", terms.limitPrice) };
    case "stop":
      return { type, stopPrice: whole("a stopPrice", terms.stopPrice) };
    case "stopLimit": {
      const limitPrice = whole("a limitPrice", terms.limitPrice);
      return { type, stopPrice: whole("a stopPrice", terms.stopPrice), limitPrice };
    }
    case "trailingStop": {
      const { trailTicks } = terms;
      if (!(whole("trailTicks", trailTicks) >= 1))
        throw wrong("trailTicks", "one or more", trailTicks);
      return { type, stopPrice: whole("a stopPrice", terms.stopPrice), trailTicks };
    }
  }
  throw wrong("an entry's type", "market, limit, stop, stopLimit or trailingStop", type);
}

function target(takeProfitTicks: Ticks | null): Ticks | null {
  return takeProfitTicks === null ? null : whole("an entry's takeProfitTicks", takeProfitTicks);
}

function whole(what: string, ticks: Ticks): Ticks {
  if (Number.isSafeInteger(ticks)) return ticks;
  throw wrong(what, "whole ticks", ticks);
}

function isPlain(part: unknown): part is Readonly<Record<string, unknown>> {
  if (typeof part !== "object" || part === null) return false;
  const prototype: unknown = Object.getPrototypeOf(part);
  return prototype === Object.prototype || prototype === null;
}

function wrong(what: string, expected: string, found: unknown): RangeError {
  const isText = typeof found === "string" || typeof found === "number";
  return new RangeError(
    `${what} must be ${expected}, found ${isText ? found : `a value of type ${typeof found}`}`,
  );
}

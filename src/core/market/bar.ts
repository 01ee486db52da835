import type { InstrumentId } from "#core/domain/ids.ts";
import { type DurationMs, type EpochMs, type Lots, type Ticks, lots } from "#core/domain/units.ts";

/** What completes a bar: the clock, a number of trades, or a traded quantity. */
export type BarSpec =
  | { readonly kind: "time"; readonly everyMs: DurationMs }
  | { readonly kind: "tick"; readonly count: number }
  | { readonly kind: "volume"; readonly qty: Lots };

/**
 * Open, high, low, close and volume of a closed bar; a value that may be kept. `barStart` is
 * inclusive and `barEnd` exclusive for a time bar; a tick or volume bar starts and ends with its
 * first and last trade, or ends at the roll of the trading day. A bar is stamped by its end.
 */
export type Bar = {
  readonly instrument: InstrumentId;
  readonly spec: BarSpec;
  readonly barStart: EpochMs;
  readonly barEnd: EpochMs;
  readonly open: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
  readonly close: Ticks;
  readonly volume: Lots;
  /** Trades with a quantity; prints without one move prices only. */
  readonly trades: number;
};

/** Milliseconds per unit of time in a spec's text, largest first. */
const TIME_UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** The shortest text of a spec, the same for equal specs: `5m`, `1h`, `500t`, `1000v`. */
export function barSpecKey(spec: BarSpec): string {
  const known = knownKeys.get(spec);
  if (known !== undefined) return known;
  const key = keyOf(spec);
  knownKeys.set(spec, key);
  return key;
}

// Asked for at every bar, and a text made anew costs a search among all texts.
const knownKeys = new WeakMap<BarSpec, string>();

function keyOf(spec: BarSpec): string {
  switch (spec.kind) {
    case "time":
      return timeKey(spec.everyMs);
    case "tick":
      return `${spec.count}t`;
    case "volume":
      return `${spec.qty}v`;
  }
}

/** Reads `30s`, `5m`, `1h`, `1d`, `250ms`, `500t` (trades) or `1000v` (lots). */
export function parseBarSpec(text: string): BarSpec {
  const [, digits = "", unit = ""] = /^([1-9]\d{0,8})(ms|[smhdtv])$/u.exec(text) ?? [];
  const amount = Number(digits);
  if (unit === "t") return { kind: "tick", count: amount };
  if (unit === "v") return { kind: "volume", qty: lots(amount) };
  for (const [name, unitMs] of TIME_UNITS) {
    if (name === unit) return { kind: "time", everyMs: (amount * unitMs) as DurationMs };
  }
  throw new RangeError(
    `Expected a bar such as 30s, 5m, 1h, 1d, 500t or 1000v, found ${JSON.stringify(text)}`,
  );
}

function timeKey(everyMs: DurationMs): string {
  for (const [name, unitMs] of TIME_UNITS) {
    if (everyMs % unitMs === 0) return `${everyMs / unitMs}${name}`;
  }
  throw new RangeError(`Expected a bar of whole milliseconds, found ${everyMs} ms`);
}

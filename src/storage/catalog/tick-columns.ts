import { NO_PRICE } from "#core/market/quote.ts";
import { AGGRESSORS, QUOTE_ROW, TRADE_ROW } from "#core/market/tick-block.ts";

/** Columns of a `TickBlock` that a file can fill. */
type TickField = "at" | "price" | "qty" | "askPrice" | "askQty" | "aggressor";

/** One column of a tick file, and which whole numbers it may hold. */
export type TickColumn = {
  /** Its name in the file. */
  readonly name: string;
  /** Its value as SQL; not a number (NaN) where the file has nothing that could be read. */
  readonly sql: string;
  readonly field: TickField;
  readonly min: number;
  readonly max: number;
  /** What the numbers are, for the person who reads that one of them is wrong. */
  readonly expected: string;
  readonly remedy: string;
  /** Whether a file without this column cannot be read. */
  readonly isNeeded: boolean;
};

/** What a file of trades or of quotes holds; `at` comes first. */
export type TickLayout = {
  readonly kind: typeof TRADE_ROW | typeof QUOTE_ROW;
  readonly columns: readonly TickColumn[];
};

const INT32_MAX = 2_147_483_647;

const AT = {
  name: "at",
  sql: orNaN(`"at"`),
  field: "at",
  min: -8.64e15,
  max: 8.64e15,
  expected: "whole milliseconds since 1970",
  remedy: "write the time in UTC as BIGINT milliseconds",
  isNeeded: true,
} as const satisfies TickColumn;

const AGGRESSOR = {
  name: "aggressor",
  sql: `CASE coalesce(aggressor, 'unknown') ${AGGRESSORS.map((name, code) => `WHEN '${name}' THEN ${code}.0::DOUBLE`).join(" ")} ELSE 'NaN'::DOUBLE END`,
  field: "aggressor",
  min: 0,
  max: AGGRESSORS.length - 1,
  expected: AGGRESSORS.join(", "),
  remedy: "write one of these words, or leave the column out",
  isNeeded: false,
} as const satisfies TickColumn;

/** Trades: `at`, `price` (ticks), `qty` (lots) and, where the venue tells, `aggressor`. */
export const TRADE_FILE: TickLayout = {
  kind: TRADE_ROW,
  columns: [
    AT,
    {
      ...priceColumn({ name: "price", field: "price", sql: orNaN("price") }),
      min: NO_PRICE + 1,
    },
    qtyColumn({ name: "qty", field: "qty", sql: orNaN("qty") }),
    AGGRESSOR,
  ],
};

/** Quotes: price and quantity of both sides; a side whose price is null is absent. */
export const QUOTE_FILE: TickLayout = {
  kind: QUOTE_ROW,
  columns: [
    AT,
    priceColumn({ name: "bid_price", field: "price", sql: orNoPrice("bid_price") }),
    qtyColumn({ name: "bid_qty", field: "qty", sql: orNone("bid") }),
    priceColumn({ name: "ask_price", field: "askPrice", sql: orNoPrice("ask_price") }),
    qtyColumn({ name: "ask_qty", field: "askQty", sql: orNone("ask") }),
  ],
};

type Source = Pick<TickColumn, "name" | "field" | "sql">;

function priceColumn(source: Source): TickColumn {
  return {
    ...source,
    min: NO_PRICE,
    max: INT32_MAX,
    expected: "a whole number of ticks",
    remedy: "divide prices by the tick size of the instrument when the file is written",
    isNeeded: true,
  };
}

function qtyColumn(source: Source): TickColumn {
  return {
    ...source,
    min: 0,
    max: INT32_MAX,
    expected: "a whole number of lots, zero or more",
    remedy: "divide quantities by the lot size of the instrument when the file is written",
    isNeeded: true,
  };
}

function orNaN(column: string): string {
  return `coalesce(${column}::DOUBLE, 'NaN'::DOUBLE)`;
}

function orNoPrice(column: string): string {
  return `coalesce(${column}::DOUBLE, ${NO_PRICE}::DOUBLE)`;
}

function orNone(side: "bid" | "ask"): string {
  return `CASE WHEN ${side}_price IS NULL THEN 0::DOUBLE ELSE ${orNaN(`${side}_qty`)} END`;
}

/**
 * Where our calendar and LEAN's market-hours database disagree between 2024 and 2026, and why ours
 * stands. Chicago time. Read by the test that compares the two minute by minute: a difference that
 * is not listed fails it, and so does a row that no difference needs.
 */
export type LeanDifference = {
  readonly products: readonly string[];
  /** Exactly one span each, or the outer bounds of many where `recurs`. */
  readonly from: string;
  readonly until: string;
  /** LEAN says the opposite. */
  readonly ours: "open" | "closed";
  readonly recurs?: true;
  readonly reason: string;
};

const CME_EQUITY = ["ES", "MES", "NQ", "MNQ", "RTY", "M2K", "NKD"];
const DOW = ["YM", "MYM"];
const EQUITY = [...CME_EQUITY, ...DOW];
const TREASURIES = ["ZN", "ZB", "ZF", "ZT", "TN", "UB"];
const COMEX = ["GC", "MGC", "SI", "SIL", "HG"];
const ENERGY = ["CL", "MCL", "NG", "RB", "HO"];
const METALS_ENERGY = [...COMEX, "PL", ...ENERGY];
const FX = ["6E", "E7", "M6E", "6A", "M6A", "6B", "M6B", "6J", "6C", "6S", "6N", "6M"];
const CRYPTO = ["MBT", "MET"];
const CORN_WHEAT = ["ZC", "ZW"];
const SOY = ["ZS", "ZM", "ZL"];
const GRAINS = [...CORN_WHEAT, ...SOY];
const LIVESTOCK = ["HE", "LE"];

const NO_EVENING = "no session begins the evening before a closed day; LEAN lacks the early close";
const MORNING =
  "after a closed day grains open at 08:30, without the night; LEAN lacks the late open";
const BLACK_FRIDAY = "LEAN lacks the early close of 2024-11-29, which it has in 2025 and 2026";
const CHRISTMAS_EVE = "LEAN lacks the early close of Christmas Eve, which it has for other years";
const MOURNING = "day of mourning: an early close by CME's notice, of which LEAN knows nothing";
const NOT_SHUT = "day of mourning: not the full holiday that LEAN holds for the whole exchange";
const CHRISTMAS = "Christmas opens in the evening only; LEAN closes it at its usual close instead";
const SOY_HOLIDAY =
  "LEAN has the holidays of corn and wheat, but lacks those of soybeans before 2026";
const SOY_EVENING = "LEAN shuts soybeans for the whole exchange's holiday; they reopen at 19:00";
const TYPO = "LEAN holds 2024-01-02 instead of 2024-01-01 as New Year's Day of corn and wheat";
const ROUND_THE_CLOCK =
  "24/7 since 2026-05-29 16:00; LEAN still has the former week and its holidays";

export const LEAN_DIFFERENCES: readonly LeanDifference[] = [
  ...closed(NO_EVENING, [
    [EQUITY, "2024-03-28T17:00", "2024-03-28T23:00"],
    [SOY, "2024-03-28T19:00", "2024-03-29T00:00"],
    [GRAINS, "2024-01-14T19:00", "2024-01-15T00:00"],
    [GRAINS, "2024-02-18T19:00", "2024-02-19T00:00"],
    [GRAINS, "2024-05-26T19:00", "2024-05-27T00:00"],
    [GRAINS, "2024-06-18T19:00", "2024-06-19T00:00"],
    [GRAINS, "2024-07-03T19:00", "2024-07-04T00:00"],
    [GRAINS, "2024-09-01T19:00", "2024-09-02T00:00"],
    [GRAINS, "2024-11-27T19:00", "2024-11-28T00:00"],
    [SOY, "2024-12-24T19:00", "2024-12-25T00:00"],
    [SOY, "2025-01-19T19:00", "2025-01-20T00:00"],
    [SOY, "2025-04-17T19:00", "2025-04-18T00:00"],
  ]),
  ...closed("LEAN lacks the early close of 2024-07-03, which it has in 2025", [
    [EQUITY, "2024-07-03T12:15", "2024-07-03T16:00"],
  ]),
  ...closed(MORNING, [
    [SOY, "2024-01-02T00:00", "2024-01-02T07:45"],
    [GRAINS, "2024-07-05T00:00", "2024-07-05T07:45"],
    [GRAINS, "2024-11-29T00:00", "2024-11-29T07:45"],
    [GRAINS, "2024-12-26T00:00", "2024-12-26T07:45"],
    [CORN_WHEAT, "2025-01-02T00:00", "2025-01-02T07:45"],
    [CORN_WHEAT, "2025-11-28T00:00", "2025-11-28T07:45"],
    [CORN_WHEAT, "2025-12-26T00:00", "2025-12-26T07:45"],
  ]),
  ...closed(BLACK_FRIDAY, [
    [[...EQUITY, ...TREASURIES], "2024-11-29T12:15", "2024-11-29T16:00"],
    [[...METALS_ENERGY, ...FX, ...CRYPTO], "2024-11-29T13:45", "2024-11-29T16:00"],
    [GRAINS, "2024-11-29T12:05", "2024-11-29T13:20"],
    [LIVESTOCK, "2024-11-29T12:05", "2024-11-29T13:05"],
  ]),
  ...closed(CHRISTMAS_EVE, [
    [SOY, "2024-12-24T12:05", "2024-12-24T13:20"],
    [LIVESTOCK, "2024-12-24T12:15", "2024-12-24T13:05"],
    [SOY, "2025-12-24T12:05", "2025-12-24T13:20"],
  ]),
  ...closed(MOURNING, [
    [CME_EQUITY, "2025-01-09T08:30", "2025-01-09T16:00"],
    [LIVESTOCK, "2025-01-09T12:15", "2025-01-09T13:05"],
  ]),
  ...open(NOT_SHUT, [
    [DOW, "2025-01-08T23:00", "2025-01-09T08:30"],
    [COMEX, "2025-01-08T23:00", "2025-01-09T16:00"],
    [TREASURIES, "2025-01-09T00:00", "2025-01-09T12:15"],
    [GRAINS, "2025-01-09T00:00", "2025-01-09T07:45"],
    [GRAINS, "2025-01-09T08:30", "2025-01-09T12:15"],
    [[...DOW, ...COMEX], "2025-01-09T17:00", "2025-01-09T23:00"],
    [TREASURIES, "2025-01-09T17:00", "2025-01-10T00:00"],
    [GRAINS, "2025-01-09T19:00", "2025-01-10T00:00"],
  ]),
  ...closed(CHRISTMAS, [
    [[...EQUITY, ...ENERGY], "2025-12-24T23:00", "2025-12-25T16:00"],
    [TREASURIES, "2025-12-25T00:00", "2025-12-25T16:00"],
  ]),
  ...closed(SOY_HOLIDAY, [
    [SOY, "2024-12-31T19:00", "2025-01-01T07:45"],
    [SOY, "2025-01-01T08:30", "2025-01-01T13:20"],
    [SOY, "2025-01-01T19:00", "2025-01-02T07:45"],
    [SOY, "2025-02-16T19:00", "2025-02-17T07:45"],
    [SOY, "2025-02-17T08:30", "2025-02-17T13:20"],
    [SOY, "2025-05-25T19:00", "2025-05-26T07:45"],
    [SOY, "2025-05-26T08:30", "2025-05-26T13:20"],
    [SOY, "2025-06-18T19:00", "2025-06-19T07:45"],
    [SOY, "2025-06-19T08:30", "2025-06-19T13:20"],
    [SOY, "2025-07-03T19:00", "2025-07-04T07:45"],
    [SOY, "2025-07-04T08:30", "2025-07-04T13:20"],
    [SOY, "2025-08-31T19:00", "2025-09-01T07:45"],
    [SOY, "2025-09-01T08:30", "2025-09-01T13:20"],
    [SOY, "2025-11-26T19:00", "2025-11-27T07:45"],
    [SOY, "2025-11-27T08:30", "2025-11-27T13:20"],
    [SOY, "2025-11-27T19:00", "2025-11-28T07:45"],
    [SOY, "2025-11-28T12:05", "2025-11-28T13:20"],
    [SOY, "2025-12-24T19:00", "2025-12-25T07:45"],
    [SOY, "2025-12-25T08:30", "2025-12-25T13:20"],
    [SOY, "2025-12-25T19:00", "2025-12-26T07:45"],
  ]),
  ...open(SOY_EVENING, [
    [SOY, "2024-01-15T19:00", "2024-01-16T00:00"],
    [SOY, "2024-02-19T19:00", "2024-02-20T00:00"],
    [SOY, "2024-05-27T19:00", "2024-05-28T00:00"],
    [SOY, "2024-06-19T19:00", "2024-06-20T00:00"],
    [SOY, "2024-09-02T19:00", "2024-09-03T00:00"],
    [SOY, "2025-01-20T19:00", "2025-01-21T00:00"],
  ]),
  ...open(TYPO, [
    [CORN_WHEAT, "2024-01-02T08:30", "2024-01-02T13:20"],
    [CORN_WHEAT, "2024-01-02T19:00", "2024-01-03T00:00"],
  ]),
  {
    products: CRYPTO,
    from: "2026-05-29T16:00",
    until: "2027-01-01T00:00",
    ours: "open",
    recurs: true,
    reason: ROUND_THE_CLOCK,
  },
];

type Row = readonly [products: readonly string[], from: string, until: string];

function closed(reason: string, rows: readonly Row[]): readonly LeanDifference[] {
  return rows.map(([products, from, until]) => ({ products, from, until, ours: "closed", reason }));
}

function open(reason: string, rows: readonly Row[]): readonly LeanDifference[] {
  return rows.map(([products, from, until]) => ({ products, from, until, ours: "open", reason }));
}

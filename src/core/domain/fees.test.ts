import { expect, test } from "vitest";
import { feePerSide, FEES } from "./fees.ts";
import { instrumentByRoot, INSTRUMENTS } from "./instrument-catalogue.ts";
import { tradingDay } from "./trading-day.ts";
import { moneyToNumber } from "./units.ts";

const roundTurn = (root: string, day: string) => {
  const perSide = feePerSide(root, tradingDay(day));
  return perSide === undefined ? undefined : 2 * moneyToNumber(perSide);
};

/** Round turns in dollars on 2026-09-23. */
const EXPECTED = {
  ES: 3.78,
  MES: 1.22,
  NQ: 3.78,
  MNQ: 1.22,
  RTY: 3.78,
  M2K: 1.22,
  YM: 3.78,
  MYM: 1.22,
  NKD: 5.32,
  GC: 4.32,
  MGC: 1.92,
  SI: 4.32,
  SIL: 2.72,
  HG: 4.32,
  MHG: 1.92,
  CL: 4.02,
  MCL: 1.52,
  QM: 3.42,
  NG: 4.22,
  QG: 2.02,
  MNG: 1.72,
  "6E": 4.22,
  M6E: 1,
  "6A": 4.22,
  M6A: 1,
  "6B": 4.22,
  M6B: 1,
  "6J": 4.22,
  ZN: 2.62,
  ZB: 2.76,
  ZF: 2.32,
  ZT: 2.32,
  ZC: 5.28,
  ZW: 5.28,
  ZS: 5.28,
  HE: 5.22,
  LE: 5.22,
  MBT: 2.82,
  MET: 0.72,
};

test("every priced product costs half its round turn per side", () => {
  const found = Object.fromEntries(
    INSTRUMENTS.map(({ root }) => [root, roundTurn(root, "2026-09-23")]).filter(
      ([, dollars]) => dollars !== undefined,
    ),
  );

  expect(found).toEqual(EXPECTED);
});

test.for([
  ["MCL", "2026-09-30", 1.52],
  ["MCL", "2026-10-01", 1.72],
  ["MNG", "2026-09-30", 1.72],
  ["MNG", "2026-10-01", 1.92],
  ["MNQ", "2027-01-04", 1.22],
  ["MNQ", "2026-06-30", 1.24],
  ["MES", "2026-01-02", 1.24],
  ["MES", "2025-02-03", 0.74],
  ["MNQ", "2013-10-08", 0.74],
  ["MGC", "2013-10-08", 1.92],
] as const)("%s on %s costs %d for a round turn", ([root, day, dollars]) => {
  expect(roundTurn(root, day)).toBe(dollars);
});

test("a product without a known price has no fee, not a fee of zero", () => {
  expect(feePerSide("6C", tradingDay("2026-09-23"))).toBeUndefined();
  expect(feePerSide("BTC", tradingDay("2026-09-23"))).toBeUndefined();
});

test("prices ascend by day and belong to products of the catalogue", () => {
  for (const [root, rows] of Map.groupBy(FEES, (row) => row.root)) {
    const days = rows.map(({ from }) => from);

    expect(instrumentByRoot(root)?.root).toBe(root);
    expect(days).toEqual([...new Set(days)].sort());
  }
});

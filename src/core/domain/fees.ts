import type { TradingDay } from "./trading-day.ts";
import { money, moneyFrom } from "./units.ts";
import type { Money } from "./units.ts";

/**
 * What one lot costs per side at TopstepX: exchange fee, NFA fee and commission. For estimates
 * and simulation; a fill's own fees and commissions always outrank them. Undefined where no price
 * is known, which is not the same as free. Before the earliest price, that one counts.
 */
export function feePerSide(root: string, day: TradingDay): Money | undefined {
  const rows = rowsByRoot.get(root);
  return (rows?.findLast(({ from }) => from <= day) ?? rows?.[0])?.perSide;
}

/** A price from a trading day on. */
export type FeeRow = { readonly root: string; readonly from: string; readonly perSide: Money };

// The firm's fee page as seen on 2026-09-23. The increase of MNG is taken to come with that of MCL.
const PRICED: Readonly<Record<string, number>> = {
  "ES NQ RTY YM": 3.78,
  "M2K MYM": 1.22,
  NKD: 5.32,
  "GC SI HG": 4.32,
  "MGC MHG": 1.92,
  SIL: 2.72,
  CL: 4.02,
  MCL: 1.52,
  QM: 3.42,
  NG: 4.22,
  QG: 2.02,
  MNG: 1.72,
  "6E 6A 6B 6J": 4.22,
  "M6E M6A M6B": 1,
  ZN: 2.62,
  ZB: 2.76,
  "ZF ZT": 2.32,
  "ZC ZW ZS": 5.28,
  "HE LE": 5.22,
  MBT: 2.82,
  MET: 0.72,
};

/** Ascending by day within each root. */
export const FEES: readonly FeeRow[] = [
  // Early in 2025 no commission was taken; the days of both changes are to the half-year only.
  ...roundTurns("MES MNQ", "2025-01-01", 0.74),
  ...roundTurns("MES MNQ", "2025-07-01", 1.24),
  // The NFA fee fell from 0.04 to 0.02.
  ...roundTurns("MES MNQ", "2026-07-01", 1.22),
  ...Object.entries(PRICED).flatMap(([roots, dollars]) => roundTurns(roots, "2026-07-01", dollars)),
  ...roundTurns("MCL", "2026-10-01", 1.72),
  ...roundTurns("MNG", "2026-10-01", 1.92),
];

const rowsByRoot = Map.groupBy(FEES, ({ root }) => root);

/** Dollars for opening and closing one lot; each side is exactly half. */
function roundTurns(roots: string, from: string, dollars: number): readonly FeeRow[] {
  const perSide = money(moneyFrom(dollars) / 2n);
  return roots.split(" ").map((root) => ({ root, from, perSide }));
}

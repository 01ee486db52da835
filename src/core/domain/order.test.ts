import { expect, test } from "vitest";
import { type OrderTerms, sameTerms } from "./order.ts";
import { ticks } from "./units.ts";

const TERMS: readonly OrderTerms[] = [
  { type: "market" },
  { type: "limit", limitPrice: ticks(10) },
  { type: "limit", limitPrice: ticks(11) },
  { type: "stop", stopPrice: ticks(10) },
  { type: "stopLimit", stopPrice: ticks(10), limitPrice: ticks(10) },
  { type: "stopLimit", stopPrice: ticks(10), limitPrice: ticks(11) },
  { type: "trailingStop", stopPrice: ticks(10), trailTicks: ticks(5) },
  { type: "trailingStop", stopPrice: ticks(10), trailTicks: ticks(6) },
];

test("terms are the same when nothing about them differs", () => {
  for (const [i, a] of TERMS.entries()) {
    for (const [j, b] of TERMS.entries()) expect([i, j, sameTerms(a, b)]).toEqual([i, j, i === j]);
  }
});

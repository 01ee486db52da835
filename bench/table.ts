import type { Finding } from "./measure.ts";

type Column = "verdict" | "name" | "value" | "floor" | "ratio" | "goal" | "unit";

/** The names of the columns; value and floor are in the unit of their row. */
export const TABLE_HEAD = line({
  verdict: "",
  name: "benchmark",
  value: "value",
  floor: "floor",
  ratio: "ratio",
  goal: "goal",
  unit: "unit",
});

/** One finding under the columns, and below it, set in, its note. */
export function tableRow({ name, value, unit, floor, ratio, goal, ok, note }: Finding): string {
  const figures = line({
    verdict: ok ? "ok" : "MISS",
    name,
    value: value.toFixed(2),
    floor: floor.toFixed(2),
    ratio: ratio.toFixed(2),
    goal: goal.toFixed(2),
    unit,
  });
  return `${figures}      ${note}\n`;
}

/** One finding for programs: an object on a line of its own, without its note. */
export function jsonLine({ name, value, unit, floor, ratio, goal, ok }: Finding): string {
  return `${JSON.stringify({ name, value, unit, floor, ratio, goal, ok })}\n`;
}

function line(row: Readonly<Record<Column, string>>): string {
  const figures = [row.value, row.floor, row.ratio, row.goal].map((text) => text.padStart(10));
  return `${row.verdict.padEnd(6)}${row.name.padEnd(16)}${figures.join("")}  ${row.unit}\n`;
}

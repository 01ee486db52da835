// npm run bench -- [NAME] [--json]: every goal is a ratio to a floor or a peer measured in the same run.
import process from "node:process";
import { benchAppend } from "./append.ts";
import { benchFold } from "./fold.ts";
import { benchGate } from "./gate.ts";
import type { Finding } from "./measure.ts";
import { benchReplay } from "./replay.ts";
import { benchSameTrades } from "./same-trades.ts";

const BENCHMARKS: Readonly<Record<string, () => readonly Finding[] | Promise<readonly Finding[]>>> =
  {
    gate: benchGate,
    append: benchAppend,
    fold: benchFold,
    replay: benchReplay,
    "same-trades": benchSameTrades,
  };

const args = process.argv.slice(2);
const isJson = args.includes("--json");
const names = args.filter((arg) => arg !== "--json");
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  process.stderr.write(
    `Expected one of ${Object.keys(BENCHMARKS).join(", ")}, found ${unknown.join(" ")}\n`,
  );
  process.exit(2);
}

for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const finding of await bench()) {
    process.stdout.write(isJson ? json(finding) : text(finding));
    if (!finding.ok) process.exitCode = 1;
  }
}

function json({ name, value, unit, floor, ratio, goal, ok }: Finding): string {
  return `${JSON.stringify({ name, value, unit, floor, ratio, goal, ok })}\n`;
}

function text({ name, value, unit, floor, ratio, goal, ok, note }: Finding): string {
  const verdict = ok ? "ok  " : "MISS";
  const times = `${ratio.toFixed(2).padStart(6)}x of ${String(goal).padEnd(4)}`;
  const figures = `${value.toFixed(2).padStart(9)} ${unit.padEnd(7)} floor ${floor.toFixed(2).padStart(9)}`;
  return `${verdict} ${name.padEnd(15)} ${times} ${figures}  ${note}\n`;
}

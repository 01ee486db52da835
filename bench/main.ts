// npm run bench -- [NAME] [--json]: every goal is a ratio to a floor or a peer measured in the same run.
import process from "node:process";
import { benchAppend } from "./append.ts";
import { benchCallback } from "./callback.ts";
import { benchCuts } from "./cuts.ts";
import { benchFold } from "./fold.ts";
import { benchGate } from "./gate.ts";
import { benchGuard } from "./guard.ts";
import type { Finding } from "./measure.ts";
import { benchReplay } from "./replay.ts";
import { benchSameTrades } from "./same-trades.ts";
import { benchStart } from "./start.ts";
import { TABLE_HEAD, jsonLine, tableRow } from "./table.ts";
import { benchWire } from "./wire.ts";

const BENCHMARKS: Readonly<Record<string, () => readonly Finding[] | Promise<readonly Finding[]>>> =
  {
    gate: benchGate,
    wire: benchWire,
    guard: benchGuard,
    callback: benchCallback,
    cuts: benchCuts,
    start: benchStart,
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

if (!isJson) process.stdout.write(TABLE_HEAD);
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const finding of await bench()) {
    process.stdout.write(isJson ? jsonLine(finding) : tableRow(finding));
    if (!finding.ok) process.exitCode = 1;
  }
}

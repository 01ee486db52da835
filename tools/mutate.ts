import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { writeEvidence } from "./evidence.ts";

/**
 * Changes the code of the gate, the rules and the orders in every small way Stryker knows and counts which changes no
 * test notices. Resumable: what was judged before and has not changed is not run again. Arguments go to Stryker.
 * Without arguments it writes docs/evidence/mutation.json and fails below the threshold.
 */
const FOLDERS = ["src/core/risk", "src/core/orders"];
const SCORE_MIN = 80;
const REPORT = "reports/mutation/mutation.json";

type Mutant = {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
};
type Report = { readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>> };

const extra = process.argv.slice(2);
const stryker = "node_modules/@stryker-mutator/core/bin/stryker.js";
const run = spawnSync(process.execPath, [stryker, "run", ...extra], { stdio: "inherit" });
if (run.status !== 0) process.exit(run.status ?? 1);
if (extra.length > 0) process.exit(0);

const report = JSON.parse(readFileSync(REPORT, "utf8")) as Report;
const folders = FOLDERS.map((folder) => tally(folder, report));
writeEvidence("mutation", { threshold: SCORE_MIN, folders });
for (const { folder, score, killed, survived } of folders) {
  process.stdout.write(`${folder}: ${score} % (${killed} found, ${survived.length} not)\n`);
}
process.exitCode = folders.every(({ score }) => score >= SCORE_MIN) ? 0 : 1;

/** Mutants of a folder: found by a test or by a time-out, or not. Those that do not run at all do not count. */
function tally(folder: string, { files }: Report) {
  let killed = 0;
  const survived: string[] = [];
  for (const [file, { mutants }] of Object.entries(files)) {
    if (!file.startsWith(`${folder}/`)) continue;
    for (const mutant of mutants) {
      if (mutant.status === "Killed" || mutant.status === "Timeout") killed += 1;
      if (mutant.status === "Survived" || mutant.status === "NoCoverage") {
        survived.push(shown(file, mutant));
      }
    }
  }
  const counted = killed + survived.length;
  const score = counted === 0 ? 0 : Math.round((killed / counted) * 1000) / 10;
  return { folder, score, killed, survived: survived.toSorted() };
}

function shown(file: string, { location, mutatorName, replacement = "" }: Mutant): string {
  const { line, column } = location.start;
  const short = replacement.replaceAll(/\s+/gu, " ").slice(0, 60);
  return `${file}:${line}:${column} ${mutatorName} ${short}`;
}

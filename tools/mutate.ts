import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { commit, sourceHash, writeEvidence } from "./evidence.ts";

/**
 * Changes the code of the gate, the rules and the orders in every small way Stryker knows and counts which changes no
 * test notices. Without arguments it writes docs/evidence/mutation.json and fails below the threshold; interrupted by
 * Ctrl-C or SIGTERM, it goes on where it was, as long as no source has changed. Arguments go to Stryker, for a quick
 * look: then what was judged before counts unless its file or its tests have changed.
 */
const FOLDERS = ["src/core/risk", "src/core/orders"];
const SCORE_MIN = 80;
/** What a result depends on. */
const SOURCES = [
  "src",
  "test",
  "package-lock.json",
  "stryker.config.json",
  "vitest.mutation.config.ts",
];
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
const judged = `reports/mutation/${sourceHash(SOURCES)}.json`;
const judgedCommit = commit();
const args = extra.length > 0 ? extra : ["--incrementalFile", judged];
const status = await ended([stryker, "run", ...args]);
if (status !== 0) process.exit(status ?? 1);
if (extra.length > 0) process.exit(0);

const report = JSON.parse(readFileSync(REPORT, "utf8")) as Report;
const folders = FOLDERS.map((folder) => tally(folder, report));
writeEvidence("mutation", { commit: judgedCommit, threshold: SCORE_MIN, folders });
for (const { folder, score, killed, survived } of folders) {
  process.stdout.write(`${folder}: ${score} % (${killed} found, ${survived.length} not)\n`);
}
process.exitCode = folders.every(({ score }) => score >= SCORE_MIN) ? 0 : 1;

/**
 * How a program ended. It keeps what it has judged at the first signal and drops it at the second, so it gets one,
 * however many a terminal and the programs around this one send.
 */
function ended(program: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, program, { stdio: "inherit", detached: true });
  let isAsked = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!isAsked) child.kill("SIGINT");
      isAsked = true;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

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

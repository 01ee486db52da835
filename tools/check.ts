// Everything that can be checked by machine: format, lint, types, layers, dead code, then the fast tests ("--static":
// none). Ends with the plain line "N passed, N failed": tests, and one more failed for each other check that failed.
import { execFile } from "node:child_process";
import { delimiter, dirname, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { runTests, summary } from "./run-tests.ts";

type Step = { readonly name: string; readonly command: string; readonly args: readonly string[] };
type Finding = { readonly name: string; readonly ms: number; readonly failure: string | undefined };

const STEPS: readonly Step[] = [
  { name: "format", command: "oxfmt", args: ["--check"] },
  { name: "lint", command: "oxlint", args: [] },
  { name: "types", command: "tsc", args: ["-p", "."] },
  { name: "types of the core", command: "tsc", args: ["-p", "src/core"] },
  { name: "layers", command: process.execPath, args: ["tools/check-layers.ts"] },
  { name: "dead code", command: "knip", args: ["--no-progress"] },
];

const findings = await Promise.all(STEPS.map(run));
for (const { name, ms, failure } of findings) {
  console.log(`${failure === undefined ? "ok  " : "FAIL"} ${name} (${(ms / 1000).toFixed(1)} s)`);
  if (failure !== undefined) console.log(`${failure}\n`);
}

const failedSteps = findings.filter(({ failure }) => failure !== undefined);
const tests = process.argv.includes("--static")
  ? { passed: findings.length - failedSteps.length, failed: 0, skipped: [] }
  : await runTests(["--project", "fast"]);
if (failedSteps.length > 0) {
  console.log(`Failed besides tests: ${failedSteps.map(({ name }) => name).join(", ")}`);
}
const outcome = { ...tests, failed: tests.failed + failedSteps.length };
console.log(summary(outcome));
process.exitCode = outcome.failed === 0 ? 0 : 1;

function run({ name, command, args }: Step): Promise<Finding> {
  const startedAt = performance.now();
  const path = [dirname(process.execPath), resolve("node_modules/.bin"), process.env["PATH"]].join(
    delimiter,
  );
  const env = { ...process.env, PATH: path };
  return new Promise((done) => {
    const options = { env, shell: process.platform === "win32", maxBuffer: 64 * 1024 * 1024 };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const failure = error === null ? undefined : `${stdout}${stderr}` || error.message;
      done({ name, ms: performance.now() - startedAt, failure });
    });
  });
}

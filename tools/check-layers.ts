// Checks the table of layers in .dependency-cruiser.cjs, and that the check saw every source file: with a parser it
// cannot load, dependency-cruiser reads nothing and reports no violations.
import { existsSync, globSync } from "node:fs";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";

const folders = ["src", "web", "test", "bench", "tools"].filter((folder) => existsSync(folder));
const { modules, summary } = await cruised(folders);
const seen = new Set(modules.map((module) => module.source));
const written = sources(folders);
const unseen = written.filter((file) => !seen.has(file));

const findings = [
  ...summary.violations.map(
    ({ rule, from, to, cycle }) =>
      `${rule.name}: ${[from, ...(cycle?.map((step) => step.name) ?? [to])].join(" -> ")}`,
  ),
  ...unseen.map((file) => `not seen by the check: ${file}`),
];
for (const finding of findings) console.error(finding);
console.log(
  `layers: ${written.length - unseen.length} of ${written.length} files seen, ${findings.length} findings`,
);
process.exitCode = findings.length === 0 ? 0 : 1;

async function cruised(paths: string[]): Promise<ICruiseResult> {
  const options = await extractDepcruiseOptions("./.dependency-cruiser.cjs");
  const { output } = await cruise(paths, { ...options, validate: true });
  if (typeof output === "string") throw new TypeError("Expected a result object, found text");
  return output;
}

function sources(paths: readonly string[]): readonly string[] {
  return globSync(paths.map((path) => `${path}/**/*.{ts,tsx}`))
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => !/\/(node_modules|dist)\//u.test(file))
    .toSorted();
}

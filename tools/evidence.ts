import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** Writes `docs/evidence/<name>.json`: what a long proof found, of which commit and on what kind of machine. */
export function writeEvidence(name: string, found: Readonly<Record<string, unknown>>): void {
  const folder = fileURLToPath(new URL("../docs/evidence", import.meta.url));
  const evidence = { commit: commit(), ...found, machine: machine() };
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(evidence, null, 2)}\n`);
}

/** With a plus where the working tree had changes that matter. */
export function commit(): string {
  const git = (...args: readonly string[]) =>
    execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  const isChanged = git("status", "--porcelain", "--", ":/src", ":/tools") !== "";
  return `${git("rev-parse", "HEAD")}${isChanged ? "+" : ""}`;
}

function machine() {
  return {
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}

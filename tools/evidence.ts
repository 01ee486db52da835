import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import process from "node:process";

/** Writes what a long proof found, with the commit and the kind of machine it ran on. */
export function writeEvidence(name: string, found: Readonly<Record<string, unknown>>): void {
  mkdirSync("docs/evidence", { recursive: true });
  const evidence = { proof: name, commit: commit(), ...found, machine: machine() };
  writeFileSync(`docs/evidence/${name}.json`, `${JSON.stringify(evidence, null, 2)}\n`);
}

/** The commit whose `src/` was proven; marked when the tree differs from it. */
function commit(): string {
  const hash = git("rev-parse", "HEAD");
  return git("status", "--porcelain", "--", "src") === "" ? hash : `${hash} with changes`;
}

function machine() {
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return {
    cores: cpus().length,
    memoryGiB,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8" }).trim();
}

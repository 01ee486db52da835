import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

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

/**
 * One hash of these files, and of all files in these folders: equal for equal sources, whether or not they are
 * committed. Paths count from the top of the project.
 */
export function sourceHash(paths: readonly string[], root = ROOT): string {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((one) => filesOf(root, one))) {
    const content = readFileSync(join(root, path));
    hash.update(`${path} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

function filesOf(root: string, path: string): readonly string[] {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path))
    .toSorted()
    .flatMap((name) => filesOf(root, join(path, name)));
}

function machine() {
  return {
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}

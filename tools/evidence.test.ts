import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { sourceHash } from "./evidence.ts";

/** A folder with a file, one in a folder below it, and a file beside it. */
function aTree(): string {
  const { path } = new TemporaryFolder();
  mkdirSync(join(path, "src/core"), { recursive: true });
  writeFileSync(join(path, "src/main.ts"), "main");
  writeFileSync(join(path, "src/core/desk.ts"), "desk");
  writeFileSync(join(path, "lock.json"), "{}");
  writeFileSync(join(path, "README.md"), "read me");
  return path;
}

const hashOf = (root: string): string => sourceHash(["src", "lock.json"], root);

test("equal sources have one hash, wherever they are and whatever lies beside them", () => {
  const first = aTree();
  const second = aTree();
  writeFileSync(join(second, "README.md"), "read this");

  expect(hashOf(second)).toBe(hashOf(first));
});

test.each([
  ["a changed file", (root: string) => writeFileSync(join(root, "src/core/desk.ts"), "desk!")],
  ["a changed single file", (root: string) => writeFileSync(join(root, "lock.json"), "[]")],
  ["a new file", (root: string) => writeFileSync(join(root, "src/core/new.ts"), "")],
  ["a new name", (root: string) => renameSync(join(root, "src/main.ts"), join(root, "src/a.ts"))],
])("%s makes another hash", (_what, change) => {
  const root = aTree();
  const before = hashOf(root);

  change(root);

  expect(hashOf(root)).not.toBe(before);
});

import { existsSync, mkdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import type { SessionFolder } from "./session-folder.ts";

/**
 * Moves a journal that cannot be trusted and its tape into a folder of their own, so that a new journal can begin.
 * They can be read there like before. Returns that folder. Nothing may have them open for writing.
 */
export function setAside({ path, journal, tape }: SessionFolder): string {
  const aside = freeFolder(path);
  mkdirSync(aside, { mode: 0o700 });
  // The witness last: as long as it stands, what it saw is missed and no new journal begins unnoticed.
  for (const file of [journal, `${journal}-wal`, `${journal}-shm`, tape, `${journal}-head`]) {
    if (existsSync(file)) renameSync(file, join(aside, basename(file)));
  }
  return aside;
}

function freeFolder(path: string): string {
  for (let number = 1; ; number += 1) {
    const aside = join(path, `damaged-${number}`);
    if (!existsSync(aside)) return aside;
  }
}

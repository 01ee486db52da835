import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import type { SessionFolder } from "./session-folder.ts";

/**
 * Moves a journal that cannot be trusted and its tape into a folder of their own, so that a new journal can begin.
 * They can be read there like before. Returns that folder. Nothing may have them open for writing.
 */
export function setAside(folder: SessionFolder): string {
  const aside = freeFolder(folder.path);
  mkdirSync(aside, { mode: 0o700 });
  moveTo(aside, folder);
  return aside;
}

/**
 * The journal that was set aside last, and its folder. When a program was killed while it moved the files, what it
 * had not moved is moved now.
 */
export function lastSetAside(folder: SessionFolder): { path: string; journal: string } | undefined {
  const path = asideFolders(folder.path).findLast((aside) => holdsJournal(aside, folder));
  if (path === undefined) return undefined;
  const journal = join(path, basename(folder.journal));
  if (!existsSync(folder.journal) && !existsSync(`${journal}-head`)) moveTo(path, folder);
  return { path, journal };
}

function moveTo(aside: string, { journal, tape }: SessionFolder): void {
  // The witness last: as long as it stands, what it saw is missed and no new journal begins unnoticed.
  for (const file of [journal, `${journal}-wal`, `${journal}-shm`, tape, `${journal}-head`]) {
    if (existsSync(file)) renameSync(file, join(aside, basename(file)));
  }
}

/** A folder that was only made holds nothing yet. */
function holdsJournal(aside: string, { journal }: SessionFolder): boolean {
  const moved = join(aside, basename(journal));
  return existsSync(moved) || existsSync(`${moved}-head`);
}

/** The oldest first. */
function asideFolders(path: string): readonly string[] {
  const numbers = readdirSync(path).flatMap((name) => {
    const number = /^damaged-(\d+)$/u.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers.toSorted((a, b) => a - b).map((number) => join(path, `damaged-${number}`));
}

function freeFolder(path: string): string {
  for (let number = 1; ; number += 1) {
    const aside = join(path, `damaged-${number}`);
    if (!existsSync(aside)) return aside;
  }
}

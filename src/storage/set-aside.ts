import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { SessionFolder } from "./session-folder.ts";

/** A journal that was set aside, and its folder; null for one whose records were lost. */
export type Aside = { readonly path: string; readonly journal: string | null };

/**
 * Moves a journal that cannot be trusted and its tape into a folder of their own, so that a new journal can begin.
 * They can be read there like before. Returns that folder. Nothing may have them open for writing.
 */
export function setAside(folder: SessionFolder, journal: "damaged" | "lost" = "damaged"): string {
  const aside = freeFolder(folder.path);
  mkdirSync(aside, { mode: 0o700 });
  if (journal === "lost") writeFileSync(join(aside, LOST), "", { flush: true });
  moveTo(aside, folder);
  return aside;
}

/**
 * What was set aside last. When a program was killed while it moved the files, what it had not moved is moved now.
 */
export function lastSetAside(folder: SessionFolder): Aside | undefined {
  const path = asideFolders(folder.path).findLast((aside) => holdsJournal(aside, folder));
  if (path === undefined) return undefined;
  const journal = join(path, basename(folder.journal));
  const isLost = existsSync(join(path, LOST));
  // What is moved last tells whether all was moved.
  const last = isLost ? join(path, basename(folder.tape)) : `${journal}-head`;
  if (!existsSync(folder.journal) && !existsSync(last)) moveTo(path, folder);
  return { path, journal: isLost ? null : journal };
}

/** Whether anything was ever set aside. */
export function hasSetAside(folder: SessionFolder): boolean {
  return asideFolders(folder.path).some((aside) => holdsJournal(aside, folder));
}

/** Stands in a folder whose journal had lost its records before it was set aside. */
const LOST = "journal-was-lost";

function moveTo(aside: string, { journal, tape }: SessionFolder): void {
  // The witness last: as long as it stands, what it saw is missed and no new journal begins unnoticed.
  for (const file of [journal, `${journal}-wal`, `${journal}-shm`, tape, `${journal}-head`]) {
    if (existsSync(file)) renameSync(file, join(aside, basename(file)));
  }
}

/** A folder that was only made holds nothing yet. */
function holdsJournal(aside: string, { journal }: SessionFolder): boolean {
  const moved = join(aside, basename(journal));
  return [moved, `${moved}-head`, join(aside, LOST)].some((path) => existsSync(path));
}

/** The oldest first. */
function asideFolders(path: string): readonly string[] {
  if (!existsSync(path)) return [];
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

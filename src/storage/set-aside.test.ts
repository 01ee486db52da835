import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sessionId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { JournalDamagedError } from "#ports/journal.ts";
import {
  chained,
  imageOf,
  readWhole,
  restore,
  storeEach,
  writableJournal,
} from "./journal-samples.ts";
import { makeDataFolder, makeSessionFolder, type SessionFolder } from "./session-folder.ts";
import { lastSetAside, setAside } from "./set-aside.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

test("a damaged journal is kept as it was, and a new one can begin", () => {
  const folder = aSession();
  const records = damagedJournal(folder);
  expect(() => writableJournal(folder.journal)).toThrow(JournalDamagedError);
  const before = imageOf(folder.journal);

  const aside = setAside(folder);

  expect(aside).toBe(join(folder.path, "damaged-1"));
  expect(imageOf(join(aside, "journal.db"))).toEqual(before);
  expect(readWhole(join(aside, "journal.db"))).toMatchObject({
    records: records.slice(0, 1),
    error: { seq: 2, place: "tail" },
  });
  const journal = writableJournal(folder.journal);
  expect(journal.head().seq).toBe(0);
  journal.close();
  expect(setAside(folder)).toBe(join(folder.path, "damaged-2"));
});

test("a program that is killed while it sets a journal aside leaves no journal that looks whole", () => {
  const folder = aSession();
  damagedJournal(folder);
  const parts = ["", "-wal", "-shm", "-head"].filter((part) => existsSync(folder.journal + part));

  for (const part of parts.slice(0, -1)) {
    renameSync(folder.journal + part, join(folder.path, `moved${part}`));
    expect(() => writableJournal(folder.journal)).toThrow(JournalDamagedError);
  }
  setAside(folder);

  expect(readdirSync(join(folder.path, "damaged-1"))).toContain("journal.db-head");
  writableJournal(folder.journal).close();
});

test("what a killed program had not moved is moved by the next one", () => {
  const folder = aSession();
  const records = damagedJournal(folder);
  expect(lastSetAside(folder)).toBeUndefined();
  const path = join(folder.path, "damaged-1");
  mkdirSync(path);
  expect(lastSetAside(folder)).toBeUndefined();
  renameSync(folder.journal, join(path, "journal.db"));

  const aside = lastSetAside(folder);

  expect(aside).toEqual({ path, journal: join(path, "journal.db") });
  expect(readWhole(join(path, "journal.db"))).toMatchObject({
    records: records.slice(0, 1),
    error: { seq: 2, place: "tail" },
  });
  writableJournal(folder.journal).close();
});

test("the journal set aside last is the one that counts, and is not mixed with a later loss", () => {
  const folder = aSession();
  for (let count = 0; count < 11; count += 1) {
    damagedJournal(folder);
    setAside(folder);
  }
  damagedJournal(folder);
  rmSync(folder.journal);

  const aside = lastSetAside(folder);

  expect(aside?.path).toBe(join(folder.path, "damaged-11"));
  expect(existsSync(`${folder.journal}-head`)).toBe(true);
  expect(() => writableJournal(folder.journal)).toThrow(JournalDamagedError);
});

function aSession(): SessionFolder {
  const data = makeDataFolder(new TemporaryFolder().path);
  return makeSessionFolder(data, sessionId("paper-1"), epochMs(1_700_000_000_000));
}

/** Leaves a journal that has lost the end of its write-ahead file, which only its witness knows. */
function damagedJournal({ journal: path }: SessionFolder) {
  const records = chained(["a", "b", "c"]);
  const journal = writableJournal(path);
  storeEach(journal, records.slice(0, 1));
  const early = imageOf(path);
  storeEach(journal, records.slice(1));
  const late = imageOf(path);
  journal.close();
  restore(new Map([...early, ["-head", late.get("-head") ?? Buffer.alloc(0)]]), path);
  return records;
}

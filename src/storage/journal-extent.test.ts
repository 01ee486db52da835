import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { JournalDamagedError } from "#ports/journal.ts";
import {
  closedJournal,
  cuts,
  imageOf,
  readImage,
  someRecords,
  storeEach,
  withFlip,
  writableJournal,
} from "./journal-samples.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

test("wherever the write-ahead file of a killed program is cut off or missing, what was lost is missed", () => {
  const folder = new TemporaryFolder();
  const records = someRecords(12);
  const journal = writableJournal(folder.file("journal.db"));
  storeEach(journal, records.slice(0, 4));
  journal.checkpoint("idle");
  storeEach(journal, records.slice(4));
  const image = imageOf(folder.file("journal.db"));
  journal.close();
  const whole = image.get("-wal") ?? Buffer.alloc(0);

  for (const length of ["missing" as const, ...cuts(whole.length)]) {
    const cut = new Map(image);
    if (length === "missing") cut.delete("-wal");
    else cut.set("-wal", whole.subarray(0, length));
    const { records: read, error } = readImage(cut, folder.file("copy.db"));

    expect(read).toEqual(records.slice(0, read.length));
    expect(read.length).toBeGreaterThanOrEqual(4);
    expect(error).toMatchObject({ seq: read.length + 1, place: "tail" });
    expect(() => writableJournal(folder.file("copy.db"))).toThrow(JournalDamagedError);
  }
});

test("a changed byte in the write-ahead file of a killed program loses nothing unseen", () => {
  const folder = new TemporaryFolder();
  const records = someRecords(4);
  const journal = writableJournal(folder.file("journal.db"));
  storeEach(journal, records);
  const image = imageOf(folder.file("journal.db"));
  journal.close();
  const whole = image.get("-wal") ?? Buffer.alloc(0);

  for (let at = 0; at < whole.length; at += 101) {
    const { records: read, error } = readImage(
      new Map([...image, ["-wal", withFlip(whole, at, 0x10)]]),
      folder.file("copy.db"),
    );

    expect(read).toEqual(records.slice(0, read.length));
    if (read.length < records.length) expect(error).toMatchObject({ seq: read.length + 1 });
  }
});

test("a copy of the main file alone is doubted while the journal was being written, and trusted when it was closed", () => {
  const folder = new TemporaryFolder();
  const records = someRecords(3);
  const journal = writableJournal(folder.file("journal.db"));
  storeEach(journal, records);
  const open = new Map([["", imageOf(folder.file("journal.db")).get("") ?? Buffer.alloc(0)]]);
  journal.close();
  const closed = new Map([["", imageOf(folder.file("journal.db")).get("") ?? Buffer.alloc(0)]]);

  const read = readImage(open, folder.file("copy.db"));
  expect(read).toMatchObject({ records: [], error: { seq: 1 } });
  expect(String(read.error)).toContain(
    "expected a write-ahead file beside a journal that was not closed",
  );
  expect(() => writableJournal(folder.file("copy.db"))).toThrow(JournalDamagedError);
  expect(readImage(closed, folder.file("copy.db"))).toEqual({ records, error: undefined });
});

test("a journal whose file is gone is missed while its witness stands", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const image = closedJournal(path, someRecords(3));

  const withoutFile = new Map([...image].filter(([part]) => part !== ""));
  expect(readImage(withoutFile, path)).toMatchObject({
    records: [],
    error: { seq: 1, place: "middle" },
  });
  expect(() => writableJournal(path)).toThrow(JournalDamagedError);
  expect(existsSync(path)).toBe(false);
});

test("a witness that lags, is torn or is missing takes nothing away from a whole journal", () => {
  const folder = new TemporaryFolder();
  const records = someRecords(5);
  const journal = writableJournal(folder.file("journal.db"));
  storeEach(journal, records.slice(0, 2));
  const lagging = imageOf(folder.file("journal.db")).get("-head") ?? Buffer.alloc(0);
  storeEach(journal, records.slice(2));
  const image = imageOf(folder.file("journal.db"));
  journal.close();

  for (const witness of [lagging, lagging.subarray(0, 30), Buffer.alloc(0)]) {
    const killed = new Map([...image, ["-head", witness]]);
    expect(readImage(killed, folder.file("copy.db"))).toEqual({ records, error: undefined });
    const next = writableJournal(folder.file("copy.db"));
    expect(next.head().seq).toBe(5);
    next.close();
  }
});

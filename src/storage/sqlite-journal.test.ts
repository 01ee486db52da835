import { existsSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { sessionId } from "#core/domain/ids.ts";
import { InvariantError } from "#core/domain/invariant.ts";
import { epochMs } from "#core/domain/units.ts";
import { JournalWriteError } from "#ports/journal.ts";
import { checksum } from "./checksum.ts";
import { JournalFormatError } from "./journal-meta.ts";
import {
  chain,
  chained,
  imageOf,
  readOnlyJournal,
  readWhole,
  restore,
  session,
  storeEach,
  writableJournal,
} from "./journal-samples.ts";
import { openJournal } from "./sqlite-journal.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const bodies = ["a", "b", "c", "d", "e"];

test("a new journal is empty and says where it begins", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));

  expect(journal.head()).toEqual({ seq: 0, hash: "" });
  expect([...journal.read(0)]).toEqual([]);
  expect(journal.loadSnapshot()).toBeUndefined();
  journal.close();
});

test("what was committed is read back in order by the next program", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const records = chained([...bodies, "ünï ✓ \u0000 \uFFFD", "x".repeat(20_000)]);
  const first = writableJournal(path);
  for (const record of records) first.append(record);
  first.commit();
  first.close();

  const next = writableJournal(path);

  expect([...next.read(0)]).toEqual(records);
  expect(next.head()).toEqual({ seq: 7, hash: records[6]?.hash });
  next.close();
});

test("a program that was killed left everything it had committed", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));
  const records = chained(bodies);
  storeEach(journal, records);

  restore(imageOf(folder.file("journal.db")), folder.file("copy.db"));
  journal.close();

  const recovered = writableJournal(folder.file("copy.db"));
  expect([...recovered.read(0)]).toEqual(records);
  recovered.close();
});

test("what was appended and not committed is not read, and is lost when the journal is closed", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const [one, two] = chained(bodies);
  const journal = writableJournal(path);
  if (one !== undefined) journal.append(one);
  journal.commit();
  if (two !== undefined) journal.append(two);

  expect([...journal.read(0)]).toEqual([one]);
  expect(journal.head().seq).toBe(1);
  journal.close();

  expect(readWhole(path)).toEqual({ records: [one], error: undefined });
});

test("reading starts after any number, also one that was never journaled", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));
  const records = chained(bodies, { seq: 0, hash: "" }, 10);
  storeEach(journal, records);

  for (let after = 0; after <= 60; after += 1) {
    expect([...journal.read(after)]).toEqual(records.filter(({ seq }) => seq > after));
  }
  journal.close();
});

test("more records than are read at once come back whole", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));
  const records = chained(Array.from({ length: 1_000 }, (_, index) => `record ${index}`));
  for (const record of records) journal.append(record);
  journal.commit();

  expect([...journal.read(0)]).toEqual(records);
  expect([...journal.read(500)]).toEqual(records.slice(500));
  journal.close();
});

test("the writer may go on while a reading is under way", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));
  const records = chained(bodies);
  storeEach(journal, records.slice(0, 3));

  const reading = journal.read(0)[Symbol.iterator]();
  expect(reading.next().value).toEqual(records[0]);
  storeEach(journal, records.slice(3));
  journal.checkpoint("idle");

  expect([...{ [Symbol.iterator]: () => reading }]).toEqual(records.slice(1));
  journal.close();
});

test("a journal tells its session, its beginning and who wrote it", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const records = chained(bodies);
  const first = writableJournal(path);
  storeEach(first, records);
  first.close();
  const later = { ...session, now: epochMs(1_800_000_000_000), codeVersion: "0.2.0" };

  const second = openJournal({ path, chain, session: later });

  const meta = {
    format: 1,
    sessionId: session.sessionId,
    createdAt: session.now,
    createdBy: "0.1.0",
    writtenBy: "0.2.0",
  };
  expect(second.meta()).toEqual({ ...meta, end: "open" });
  second.close();
  const closed = { seq: 5, hash: records[4]?.hash };
  expect(readOnlyJournal(path).meta()).toEqual({ ...meta, end: closed });
});

test("the journal of another session is refused", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  writableJournal(path).close();

  const other = { ...session, sessionId: sessionId("live-7") };

  expect(() => openJournal({ path, chain, session: other })).toThrow(
    `Expected the journal of session live-7 in ${path}, found session paper-1`,
  );
});

test("a newer format is refused before anything else of it is read", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  writableJournal(path).close();
  const db = new DatabaseSync(path);
  db.exec("DROP TABLE records");
  const update = db.prepare("UPDATE meta SET value = '2', sum = ? WHERE key = 'format'");
  update.run(checksum("format", "2"));
  db.close();

  const message =
    "Expected a journal of format 1 or older, found format 2, written by 0.1.0; start that version or a newer one";
  expect(() => writableJournal(path)).toThrow(new JournalFormatError(message));
  expect(() => readOnlyJournal(path)).toThrow(new JournalFormatError(message));
});

test("what is not a journal is not taken for one, and not changed", () => {
  const folder = new TemporaryFolder();
  const text = folder.file("notes.txt");
  writeFileSync(text, "Buy low, sell high.\n".repeat(200));
  const other = folder.file("other.db");
  const db = new DatabaseSync(other);
  db.exec("CREATE TABLE notes (line TEXT)");
  db.close();

  for (const path of [text, other]) {
    const before = imageOf(path);
    expect(() => writableJournal(path)).toThrow(/is damaged at record 1/u);
    expect(imageOf(path)).toEqual(before);
  }
  expect(() => readOnlyJournal(folder.file("nothing.db"))).toThrow(JournalFormatError);
  expect(existsSync(folder.file("nothing.db"))).toBe(false);
});

test("a program that was killed while it made the journal is no hindrance to the next", () => {
  const folder = new TemporaryFolder();
  const empty = folder.file("empty.db");
  writeFileSync(empty, "");
  const tableless = folder.file("tableless.db");
  const db = new DatabaseSync(tableless);
  db.exec("PRAGMA journal_mode = WAL");
  db.close();

  for (const path of [empty, tableless]) {
    expect(() => readOnlyJournal(path)).toThrow(JournalFormatError);
    const journal = writableJournal(path);
    storeEach(journal, chained(bodies));
    expect(journal.head().seq).toBe(5);
    journal.close();
  }
});

test("two snapshots are kept, and the newest that is not too new is loaded", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));
  const records = chained(bodies);
  storeEach(journal, records);
  const snapshots = records.map(({ seq, hash }) => ({ seq, hash, body: `state at ${seq}` }));

  for (const snapshot of snapshots.slice(0, 4)) journal.saveSnapshot(snapshot);

  expect(journal.loadSnapshot()).toEqual(snapshots[3]);
  expect(journal.loadSnapshot(4)).toEqual(snapshots[3]);
  expect(journal.loadSnapshot(3)).toEqual(snapshots[2]);
  expect(journal.loadSnapshot(2)).toBeUndefined();
  journal.close();
});

test("a snapshot of a record that is not stored is a mistake of the program", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));
  const [one, two] = chained(bodies);
  if (one === undefined || two === undefined) throw new Error("two records");
  storeEach(journal, [one]);

  for (const seq of [0, 2]) {
    expect(() => journal.saveSnapshot({ ...two, seq })).toThrow(InvariantError);
  }
  expect(() => journal.saveSnapshot({ ...one, hash: two.hash })).toThrow(InvariantError);
  journal.close();
});

test("records that cannot be in order are a mistake of the program", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));
  const records = chained(bodies);
  storeEach(journal, records.slice(0, 2));
  const [, two, three] = records;
  if (two === undefined || three === undefined) throw new Error("three records");

  for (const wrong of [
    two,
    { ...three, seq: 2.5 },
    { ...three, body: "half a pair \uD800" },
    { ...three, hash: "" },
    { ...three, hash: "two words" },
  ]) {
    expect(() => journal.append(wrong)).toThrow(InvariantError);
  }
  journal.append(three);
  expect(() => journal.append(three)).toThrow(InvariantError);
  journal.close();
});

test("a journal opened for reading is not written to", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  writableJournal(path).close();
  const journal = readOnlyJournal(path);

  for (const write of [
    () => journal.append({ seq: 1, body: "a", hash: chain("", "a") }),
    () => journal.commit(),
    () => journal.saveSnapshot({ seq: 1, hash: "h", body: "s" }),
    () => journal.checkpoint("idle"),
  ]) {
    expect(write).toThrow(InvariantError);
  }
  journal.close();
});

test("a commit that finds the file locked is refused at once and can be tried again", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const journal = writableJournal(path);
  const records = chained(bodies);
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");

  for (const record of records) journal.append(record);
  expect(() => journal.commit()).toThrow(
    new JournalWriteError(
      `Expected to write records 1 to 5 to journal ${path}, found: Error: database is locked; 5 records wait for the disk`,
    ),
  );
  expect(journal.head().seq).toBe(0);

  other.close();
  journal.commit();
  expect([...journal.read(0)]).toEqual(records);
  journal.close();
});

test("after an idle checkpoint the write-ahead file is written over, a busy one does not wait for readers", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const journal = writableJournal(path);
  const records = chained(bodies);
  storeEach(journal, records.slice(0, 3));
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec("BEGIN");
  expect(reader.prepare("SELECT count(*) AS stored FROM records").get()).toEqual({ stored: 3 });

  storeEach(journal, records.slice(3));
  journal.checkpoint("busy");
  journal.checkpoint("idle");
  expect(reader.prepare("SELECT count(*) AS stored FROM records").get()).toEqual({ stored: 3 });

  reader.close();
  journal.checkpoint("idle");
  const { size } = statSync(`${path}-wal`);
  const more = chained(["one more"], journal.head());
  storeEach(journal, more);
  expect(statSync(`${path}-wal`).size).toBe(size);
  expect([...journal.read(0)]).toEqual([...records, ...more]);
  journal.close();
});

test("the write-ahead file stays small though nobody asks for checkpoints", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const journal = writableJournal(path);
  const bodies = Array.from({ length: 40 }, (_, index) => `${index}`.padEnd(1_000_000, "x"));

  storeEach(journal, chained(bodies));

  expect(statSync(`${path}-wal`).size).toBeLessThan(20_000_000);
  expect(statSync(path).size).toBeGreaterThan(20_000_000);
  journal.close();
});

test("closing twice is closing once", () => {
  const folder = new TemporaryFolder();
  const journal = writableJournal(folder.file("journal.db"));

  journal.close();
  journal.close();

  expect(existsSync(folder.file("journal.db-wal"))).toBe(false);
});

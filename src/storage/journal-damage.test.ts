import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { JournalDamagedError, type JournalRecord } from "#ports/journal.ts";
import { checksum } from "./checksum.ts";
import {
  chain,
  chained,
  closedJournal,
  cuts,
  imageOf,
  PAGE_BYTES,
  readAll,
  readImage,
  readOnlyJournal,
  readWhole,
  restore,
  someRecords,
  storeEach,
  type JournalImage,
  withFlip,
  writableJournal,
} from "./journal-samples.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

test("every changed byte of every record is found, and the records before it are sound", () => {
  const folder = new TemporaryFolder();
  const records = someRecords(6);
  const image = closedJournal(folder.file("journal.db"), records);

  for (const [index, record] of records.entries()) {
    for (let at = 0; at < record.body.length; at += 1) {
      for (const bits of [0x01, 0x20, 0xff]) {
        const { records: read, error } = readImage(
          flipped(image, record, { at, bits }),
          folder.file("copy.db"),
        );

        expect(read).toEqual(records.slice(0, index));
        expect(error).toBeInstanceOf(JournalDamagedError);
        const place = index === records.length - 1 ? "tail" : "middle";
        expect(error).toMatchObject({ seq: record.seq, place });
      }
    }
  }
});

test("any changed byte in any journal is found and named", () => {
  const folder = new TemporaryFolder();
  const bodies = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), {
    minLength: 1,
    maxLength: 8,
  });
  const journals = fc.record({
    bodies,
    step: fc.integer({ min: 1, max: 1_000 }),
    which: fc.nat(),
    at: fc.nat(),
    bits: fc.integer({ min: 1, max: 255 }),
  });

  fc.assert(
    fc.property(journals, ({ bodies, step, which, at, bits }) => {
      const marked = bodies.map((body, index) => `<${index}>${body}<${index}>`);
      const records = chained(marked, { seq: 0, hash: "" }, step);
      const image = closedJournal(folder.file("journal.db"), records);
      const index = which % records.length;
      const record = records[index];
      if (record === undefined) return;
      const place = index === records.length - 1 ? "tail" : "middle";

      const length = Buffer.byteLength(record.body);
      const damaged = flipped(image, record, { at: at % length, bits });
      const { records: read, error } = readImage(damaged, folder.file("copy.db"));

      expect(read).toEqual(records.slice(0, index));
      expect(error).toMatchObject({ seq: record.seq, place });
    }),
    { numRuns: 25 },
  );
});

test("broken text that reads like what was written is found", () => {
  const folder = new TemporaryFolder();
  const [record] = chained(["<\uFFFD>"]);
  if (record === undefined) throw new Error("one record");
  const image = closedJournal(folder.file("journal.db"), [record]);

  const damaged = flipped(image, record, { at: 1, bits: 0x1f });
  const { records, error } = readImage(damaged, folder.file("copy.db"));

  expect(records).toEqual([]);
  expect(String(error)).toContain("expected text, found bytes that are not UTF-8");
});

test("a record that was edited, renumbered, taken out or exchanged is found though its row is intact", () => {
  const folder = new TemporaryFolder();
  const records = someRecords(5);
  const [, two, three, four, five] = records;
  if (two === undefined || three === undefined || four === undefined || five === undefined) {
    throw new Error("five records");
  }
  const put = ({ seq, body, hash }: JournalRecord, previous = seq - 1) =>
    `INSERT OR REPLACE INTO records VALUES (${seq}, ${previous}, '${body}', '${hash}', ${checksum(seq, previous, hash, body)})`;
  const edited = "nothing happened";

  for (const { change, seq, sound } of [
    { change: put({ ...three, body: edited }), seq: 3, sound: 2 },
    { change: put({ ...three, body: edited, hash: chain(two.hash, edited) }), seq: 4, sound: 3 },
    { change: `${put({ ...three, seq: 4 })}; ${put({ ...four, seq: 3 })}`, seq: 3, sound: 2 },
    {
      change: `DELETE FROM records WHERE seq = 5; ${put({ ...five, seq: 9 }, 4)}`,
      seq: 9,
      sound: 4,
    },
    { change: put({ ...five, body: edited, hash: chain(four.hash, edited) }), seq: 5, sound: 4 },
    { change: "DELETE FROM records WHERE seq = 3", seq: 3, sound: 2 },
    { change: "DELETE FROM records WHERE seq <= 2", seq: 1, sound: 0 },
  ]) {
    const path = folder.file("journal.db");
    restore(closedJournal(path, records), path);
    edit(path, change);

    const { records: read, error } = readWhole(path);

    expect(error, change).toMatchObject({ seq, place: "middle" });
    expect(read).toHaveLength(sound);
  }
});

test("records that were taken off the end are missed, because the end is known", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const records = someRecords(5);
  closedJournal(path, records);
  edit(path, "DELETE FROM records WHERE seq > 3");

  const { records: read, error } = readWhole(path);

  expect(read).toEqual(records.slice(0, 3));
  expect(error).toMatchObject({ seq: 4, place: "tail" });
  expect(String(error)).toContain("expected records up to 5, found the end");
  expect(() => writableJournal(path)).toThrow(JournalDamagedError);
});

test("damage before the place where reading starts is told when the reading depends on it", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const records = someRecords(5);
  closedJournal(path, records);
  edit(path, "UPDATE records SET body = 'nothing happened' WHERE seq = 3");
  const journal = readOnlyJournal(path);

  expect(readAll(journal.read(3))).toMatchObject({ records: [], error: { seq: 3 } });
  expect(readAll(journal.read(4))).toEqual({ records: records.slice(4), error: undefined });
  journal.close();
});

test("wherever the file is cut off, the sound records are read and the rest is missed", () => {
  const folder = new TemporaryFolder();
  const records = chained(Array.from({ length: 40 }, (_, index) => `${index} `.padEnd(300, "x")));
  const image = closedJournal(folder.file("journal.db"), records);
  const whole = image.get("") ?? Buffer.alloc(0);

  for (const length of cuts(whole.length)) {
    const cut = new Map([...image, ["", whole.subarray(0, length)]]);
    const { records: read, error } = readImage(cut, folder.file("copy.db"));

    expect(read).toEqual(records.slice(0, read.length));
    expect(error, `cut at ${length}`).toBeInstanceOf(JournalDamagedError);
    expect(error).toMatchObject({ seq: read.length + 1 });
    expect(() => writableJournal(folder.file("copy.db"))).toThrow(JournalDamagedError);
  }
});

test("garbled pages are told apart: sound records behind them, or none", () => {
  const folder = new TemporaryFolder();
  const records = chained(Array.from({ length: 200 }, (_, index) => `${index} `.padEnd(300, "x")));
  const image = closedJournal(folder.file("journal.db"), records);
  const whole = image.get("") ?? Buffer.alloc(0);
  const pageOf = (index: number) =>
    Math.floor(whole.indexOf(records[index]?.hash ?? "none") / PAGE_BYTES) * PAGE_BYTES;

  for (const { pages, place } of [
    { pages: [pageOf(50)], place: "middle" },
    { pages: [pageOf(199)], place: "tail" },
    { pages: [pageOf(50), pageOf(199)], place: "middle" },
  ]) {
    const garbled = Buffer.from(whole);
    for (const page of pages) garbled.fill(0xa5, page, page + PAGE_BYTES);
    const { records: read, error } = readImage(new Map([["", garbled]]), folder.file("copy.db"));

    expect(read.length).toBeGreaterThan(20);
    expect(read).toEqual(records.slice(0, read.length));
    expect(error).toMatchObject({ seq: read.length + 1, place });
  }
});

test("a damaged snapshot is passed over for the one before", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const records = someRecords(3);
  const snapshots = records.map(({ seq, hash }) => ({ seq, hash, body: `state at ${seq}` }));
  const journal = writableJournal(path);
  storeEach(journal, records);
  for (const snapshot of snapshots) journal.saveSnapshot(snapshot);
  journal.close();
  const image = imageOf(path);
  const [, two, three] = snapshots;

  for (const part of ["state at 3", chain(three?.hash ?? "", "state at 3")]) {
    const whole = image.get("") ?? Buffer.alloc(0);
    restore(
      new Map([["", withFlip(whole, whole.indexOf(part) + 3, 0x02)]]),
      folder.file("copy.db"),
    );
    const copy = readOnlyJournal(folder.file("copy.db"));
    expect(copy.loadSnapshot()).toEqual(two);
    copy.close();
  }
  edit(path, "UPDATE snapshots SET hash = 'another'; DELETE FROM records WHERE seq > 1");
  expect(readOnlyJournal(path).loadSnapshot()).toBeUndefined();
});

function flipped(
  image: JournalImage,
  { body }: JournalRecord,
  { at, bits }: { readonly at: number; readonly bits: number },
): JournalImage {
  const whole = image.get("") ?? Buffer.alloc(0);
  return new Map([...image, ["", withFlip(whole, whole.indexOf(body) + at, bits)]]);
}

function edit(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

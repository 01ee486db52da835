import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { JournalWriteError } from "#ports/journal.ts";
import { chained, writableJournal } from "./journal-samples.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const WAITING_MAX = 100_000;

test("a journal holds so many records for a disk that takes none, then says what to do", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const journal = writableJournal(path);
  const records = chained(Array.from({ length: WAITING_MAX + 1 }, (_, index) => `${index}`));
  const [last] = records.slice(-1);
  if (last === undefined) throw new Error("Expected records");
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");

  for (const record of records.slice(0, -1)) journal.append(record);
  expect(() => journal.append(last)).toThrow(
    new JournalWriteError(
      `Expected room for record 100001 in journal ${path}, found 100000 records that wait for the disk. What happens from record 100001 on is not kept: make room on the disk, stop the desk and start it again`,
    ),
  );
  other.close();
  journal.append(last);

  expect(journal.head().seq).toBe(WAITING_MAX);
  journal.commit();
  expect(journal.head()).toEqual({ seq: last.seq, hash: last.hash });
  journal.close();
});

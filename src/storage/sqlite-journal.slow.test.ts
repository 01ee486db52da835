import { expect, test } from "vitest";
import { JournalDamagedError } from "#ports/journal.ts";
import { Child } from "./child.ts";
import {
  chained,
  imageOf,
  readAll,
  readImage,
  readOnlyJournal,
  readWhole,
  storeEach,
  writableJournal,
} from "./journal-samples.ts";
import { runTool } from "./run-tool.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

test("another process reads sound records while one writes and folds the file", async () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const writer = new Child(WRITE_JOURNAL, { args: [path, "flood"] });
  expect(await writer.line()).toBe("open 0");
  await writer.line();
  const reader = readOnlyJournal(path);

  let seen = 0;
  while (seen < 500) {
    const committed = Number(await writer.line());
    const { records, error } = readAll(reader.read(seen));

    expect(error).toBeUndefined();
    seen = records.at(-1)?.seq ?? seen;
    expect(seen).toBeGreaterThanOrEqual(committed);
    expect(reader.head().seq).toBeGreaterThanOrEqual(seen);
  }
  reader.close();
});

test("a writer that is killed again and again loses nothing it had committed", async () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  let committed = 0;

  for (let round = 0; round < 8; round += 1) {
    const writer = new Child(WRITE_JOURNAL, { args: [path, "flood"] });
    const opened = Number((await writer.line())?.slice("open ".length));
    expect(opened).toBeGreaterThanOrEqual(committed);
    for (let lines = 0; lines < 20 + round * 20; lines += 1)
      committed = Number(await writer.line());
    await writer.kill();
    for (let line = await writer.line(); line !== undefined; line = await writer.line()) {
      committed = Number(line);
    }

    const { records, error } = readWhole(path);
    expect(error).toBeUndefined();
    expect(records.at(-1)?.seq).toBeGreaterThanOrEqual(committed);
  }
});

test("a writer that is killed at any write of its life leaves a journal that goes on", async ({
  skip,
}) => {
  if (!runTool("strace", ["-V"])) skip("there is no strace here to kill at a given system call");
  let writes = 0;
  for (let at = 1, ended = false; !ended; at += 1) {
    const folder = new TemporaryFolder();
    const path = folder.file("journal.db");
    const inject = `inject=pwrite64,fsync,fdatasync,ftruncate,unlink:signal=SIGKILL:when=${at}`;
    const under = ["strace", "-f", "-qq", "-o", folder.file("trace"), "-e", inject];
    const writer = new Child(WRITE_JOURNAL, { args: [path, "once"], under });
    let committed = 0;
    for (let line = await writer.line(); line !== undefined; line = await writer.line()) {
      if (line === "closed") ended = true;
      else committed = Number(line);
    }

    const next = writableJournal(path);
    const { records, error } = readAll(next.read(0));
    expect(error, `killed at write ${at}`).toBeUndefined();
    expect(records.length).toBeGreaterThanOrEqual(committed);
    storeEach(next, chained(["after"], next.head()));
    next.close();
    expect(readWhole(path).records).toHaveLength(records.length + 1);
    writes = at;
  }
  expect(writes).toBeGreaterThan(50);
});

test("any changed byte of the file leaves the records sound or is told as damage", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const records = chained(Array.from({ length: 30 }, (_, index) => `${index} `.padEnd(160, "x")));
  const journal = writableJournal(path);
  for (const record of records) journal.append(record);
  journal.commit();
  journal.close();
  const image = imageOf(path);
  const whole = image.get("") ?? Buffer.alloc(0);

  for (let at = 0; at < whole.length; at += 7) {
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 8)), at);
    const { records: read, error } = readImage(
      new Map([...image, ["", changed]]),
      folder.file("copy.db"),
    );

    expect(read).toEqual(records.slice(0, read.length));
    if (error === undefined) expect(read.length).toBe(records.length);
    else expect(error).toBeInstanceOf(JournalDamagedError);
    expect((error as JournalDamagedError | undefined)?.seq ?? 99).toBeGreaterThan(read.length);
  }
});

const WRITE_JOURNAL = new URL("./children/write-journal.ts", import.meta.url);

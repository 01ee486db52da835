import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { JournalWriteError } from "#ports/journal.ts";
import { Child } from "./child.ts";
import { chained, readWhole, writableJournal } from "./journal-samples.ts";
import { runTool } from "./run-tool.ts";
import { SmallDisk } from "./small-disk.ts";
import type { SqliteJournal } from "./sqlite-journal.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

test("on a full disk commits fail whole, and go through when there is room again", ({ skip }) => {
  const disk = new SmallDisk();
  if (!disk.mount("512k")) skip("mounting a small disk is not permitted here");
  const path = disk.file("journal.db");
  const journal = writableJournal(path);
  const records = chained(Array.from({ length: 40 }, (_, index) => `${index} `.padEnd(3_000, "x")));
  const [first, ...others] = records;
  if (first === undefined) throw new Error("a record");
  journal.append(first);
  journal.commit();
  const state = { seq: 1, hash: first.hash, body: "s".repeat(9_000) };
  disk.fill();

  for (const record of others) {
    journal.append(record);
    expect(() => journal.commit()).toThrow(JournalWriteError);
  }
  expect(() => journal.commit()).toThrow(/39 records wait for the disk/u);
  expect(() => journal.saveSnapshot(state)).toThrow(JournalWriteError);
  expect([...journal.read(0)]).toEqual([first]);
  expect(journal.loadSnapshot()).toBeUndefined();

  disk.free();
  journal.commit();
  journal.saveSnapshot(state);
  expect(journal.head().seq).toBe(40);
  expect([...journal.read(0)]).toEqual(records);
  expect(journal.loadSnapshot()).toEqual(state);
  journal.close();
  expect(readWhole(path)).toEqual({ records, error: undefined });
});

test("wherever the disk fills up, a commit is stored whole or not at all", ({ skip }) => {
  const disk = new SmallDisk();
  if (!disk.mount("4m")) skip("mounting a small disk is not permitted here");
  const records = chained(Array.from({ length: 20 }, (_, index) => `${index} `.padEnd(2_500, "x")));

  for (let pages = 1; pages <= 20; pages += 1) {
    const path = disk.file(`journal-${pages}.db`);
    const journal = writableJournal(path);
    disk.fill(pages * PAGE);
    let stored = 0;
    for (let at = 0; at < records.length; at += 4) {
      for (const record of records.slice(at, at + 4)) journal.append(record);
      if (committed(journal)) stored = at + 4;
      expect([...journal.read(0)]).toEqual(records.slice(0, stored));
    }
    expect(stored).toBeLessThan(20);
    disk.free();
    journal.commit();
    journal.close();
    expect(readWhole(path)).toEqual({ records, error: undefined });
    rmSync(path);
  }
});

test("after an I/O error the journal is opened anew, and nothing is lost or written twice", async ({
  skip,
}) => {
  if (process.platform !== "linux") skip("the limit of a running process is set on Linux only");
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const writer = new Child(WRITE_JOURNAL, { args: [path] });
  const limit = (bytes: string) =>
    runTool("prlimit", ["--pid", String(writer.pid), `--fsize=${bytes}:unlimited`]);
  expect(await writer.line()).toBe("open 0");
  writer.tell("append 3");
  expect(await writer.ask("commit")).toBe("done 3");

  if (!limit("8192")) skip("there is no tool here to limit what a process may write");
  writer.tell("append 200");
  expect(await writer.ask("commit")).toMatch(
    /^JournalWriteError: .*disk I\/O error; 200 records wait/u,
  );
  expect(await writer.ask("commit")).toMatch(/^JournalWriteError/u);
  expect(await writer.ask("read")).toBe("done 3");
  limit("unlimited");
  writer.tell("append 1");
  expect(await writer.ask("commit")).toBe("done 204");
  expect(await writer.ask("read")).toBe("done 204");
  await writer.end();

  const { records, error } = readWhole(path);
  expect(error).toBeUndefined();
  expect(records.map(({ seq }) => seq)).toEqual(
    Array.from({ length: 204 }, (_, index) => index + 1),
  );
});

test("a sync that fails is not tried again through the same descriptor", async ({ skip }) => {
  if (process.platform !== "linux") skip("the fault is put in with LD_PRELOAD, which Linux has");
  const folder = new TemporaryFolder();
  const path = folder.file("journal.db");
  const library = folder.file("failing-sync.so");
  const source = folder.file("failing-sync.c");
  writeFileSync(source, FAILING_SYNC);
  if (!runTool("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"])) {
    skip("there is no C compiler here to make the fault with");
  }
  const fault = folder.file("fault");
  const under = [
    "env",
    `LD_PRELOAD=${library}`,
    `KEEL_TEST_FAULT=${fault}`,
    `KEEL_TEST_LOG=${folder.file("log")}`,
  ];
  const writer = new Child(WRITE_JOURNAL, { args: [path], under });
  expect(await writer.line()).toBe("open 0");
  writer.tell("append 3");
  expect(await writer.ask("commit")).toBe("done 3");

  writeFileSync(fault, "once");
  writer.tell("append 2");
  expect(await writer.ask("commit")).toMatch(/^JournalWriteError: .*; 2 records wait/u);
  expect(await writer.ask("read")).toBe("done 3");
  writer.tell("append 1");
  expect(await writer.ask("commit")).toBe("done 6");
  const [failed, ...later] = readFileSync(folder.file("log"), "utf8").trim().split("\n");
  const descriptor = /^failed (\d+) /u.exec(failed ?? "")?.[1];
  expect(later.length).toBeGreaterThan(0);
  expect(later.filter((line) => line.startsWith(`synced ${descriptor} `))).toEqual([]);
  await writer.kill();

  const { records, error } = readWhole(path);
  expect(error).toBeUndefined();
  expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

const WRITE_JOURNAL = new URL("./children/write-journal.ts", import.meta.url);
const PAGE = 4_096;

function committed(journal: SqliteJournal): boolean {
  try {
    journal.commit();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(JournalWriteError);
    return false;
  }
}

/** Fails the next sync of the write-ahead file when a file asks for it, and notes every sync of it since. */
const FAILING_SYNC = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed = 0;

static int is_wal(int fd, char *name) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, name, 511);
  if (size < 4) return 0;
  name[size] = 0;
  return strcmp(name + size - 4, "-wal") == 0;
}

static int guarded(int fd, const char *call) {
  char name[512];
  int (*real)(int) = dlsym(RTLD_NEXT, call);
  if (!is_wal(fd, name)) return real(fd);
  int fail = unlink(getenv("KEEL_TEST_FAULT")) == 0;
  failed |= fail;
  if (failed) {
    FILE *log = fopen(getenv("KEEL_TEST_LOG"), "a");
    fprintf(log, "%s %d %s\\n", fail ? "failed" : "synced", fd, name);
    fclose(log);
  }
  if (fail) { errno = EIO; return -1; }
  return real(fd);
}

int fsync(int fd) { return guarded(fd, "fsync"); }
int fdatasync(int fd) { return guarded(fd, "fdatasync"); }
`;

import { hash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeState } from "#core/desk/snapshot.ts";
import { sessionId } from "#core/domain/ids.ts";
import { JournalWriteError } from "#ports/journal.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { Recorder } from "#runtime/recorder.ts";
import { recover, takeSnapshot } from "#runtime/recovery.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { UsageError } from "./command-frame.ts";
import { sessionStore } from "./session-store.ts";

const S1 = sessionId("S1");

test("a damaged journal is salvaged once, and the session goes on with the new one", () => {
  const { folder, said, open } = aStore();
  const desk = aDamagedSession(folder, open);

  const files = open();
  const { origin, distrust } = recover(files);
  const recorder = new Recorder({ journal: files.journal, tape: null }, sha256);
  const record = { seq: 1, facts: [], commands: [] };
  recorder.journal({ kind: "safeModeEntered", at: desk.now, reason: "" }, record);
  recorder.commit();
  files.close();
  const next = open();

  const aside = join(folder, "sessions", "S1", "damaged-1");
  expect(origin === null ? "" : encodeState(origin.state)).toBe(encodeState(desk.state));
  expect(distrust).toMatch(/is damaged at record \d+: expected a row with its own checksum/u);
  expect(said).toEqual([
    `The journal that cannot be trusted is kept as ${aside}; a new one begins`,
  ]);
  expect(next.damage).toBeNull();
  expect(next.journal.head().seq).toBe(1);
  next.close();
});

test("a salvage that ended before its state was durable is done again", () => {
  const { folder, said, open } = aStore();
  const desk = aDamagedSession(folder, open);
  const killed = open();
  recover(killed);
  killed.close();

  const files = open();
  const { origin, distrust } = recover(files);

  const aside = join(folder, "sessions", "S1", "damaged-1");
  expect(origin === null ? "" : encodeState(origin.state)).toBe(encodeState(desk.state));
  expect(distrust).toBe(
    `what is sound of the journal in ${aside} was not taken over when the desk ended`,
  );
  expect(said[1]).toBe(said[0]);
  expect(files.journal.head().seq).toBe(0);
  files.close();
});

test.each([
  ["records", false],
  ["a snapshot", true],
])("R2: a lease that was lost begins after the epoch that %s tell", (_what, hasSnapshot) => {
  const { folder, open, openOther } = aStore();
  const desk = new TestDesk();
  desk.restart();
  desk.restart();
  const files = open();
  const recorder = new Recorder({ journal: files.journal, tape: null }, sha256);
  for (const step of desk.steps) recorder.journal(step.event, step);
  recorder.commit();
  if (hasSnapshot) takeSnapshot(files.journal, desk.state, () => undefined);
  files.close();

  loseLease(folder);
  const same = open();
  same.close();
  loseLease(folder);
  const other = openOther();
  other.close();

  const next = desk.state.epoch + 1;
  expect([desk.state.epoch > 1, same.epoch, other.epoch]).toEqual([true, next, next]);
});

test("a damaged journal tells the epochs before its damage", () => {
  const { folder, open } = aStore();
  const desk = aDamagedSession(folder, open);

  loseLease(folder);
  const files = open();
  files.close();

  expect(files.epoch).toBe(desk.state.epoch + 1);
});

test("a data folder that cannot be made is a matter of its name", ({ skip }) => {
  if (process.platform !== "linux") skip("needs the folders of Linux");
  const { folder, openAt } = aStore();
  const file = join(folder, "file");
  writeFileSync(file, "");

  for (const [path, found] of [
    [file, "a file in its place"],
    ["/dev/null", "a file in its place"],
    ["/proc/x", "a place where the system makes none"],
    [join(folder, "x".repeat(300)), "a name that is too long"],
  ] as const) {
    expect(() => openAt(path)).toThrow(
      new UsageError(
        `Expected a data folder, or a place to make one, at ${path}, found ${found}; name another with --data`,
      ),
    );
  }
});

test("a data folder that takes no files is told with what to do", () => {
  const { folder, openAt } = aStore();
  writeFileSync(join(folder, "sessions"), "");

  expect(() => openAt(folder)).toThrow(
    new JournalWriteError(
      `Expected to write to the data folder ${folder}, found: Error: ENOTDIR: not a directory, mkdir '${folder}/sessions/.S1.new'; make room or free the folder, and start again`,
    ),
  );
});

const sha256 = (text: string): string => hash("sha256", text);

function aStore() {
  const { path: folder } = new TemporaryFolder();
  const said: string[] = [];
  const store = sessionStore({
    clock: realClock,
    hash: sha256,
    codeVersion: "test",
    owner: { pid: process.pid, host: "here", startedAt: realClock.now() },
    say: (text) => void said.push(text),
  });
  const openAt = (path: string) => store.openSession(path, S1);
  const openOther = () => store.openSession(folder, sessionId("S2"));
  return { folder, said, openAt, open: () => openAt(folder), openOther };
}

function loseLease(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.startsWith("lease"));
  for (const name of names) rmSync(join(folder, name));
}

/** A session of some records, the last of which is not what was written. Returns the desk without that record. */
function aDamagedSession(folder: string, open: ReturnType<typeof aStore>["open"]): TestDesk {
  const desk = new TestDesk();
  desk.place();
  const files = open();
  const recorder = new Recorder({ journal: files.journal, tape: null }, sha256);
  const steps = desk.steps.filter(({ facts, commands }) => facts.length + commands.length > 0);
  for (const step of steps) recorder.journal(step.event, step);
  const seq = desk.desk.seq + 1;
  recorder.journal({ kind: "stopRequested", at: desk.now }, { seq, facts: [], commands: [] });
  recorder.commit();
  files.close();
  const path = join(folder, "sessions", "S1", "journal.db");
  const bytes = readFileSync(path);
  bytes.write("sTop", bytes.indexOf('"stopRequested"') + 1);
  writeFileSync(path, bytes);
  return desk;
}

import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type SessionId, sessionId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import {
  dataFolder,
  listSessions,
  makeDataFolder,
  makeSessionFolder,
  sessionFolder,
} from "./session-folder.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const NOW = epochMs(1_700_000_000_000);

test("a data folder has a place for everything", () => {
  const root = new TemporaryFolder().path;

  const data = dataFolder(root);

  expect(data).toEqual({
    path: root,
    lock: join(root, "desk.lock"),
    lease: join(root, "lease.db"),
    sessions: join(root, "sessions"),
  });
  expect(sessionFolder(data, sessionId("paper-1"))).toEqual({
    sessionId: "paper-1",
    path: join(root, "sessions", "paper-1"),
    journal: join(root, "sessions", "paper-1", "journal.db"),
    tape: join(root, "sessions", "paper-1", "tape.bin"),
  });
  expect(readdirSync(root)).toEqual([]);
});

test("what is made is for its owner only, and making it twice changes nothing", ({ skip }) => {
  if (process.platform === "win32") skip("Windows has no such modes");
  const root = new TemporaryFolder().file("deep/data");
  const data = makeDataFolder(root);
  const session = makeSessionFolder(data, sessionId("live"), NOW);
  writeFileSync(session.journal, "records");

  expect(makeDataFolder(root)).toEqual(data);
  expect(makeSessionFolder(data, sessionId("live"), epochMs(NOW + 1))).toEqual(session);

  for (const path of [root, data.sessions, session.path]) {
    expect(statSync(path).mode & 0o777).toBe(0o700);
  }
  expect(existsSync(session.journal)).toBe(true);
  expect(listSessions(data)).toEqual([{ ...session, createdAt: NOW }]);
});

test("sessions are listed newest first, whatever else lies between them", () => {
  const data = makeDataFolder(new TemporaryFolder().path);
  expect(listSessions(dataFolder(join(data.path, "elsewhere")))).toEqual([]);
  for (const [id, age] of [
    ["b", 5],
    ["a", 5],
    ["new", 1],
    ["old", 9],
  ] as const) {
    makeSessionFolder(data, sessionId(id), epochMs(NOW - age * 60_000));
  }
  writeFileSync(join(data.sessions, "notes.txt"), "");
  mkdirSync(join(data.sessions, ".half-made.new"));
  mkdirSync(join(data.sessions, "not a session"));

  expect(listSessions(data).map((session) => session.sessionId)).toEqual(["new", "b", "a", "old"]);
});

test("a session without its note is listed by the time of its folder", () => {
  const data = makeDataFolder(new TemporaryFolder().path);
  const session = makeSessionFolder(data, sessionId("restored"), NOW);
  rmSync(join(session.path, "session.json"));
  makeSessionFolder(data, sessionId("earlier"), NOW);

  const [listed] = listSessions(data);

  expect(listed?.sessionId).toBe("restored");
  expect(listed?.createdAt).toBeGreaterThan(NOW);
});

test("a program that was killed while it made a session folder is no hindrance to the next", () => {
  const data = makeDataFolder(new TemporaryFolder().path);
  mkdirSync(join(data.sessions, ".paper-1.new"));
  writeFileSync(join(data.sessions, ".paper-1.new", "session.json"), "{");

  makeSessionFolder(data, sessionId("paper-1"), NOW);

  expect(readdirSync(data.sessions)).toEqual(["paper-1"]);
});

test("only an id that is a plain name on every platform becomes a folder", () => {
  const data = dataFolder("/data");

  for (const id of ["paper-1", "A", "2026-11-21_live.2", "console", "x".repeat(64)]) {
    expect(sessionFolder(data, sessionId(id)).path).toBe(`/data/sessions/${id}`);
  }
  const hostile = ["..", ".", "../lease.db", "a/b", "a\\b", ".hidden", "-rf", "end.", "c:", "a*b"];
  const devices = ["con", "NUL", "com1", "lpt9.txt", "Aux.log"];
  for (const id of [...hostile, ...devices, "", "x".repeat(65), "a b", "ä", "a\0b"]) {
    expect(() => sessionFolder(data, id as SessionId), id).toThrow(RangeError);
  }
});

test("a link among the sessions is not followed", ({ skip }) => {
  if (process.platform === "win32") skip("making links needs rights on Windows");
  const data = makeDataFolder(new TemporaryFolder().path);
  symlinkSync("/etc", join(data.sessions, "system"));

  expect(listSessions(data)).toEqual([]);
});

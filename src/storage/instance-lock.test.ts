import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { acquireInstanceLock, InstanceHeldError, type Owner } from "./instance-lock.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const FIRST: Owner = { pid: 101, host: "desk-1", startedAt: epochMs(1_700_000_000_000) };
const SECOND: Owner = { pid: 202, host: "desk-1", startedAt: epochMs(1_700_000_100_000) };

test("the lock is held by one until it is released", () => {
  const path = new TemporaryFolder().file("desk.lock");
  const lock = acquireInstanceLock(path, FIRST);

  expect(lock.owner).toEqual(FIRST);
  expect(() => acquireInstanceLock(path, SECOND)).toThrow(new InstanceHeldError(path, FIRST));

  lock.release();
  lock.release();
  acquireInstanceLock(path, SECOND).release();
});

test("the error names the other desk and what to do", () => {
  const path = new TemporaryFolder().file("desk.lock");
  const lock = acquireInstanceLock(path, FIRST);

  expect(() => acquireInstanceLock(path, SECOND)).toThrow(
    `Another desk (pid 101 on desk-1) is running on this data folder, it holds ${path}. Stop it first or use another folder`,
  );
  lock.release();
});

test("a file that is no lock is refused with what to do", () => {
  const path = new TemporaryFolder().file("desk.lock");
  writeFileSync(path, "something else altogether ".repeat(200));

  expect(() => acquireInstanceLock(path, FIRST)).toThrow(
    /^Expected the lock of a data folder in .*; delete the file when no desk is running$/u,
  );
});

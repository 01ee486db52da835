import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { Child } from "./child.ts";
import { LEASE_MS, takeLease } from "./lease.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const HOLD_DESK = new URL("./children/hold-desk.ts", import.meta.url);

test("a second desk is refused while the first one lives, and told who that is", async () => {
  const { path } = new TemporaryFolder();
  const first = new Child(HOLD_DESK, { args: [path, "0"] });
  expect(await first.line()).toBe("epoch 1");

  const second = new Child(HOLD_DESK, { args: [path, "1"] });

  expect(await second.line()).toBe(
    `InstanceHeldError: Another desk (pid ${first.pid} on desk-1) is running on this data folder, it holds ${path}/desk.lock. Stop it first or use another folder`,
  );
  expect(await first.ask("renew 1000")).toBe("held");
});

test("when a desk is killed the next one takes over at once, with a higher epoch", async () => {
  const { path } = new TemporaryFolder();
  for (let epoch = 1; epoch <= 5; epoch += 1) {
    const desk = new Child(HOLD_DESK, { args: [path, String(epoch)] });
    expect(await desk.line()).toBe(`epoch ${epoch}`);
    expect(await desk.ask(`act ${epoch}`)).toBe("true");
    await desk.kill();
  }
});

test("a desk that ended well leaves no waiting behind", async () => {
  const { path } = new TemporaryFolder();
  const first = new Child(HOLD_DESK, { args: [path, "0"] });
  expect(await first.line()).toBe("epoch 1");
  await first.end();

  const answer = takeLease({ ...options(path), now: { wall: epochMs(1), monotonicMs: 1 } });

  expect(answer).toMatchObject({ kind: "taken", lease: { epoch: 2 } });
  if (answer.kind === "taken") expect(answer.lease.mayAct(1)).toBe(true);
});

test("a desk that is stopped keeps its lock, and its lease until the deadline; then it finds it lost", async ({
  skip,
}) => {
  if (process.platform === "win32") skip("there is no stopping of processes on Windows");
  const { path } = new TemporaryFolder();
  const first = new Child(HOLD_DESK, { args: [path, "0"] });
  expect(await first.line()).toBe("epoch 1");
  first.signal("SIGSTOP");
  await isStopped(first.pid);

  const second = new Child(HOLD_DESK, { args: [path, "100000"] });
  expect(await second.line()).toMatch(/^InstanceHeldError/u);
  const early = { wall: epochMs(LEASE_MS - 1), monotonicMs: 0 };
  expect(takeLease({ ...options(path), now: early })).toMatchObject({ kind: "held" });
  const late = { wall: epochMs(LEASE_MS), monotonicMs: 0 };
  const standby = takeLease({ ...options(path), now: late });
  expect(standby).toMatchObject({ kind: "taken", lease: { epoch: 2 } });

  first.signal("SIGCONT");
  expect(await first.ask("renew 6000")).toBe("lost");
  expect(await first.ask("act 1")).toBe("false");
});

test("many desks that start at once leave one", async () => {
  const { path } = new TemporaryFolder();

  const desks = Array.from({ length: 6 }, () => new Child(HOLD_DESK, { args: [path, "0"] }));
  const answers = await Promise.all(desks.map((desk) => desk.line()));

  expect(answers.filter((line) => line === "epoch 1")).toHaveLength(1);
  expect(answers.filter((line) => line?.startsWith("InstanceHeldError") === true)).toHaveLength(5);
});

function options(path: string) {
  const owner = { pid: process.pid, host: "desk-1", startedAt: epochMs(1) };
  return { path: `${path}/lease.db`, owner, lock: null };
}

/** Resolves when the system has stopped the process, as far as it tells. */
async function isStopped(pid: number): Promise<void> {
  if (process.platform !== "linux") return;
  while (!/\) T /u.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) {
    await new Promise(setImmediate);
  }
}

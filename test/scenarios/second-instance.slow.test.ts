import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { keel } from "#test/kit/keel-process.ts";

const SAMPLE = new URL("../../config/sample.yaml", import.meta.url);

test("one data folder has one desk: a second one is told whose it is and what to do", async () => {
  const { path } = new TemporaryFolder();
  const client = new DeskClient(path);
  const desk = client.replay(["--speed", "60"]);
  await client.ready();

  const [sameSession, otherSession, supervised, backtest] = await Promise.all([
    keel(path, "replay", "--session", "S1"),
    keel(path, "replay", "--session", "S2"),
    keel(path, "replay", "--session", "S1", "--supervise"),
    keel(path, "backtest", "--json"),
  ]);
  const { status } = await client.now();
  const killed = await desk.kill();
  const next = await keel(path, "replay", "--session", "S1", "--json");

  const told = new RegExp(
    `^Another desk \\(pid ${desk.pid} on \\S+\\) is running on this data folder, it holds ${path}/desk.lock. Stop it first or use another folder\n$`,
    "u",
  );
  for (const second of [sameSession, otherSession, supervised]) {
    expect({ code: second.code, out: second.out }).toEqual({ code: 5, out: "" });
    expect(second.err).toMatch(told);
  }
  expect(status.sessionId).toBe("S1");
  expect(backtest.code).toBe(0);
  // The lock goes with its process, in whatever way it ends.
  expect(killed.signal).toBe("SIGKILL");
  expect(next.code).toBe(0);
});

test("a session is not gone on with under a configuration it was not opened with", async () => {
  const { path } = new TemporaryFolder();
  const client = new DeskClient(path);
  const changed = join(path, "changed.yaml");
  writeFileSync(changed, readFileSync(SAMPLE, "utf8").replace("limit: 500", "limit: 5000"));
  await client.replay(["--speed", "max", "--json"]).ended;
  const before = client.recorded();

  const override = await client.replay(["--set", "accounts.PRACTICE-1.balance=60000"]).ended;
  const otherFile = await client.replay(["--config", changed, "--supervise"]).ended;
  const verified = await keel(path, "verify", "S1");
  const newSession = await keel(path, "replay", "--session", "S2", "--config", changed, "--json");

  expect(override).toMatchObject({ code: 2, out: "", err: refusal("accounts") });
  expect(otherFile).toMatchObject({ code: 2, out: "", err: refusal("accounts, sources") });
  expect(client.recorded()).toEqual(before);
  expect(verified.code).toBe(0);
  expect(newSession.code).toBe(0);
});

function refusal(others: string): string {
  return `Expected the configuration that session S1 was opened with, found other ${others}. Put it back, or start a new session to use this one\n`;
}

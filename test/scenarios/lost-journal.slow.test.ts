import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { keel } from "#test/kit/keel-process.ts";

test("a killed desk whose journal was removed is refused as often as it is started, supervised or not", async () => {
  const { path } = new TemporaryFolder();
  const client = new DeskClient(path);
  const desk = client.replay(["--speed", "600"]);
  await client.until("some of the day", ({ marketEvents }) => marketEvents > 50);
  await desk.kill();
  const folder = dirname(client.journalPath);
  for (const name of readdirSync(folder)) {
    if (name.startsWith("journal.db")) rmSync(join(folder, name));
  }

  const first = await client.replay().ended;
  const supervised = await client.replay(["--supervise"]).ended;
  const verified = await keel(path, "verify", "S1");
  const listed = await keel(path, "sessions", "--json");

  const missed = `Expected the journal of session S1 at ${client.journalPath}, found none`;
  for (const refused of [first, supervised]) {
    expect({ code: refused.code, out: refused.out }).toEqual({ code: 6, out: "" });
    expect(refused.err.startsWith(missed)).toBe(true);
  }
  expect(verified.code).toBe(6);
  expect(verified.out).toContain(`Damaged at 1: ${missed}`);
  expect(JSON.parse(listed.out)).toMatchObject([{ sessionId: "S1", state: "damaged" }]);
  expect(readdirSync(folder).toSorted()).toEqual(["session.json", "tape.bin"]);
});

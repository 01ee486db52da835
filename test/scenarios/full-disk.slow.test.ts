import { expect, test } from "vitest";
import { clientOrderId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import { SmallDisk } from "#storage/small-disk.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { aBracket, anEntry, limitAt } from "#test/kit/builders.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { isFlat, isProtected, isWorking, lastPrice } from "#test/kit/desk-states.ts";
import { keel } from "#test/kit/keel-process.ts";
import { swings, writeSmallSession } from "#test/kit/small-session.ts";

test("on a full disk nothing is entered, a flatten goes out, and nothing that happened is lost", async ({
  skip,
}) => {
  const disk = new SmallDisk();
  if (!disk.mount("2m")) skip("mounting a small disk is not permitted here");
  const { path: elsewhere } = new TemporaryFolder();
  const config = await writeSmallSession(elsewhere, swings(1_800));
  const path = disk.file("data");
  const client = new DeskClient(path, "S1", elsewhere);
  const noBots = ["--set", "bots[0].bot.enabled=false"];
  const desk = client.replay(["--config", config, ...noBots, "--speed", "20"]);
  await client.ready();
  await client.result(anEntry({ qty: lots(2), bracket: aBracket(500, null) }), "enter");
  const held = await client.until("a protected position", isProtected);
  await client.result(anEntry({ terms: limitAt(lastPrice(held) - 150) }), "rest");
  await client.until("a resting entry", (status) => isWorking(status, "entry"));

  disk.fill();
  // What the write-ahead file has room for is still written.
  const nothing = { kind: "cancel", clientOrderId: clientOrderId("k1-99") } as const;
  for (let asked = 0; (await client.now()).status.journalWritable; asked += 1) {
    await client.result(nothing, `fill-${asked}`);
  }
  const first = await keel(path, "submit", "PRACTICE-1", "buy", "1", "MGC");
  const second = await keel(path, "submit", "PRACTICE-1", "buy", "1", "MGC");
  const status = await keel(path, "status");
  const flattened = await keel(path, "flatten", "PRACTICE-1", "--request-id", "flatten");
  await client.until("a flat account", isFlat);
  disk.free();
  await client.until("a journal that can be written", ({ journalWritable }) => journalWritable);
  const again = await client.result(anEntry({ terms: limitAt(lastPrice(held) - 160) }), "again");
  desk.signal("SIGTERM");
  const ended = await desk.ended;
  const verified = await keel(path, "verify");

  expect(first).toMatchObject({ code: 3, out: "" });
  expect(first.err).toMatch(
    /^(?:Order denied|Not possible): the journal cannot be written, so nothing/u,
  );
  expect(second).toMatchObject({
    code: 3,
    out: "",
    err: "Order denied: the journal cannot be written, so nothing may open a position\n",
  });
  expect(status.out).toContain("The journal cannot be written: no entries.");
  expect(flattened).toMatchObject({ code: 0, err: "" });
  expect(again.kind).toBe("accepted");
  expect(ended.code).toBe(130);
  expect(ended.err).toMatch(
    /critical: No entries: Expected to write records \d+ to \d+ to journal .+, found: .*disk is full; \d+ records wait for the disk\n/u,
  );
  expect(verified).toMatchObject({ code: 0, err: "" });
  expectWhole(client);
});

test("a desk that cannot be started or ended on a full disk says so", async ({ skip }) => {
  const disk = new SmallDisk();
  if (!disk.mount("400k")) skip("mounting a small disk is not permitted here");
  const { path: elsewhere } = new TemporaryFolder();
  const config = await writeSmallSession(elsewhere, swings(1_800));
  const path = disk.file("data");
  disk.fill();

  const client = new DeskClient(path, "S1", elsewhere);
  const notStarted = await client.replay(["--config", config]).ended;
  disk.free();
  const desk = client.replay(["--config", config, "--speed", "20"]);
  await client.ready();
  disk.fill();
  await client.until("a full disk to be noticed", ({ journalWritable }) => !journalWritable);
  desk.signal("SIGTERM");
  const notEnded = await desk.ended;

  expect(notStarted).toMatchObject({ code: 1, out: "" });
  expect(notStarted.err).toMatch(
    /^Expected to write to the data folder .+ found: .+; make room or free the folder, and start again\n$/u,
  );
  expect(notEnded.code).toBe(1);
  expect(notEnded.err).toMatch(/\nExpected to write records .+; \d+ records wait for the disk\n$/u);
  expect(notEnded.err.match(/The tape lacks events/gu)?.length ?? 0).toBeLessThanOrEqual(2);
});

/** Everything that was asked for and what came of it is in the journal, though the disk was full meanwhile. */
function expectWhole(client: DeskClient): void {
  const facts = client.facts();
  const handled = facts.flatMap((fact) => (fact.kind === "requestHandled" ? [fact.requestId] : []));
  expect(handled.filter((id) => !id.startsWith("fill-"))).toHaveLength(6);
  expect(handled).toEqual(expect.arrayContaining(["enter", "rest", "flatten", "again"]));
  const filled = facts.flatMap((fact) => (fact.kind === "fillBooked" ? [fact.fill.side] : []));
  expect(filled).toEqual(["buy", "sell"]);
  const writable = facts.flatMap((fact) =>
    fact.kind === "journalWritableChanged" ? [fact.writable] : [],
  );
  expect(writable).toEqual([false, true]);
}

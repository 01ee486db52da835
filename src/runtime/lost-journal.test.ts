import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sessionId } from "#core/domain/ids.ts";
import { AttachedDesk } from "#test/kit/attached-desk.ts";
import { ACCOUNT, GOLD, OPENING, aBracket, anEntry } from "#test/kit/builders.ts";
import { memorySource } from "#test/kit/memory-source.ts";
import { practiceVenue } from "#test/kit/practice-venue.ts";
import { ReplayWorld } from "#test/kit/replay-world.ts";
import { SessionLostError } from "./session.ts";
import { verifySession } from "./verify.ts";

/** A quote every minute: gold at 26,500 / 26,501. */
const ROWS = Array.from({ length: 60 }, (_, minute) => ({
  at: OPENING + minute * 60_000 + 1,
  price: [26_500, 26_501] as const,
}));
const S1 = sessionId("S1");

test("a desk whose journal is gone begins anew in safe mode with what its venue has", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const first = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await first.ready();
  await first.ask(anEntry({ bracket: aBracket(20, null) }));
  await first.until("a stop", ({ orders }) => orders[0]?.status.kind === "working");
  await first.stop();
  const { dataFolder } = first;
  removeJournal(dataFolder);

  const inDoubt = verifySession(first.world, dataFolder, S1);
  const second = new AttachedDesk({ venue: venue.address, rows: ROWS, dataFolder });
  const held = await second.until("what the venue has", ({ positions }) => positions.length === 1);
  const denied = await second.ask(anEntry());
  const flattened = await second.ask({ kind: "flatten", accountId: ACCOUNT });
  await second.until("a flat account", ({ positions }) => positions.length === 0);
  await second.stop();
  const third = new AttachedDesk({ venue: venue.address, rows: ROWS, dataFolder });
  const after = await third.ready();
  await third.stop();

  expect(inDoubt).toMatchObject({ ok: false, records: 0, damage: { seq: 1 } });
  expect(inDoubt.damage?.reason).toMatch(/^Expected the journal of session S1 at .*, found none/u);
  expect(held).toMatchObject({ tradingState: "halted", lockouts: [{ rule: "safeMode" }] });
  expect(held.orders).toHaveLength(1);
  expect(second.alerts[0]).toMatch(/What is left is kept as .*damaged-1; a new journal begins$/u);
  expect(denied).toMatchObject({ result: { kind: "denied" } });
  expect(flattened).toMatchObject({ result: { kind: "accepted" } });
  expect(after).toMatchObject({ tradingState: "halted", lockouts: [{ rule: "safeMode" }] });
  expect(verifySession(second.world, dataFolder, S1)).toMatchObject({ ok: true });
});

test("safe mode that was not durable yet begins again", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const first = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await first.ready();
  await first.stop();
  const { dataFolder } = first;
  removeJournal(dataFolder);
  const killed = first.world.openSession(dataFolder, S1);
  killed.setAside();
  killed.close();

  const second = new AttachedDesk({ venue: venue.address, rows: ROWS, dataFolder });

  expect(await second.ready()).toMatchObject({ tradingState: "halted" });
});

test("a replay whose journal is gone is refused, as often as it is tried, and stays as it was", async () => {
  const replay = new ReplayWorld();
  await replay.run({ rows: ROWS });
  removeJournal(replay.dataFolder);
  const left = readdirSync(folderOf(replay.dataFolder));

  await expect(replay.run({ rows: ROWS })).rejects.toThrow(SessionLostError);
  await expect(replay.run({ rows: ROWS })).rejects.toThrow(
    /its tape has market data .* What the session held cannot be known/u,
  );

  expect(readdirSync(folderOf(replay.dataFolder))).toEqual(left);
});

test("the first records are durable before anything is on the tape", async () => {
  const replay = new ReplayWorld();
  const recorded: number[] = [];
  const source = memorySource(GOLD.id, ROWS);
  const blocks: typeof source.blocks = (range) => {
    const archive = replay.world.openArchive(replay.dataFolder, S1);
    recorded.push([...archive.journal.read(0)].length);
    archive.close();
    return source.blocks(range);
  };

  await replay.run({ source: { ...source, blocks } });

  expect(recorded[0]).toBeGreaterThan(0);
});

function folderOf(dataFolder: string): string {
  return join(dataFolder, "sessions", "S1");
}

function removeJournal(dataFolder: string): void {
  const folder = folderOf(dataFolder);
  for (const name of readdirSync(folder)) {
    if (name.startsWith("journal.db")) rmSync(join(folder, name));
  }
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sessionId } from "#core/domain/ids.ts";
import type { ControlReply } from "#runtime/control.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import type { SessionListing } from "#runtime/session-listing.ts";
import { InstanceHeldError } from "#storage/instance-lock.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { OPENING } from "#test/kit/builders.ts";
import { hashText } from "#test/kit/desk-client.ts";
import { ReplayWorld } from "#test/kit/replay-world.ts";
import { aDesk, aStatus, at, keel } from "./cli-scenario.ts";
import { sessionStore } from "./session-store.ts";

const strategies = STRATEGIES;
const FROM = at("2013-10-07T22:00Z");
const UNTIL = at("2013-10-08T22:00Z");

function aListing(name: string, overrides: Partial<SessionListing> = {}): SessionListing {
  const times = { from: FROM, until: UNTIL };
  const told = { mode: "replay", state: "ended", bytes: 1_234_567, ...times } as const;
  return { sessionId: sessionId(name), ...told, ...overrides };
}

const LISTED = [
  aListing("day1"),
  aListing("S1", { state: "interrupted", bytes: 61_000 }),
  aListing("bad", { state: "damaged", mode: null, from: null, until: null }),
];

test("recorded sessions are listed, the running one as such", async () => {
  const { askDesk } = aDesk({ kind: "refused", reason: "?" }, aStatus({ sessionId: "S1" }));

  const forPeople = await keel("sessions", { strategies, listSessions: () => LISTED, askDesk });
  const forPrograms = await keel("sessions --json", { strategies, listSessions: () => LISTED });

  expect(forPeople).toMatchObject({ code: 0, err: "" });
  expect(forPeople.out).toMatchInlineSnapshot(`
    "session  mode    from                     until                    state      size
    day1     replay  2013-10-07 22:00:00 UTC  2013-10-08 22:00:00 UTC  ended    1.2 MB
    S1       replay  2013-10-07 22:00:00 UTC  2013-10-08 22:00:00 UTC  running   61 kB
    bad      ?       ?                        ?                        damaged  1.2 MB
    "
  `);
  expect(JSON.parse(forPrograms.out)).toEqual(LISTED);
});

test("a session that waits for its venue is a running one", async () => {
  const waiting = { kind: "waiting", sessionId: "S1", venue: "./v.sock", reason: null } as const;
  const askDesk = async (): Promise<ControlReply> => waiting;

  const { out } = await keel("sessions --json", {
    strategies,
    listSessions: () => LISTED,
    askDesk,
  });

  expect(JSON.parse(out)).toMatchObject([{}, { state: "running" }, {}]);
});

test("without sessions the folder is named", async () => {
  const { out } = await keel("sessions", { strategies });

  expect(out).toBe("No sessions are recorded in /home/ann/keel-data\n");
});

test("a session is removed by its name only, and not while a desk runs", async () => {
  const removed: unknown[] = [];
  const parts = {
    strategies,
    sessions: () => ["day1"] as never,
    removeSession: (...args: unknown[]) => void removed.push(args),
  };
  const held = () => {
    throw new InstanceHeldError("/home/ann/keel-data/desk.lock", null);
  };

  const done = await keel("sessions remove day1", parts);
  const unknown = await keel("sessions remove day2", parts);
  const nameless = await keel("sessions remove", parts);
  const running = await keel("sessions remove day1", { ...parts, removeSession: held });

  expect(done).toEqual({ code: 0, out: "Session day1 is removed\n", err: "" });
  expect(removed).toEqual([["/home/ann/keel-data", "day1"]]);
  expect([unknown.code, nameless.code, running.code]).toEqual([7, 2, 5]);
});

test("what is listed is what was recorded, and what is removed is gone", async () => {
  const replay = new ReplayWorld();
  const store = sessionStore({
    clock: realClock,
    hash: hashText,
    codeVersion: "test",
    owner: { pid: process.pid, host: "here", startedAt: realClock.now() },
    say: () => undefined,
  });
  await replay.run({});

  const [listed, ...others] = store.listSessions(replay.dataFolder);
  rmSync(join(replay.dataFolder, "sessions", "S1", "session.json"));
  const [unmarked] = store.listSessions(replay.dataFolder);
  store.removeSession(replay.dataFolder, sessionId("S1"));

  const bytes = expect.any(Number) as number;
  expect(others).toEqual([]);
  expect(listed).toEqual({
    sessionId: "S1",
    mode: "replay",
    from: OPENING,
    until: OPENING + 3_600_000,
    state: "ended",
    bytes,
  });
  expect(unmarked).toMatchObject({ state: "interrupted" });
  expect(store.listSessions(replay.dataFolder)).toEqual([]);
});

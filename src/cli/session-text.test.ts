import { expect, test } from "vitest";
import { accountId, clientOrderId } from "#core/domain/ids.ts";
import type { Position } from "#core/domain/position.ts";
import type { ReplayOptions } from "#runtime/replay.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";
import type { Opening } from "#runtime/session-watch.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { anOrder } from "#test/kit/builders.ts";
import { MGC, aReport, at, keel, usd } from "./cli-scenario.ts";

const strategies = STRATEGIES;
const defaultConfig = new URL("../../config/sample.yaml", import.meta.url).pathname;

function aPosition(qty: number): Position {
  const empty = { cost: usd(0), openedAt: at("2013-10-08T01:00Z"), trip: null };
  return { accountId: accountId("PRACTICE-1"), instrument: MGC.id, qty: qty as never, ...empty };
}

const aStop = anOrder({
  clientOrderId: clientOrderId("k1-2"),
  instrument: MGC.id,
  qty: 3 as never,
  terms: { type: "stop", stopPrice: 13_235 as never },
  reduceOnly: true,
  status: { kind: "working" },
});

/** A replay that only has a report. */
function aReplay(report: SessionReport) {
  return { replay: async (): Promise<SessionReport> => report };
}

test("a replay that was asked to stop says so, what is open and how to go on", async () => {
  const held = { positions: [aPosition(-3)], orders: [aStop] };
  const stoppedAt = at("2013-10-08T02:00Z");
  const { replay } = aReplay(aReport({ stopped: "asked", stoppedAt, held }));

  const ended = await keel("replay --data d --set queue.burst=5 --speed 60", {
    strategies,
    defaultConfig,
    replay,
  });

  expect(ended.code).toBe(130);
  expect(ended.out).toContain("Stopped before the end of the data.");
  expect(ended.out).toContain(`
Open, kept with the session:
account     instrument  open
PRACTICE-1  MGC         short 3
PRACTICE-1  MGC         buy 3 stop 1323.5, protects or closes, working (k1-2)

Played until 2013-10-08 02:00:00 UTC. To go on:
  keel replay --session replay-20260301-093000 --data d --set queue.burst=5 --speed 60
`);
});

test("a replay that was not recorded cannot go on, and says so", async () => {
  const { replay } = aReplay(aReport({ stopped: "asked" }));

  const { out } = await keel("replay --no-journal", { strategies, defaultConfig, replay });

  expect(out).toContain("\nPlayed until 2013-10-08 22:00:00 UTC; nothing was recorded");
});

test("how a session begins is told to people, and to programs only that there is nothing to play", async () => {
  const ending = { seq: 7, at: at("2013-10-08T22:00Z"), endedAt: at("2026-03-01T09:00Z") };
  const openings: readonly Opening[] = [
    { kind: "new" },
    { kind: "resumed", at: at("2013-10-08T02:00Z"), held: { positions: [], orders: [] } },
    {
      kind: "resumed",
      at: at("2013-10-08T02:00Z"),
      held: { positions: [aPosition(2)], orders: [] },
    },
    { kind: "ended", ending },
  ];
  const replay = async (_plan: SessionPlan, { watch }: ReplayOptions): Promise<SessionReport> => {
    for (const opening of openings) watch?.onOpening?.(opening);
    return aReport();
  };
  const parts = { strategies, defaultConfig, replay };

  const forPeople = await keel("replay --session day1", parts);
  const forPrograms = await keel("replay --session day1 --json", parts);

  const ended =
    "Session day1 has ended at 2013-10-08 22:00:00 UTC of the market, on 2026-03-01 09:00:00 UTC: nothing is left to play\n";
  expect(
    forPeople.out.startsWith(`Session day1 is recorded in /home/ann/keel-data
Session day1 goes on at 2013-10-08 02:00:00 UTC and holds nothing
Session day1 goes on at 2013-10-08 02:00:00 UTC and holds:
account     instrument  open
PRACTICE-1  MGC         long 2
${ended}gold-2013-10-08`),
  ).toBe(true);
  expect(forPrograms.err).toBe(ended);
});

test("a verification of nothing agrees with nothing", async () => {
  const report = { sessionId: "S1", records: 0, verifiedTo: 0, fingerprint: "", ok: true };
  const none = { differences: [], damage: null, notVerifiable: [] };

  const ended = await keel("verify", {
    strategies,
    sessions: () => ["S1"] as never,
    verify: () => ({ ...report, ...none }),
  });

  expect(ended.code).toBe(7);
  expect(ended.out).toContain("Result             nothing was recorded\n");
});

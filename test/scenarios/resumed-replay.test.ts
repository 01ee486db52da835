import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sessionStore } from "#cli/session-store.ts";
import { storedData } from "#cli/stored-data.ts";
import { sessionId } from "#core/domain/ids.ts";
import { loadPlan } from "#runtime/config/load-plan.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { runReplay } from "#runtime/replay.ts";
import { verifySession } from "#runtime/verify.ts";
import type { World } from "#runtime/world.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";

const path = fileURLToPath(new URL("../../config/sample.yaml", import.meta.url));
const SESSION = sessionId("S1");

function aWorld(): World {
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const owner = { pid: process.pid, host: "test", startedAt: realClock.now() };
  const parts = { clock: realClock, hash, codeVersion: "test", owner, say: () => undefined };
  const { openSession, openArchive } = sessionStore(parts);
  const listenControl = () => Promise.resolve({ close: () => Promise.resolve() });
  return {
    clock: realClock,
    hash,
    strategies: STRATEGIES,
    openSession,
    openArchive,
    listenControl,
  };
}

/** Plays the sample day; with `blocks` only so many blocks of its rows, then it is asked to stop. */
async function replayed(dataFolder: string, blocks = Number.POSITIVE_INFINITY) {
  const world = aWorld();
  const source = { path };
  const planWorld = { env: {}, strategies: STRATEGIES, data: storedData };
  const plan = await loadPlan(planWorld, { source, mode: "replay", sessionId: SESSION });
  const stop = new AbortController();
  let played = 0;
  const onProgress = () => {
    played += 1;
    if (played >= blocks) stop.abort();
  };
  const options = { dataFolder, speed: "max", journal: true, stop: stop.signal } as const;
  return runReplay(world, plan, { ...options, watch: { onProgress } });
}

test("a replay that was stopped in a trade goes on as if it had not been", async () => {
  const whole = await replayed(new TemporaryFolder().path);
  const folder = new TemporaryFolder().path;

  const first = await replayed(folder, 1);
  const second = await replayed(folder);

  const verified = verifySession(aWorld(), folder, SESSION);
  expect(first).toMatchObject({ stopped: "asked" });
  expect(first.fills).toBeGreaterThan(2 * first.roundTrips.length);
  expect(second).toMatchObject({ stopped: "endOfData" });
  expect(second.roundTrips).toEqual(whole.roundTrips);
  expect(first.marketEvents).toBeLessThan(whole.marketEvents);
  // Where the first stopped, time may pass in other steps.
  expect(Math.abs(second.marketEvents - whole.marketEvents)).toBeLessThan(5);
  expect(verified).toMatchObject({ ok: true, differences: [], notVerifiable: [] });
});

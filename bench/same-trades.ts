import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { sessionStore } from "#cli/session-store.ts";
import { encode } from "#core/desk/codec.ts";
import { runBacktest } from "#runtime/backtest.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { runReplay } from "#runtime/replay.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { World } from "#runtime/world.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { goldPlan, sha256 } from "./gold-session.ts";
import { goldTape } from "./gold-tape.ts";
import { type Finding, atMost } from "./measure.ts";

const TICKS = 500_000;
/** What recording may cost is not a goal of its own; that it changes no trade is. */
const GOAL = 100;

/** The same session with and without journal and tape: the trades must be the same. */
export async function benchSameTrades(): Promise<readonly Finding[]> {
  const plan = goldPlan(goldTape(TICKS, 3), { dollarRiskPerTrade: 100 });
  const folder = mkdtempSync(join(tmpdir(), "keel-bench-"));
  try {
    const off = await timed(() => runBacktest(aWorld(), plan));
    const on = await timed(() =>
      runReplay(aWorld(), plan, {
        dataFolder: folder,
        speed: "max",
        journal: true,
        stop: new AbortController().signal,
      }),
    );
    const isSame =
      encode(on.report.roundTrips) === encode(off.report.roundTrips) &&
      on.report.fingerprint === off.report.fingerprint;
    const found = atMost(GOAL, {
      name: "same-trades",
      value: on.ms,
      unit: "ms",
      floor: off.ms,
      note: `${off.report.roundTrips.length} round trips, ${isSame ? "the same" : "NOT the same"} with journal and tape as without`,
    });
    return [{ ...found, ok: found.ok && isSame && off.report.roundTrips.length > 0 }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(run: () => Promise<SessionReport>) {
  const startedMs = realClock.monotonicMs();
  const report = await run();
  return { report, ms: realClock.monotonicMs() - startedMs };
}

function aWorld(): World {
  const owner = { pid: process.pid, host: "bench", startedAt: realClock.now() };
  const parts = {
    clock: realClock,
    hash: sha256,
    codeVersion: "bench",
    owner,
    say: () => undefined,
  };
  const { openSession, openArchive } = sessionStore(parts);
  const listenControl = () => Promise.resolve({ close: () => Promise.resolve() });
  return {
    clock: realClock,
    hash: sha256,
    strategies: STRATEGIES,
    openSession,
    openArchive,
    listenControl,
  };
}

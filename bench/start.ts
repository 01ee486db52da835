import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { sessionStore } from "#cli/session-store.ts";
import { encode } from "#core/desk/codec.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import type { Journal, JournalRecord } from "#ports/journal.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { Recorder } from "#runtime/recorder.ts";
import { goldPlan, playTape, sha256 } from "./gold-session.ts";
import { goldTape } from "./gold-tape.ts";
import { GatewayThread } from "./live/gateway-thread.ts";
import { type Finding, atMost, median } from "./measure.ts";

const RECORDS = 100_000;
const TICKS = 10_000_000;
const STARTS = 3;
const BOUND_MS = 3_000;
const CHILD = fileURLToPath(new URL("live/start-child.ts", import.meta.url));

/**
 * A desk whose process died, started again: from the start of the new process until it has read its journal, without a
 * snapshot to begin from, and has compared itself with the venue. In milliseconds of a processor.
 */
export async function benchStart(): Promise<readonly Finding[]> {
  const { records, config } = recorded();
  const gateway = await GatewayThread.open({
    rowEveryMs: null,
    seconds: 0,
    startAfterMs: 0,
    speed: 1,
  });
  try {
    const tookMs: number[] = [];
    for (let start = 0; start < STARTS; start += 1)
      tookMs.push(await started(gateway, records, config));
    return [
      atMost(1, {
        name: "start",
        value: median(tookMs),
        unit: "ms CPU",
        floor: BOUND_MS,
        note: `a fixed bound; ${records.length} records without a snapshot, until reconciled and ready; slowest ${Math.max(...tookMs).toFixed(0)} ms`,
      }),
    ];
  } finally {
    await gateway.close();
  }
}

async function started(
  gateway: GatewayThread,
  records: readonly JournalRecord[],
  config: SessionConfig,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "keel-bench-"));
  try {
    write(folder, records, config);
    const configPath = join(folder, "config");
    writeFileSync(configPath, encode(config));
    const args = [...process.execArgv, CHILD, folder, gateway.url, configPath];
    return await new Promise((resolve, reject) => {
      execFile(process.execPath, args, (error, stdout) => {
        if (error === null) resolve(Number(stdout));
        else reject(error);
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(folder: string, records: readonly JournalRecord[], { sessionId }: SessionConfig) {
  const owner = { pid: process.pid, host: "here", startedAt: realClock.now() };
  const store = sessionStore({
    clock: realClock,
    hash: sha256,
    codeVersion: "bench",
    owner,
    say: (text) => void process.stderr.write(`${text}\n`),
  });
  const files = store.openSession(folder, sessionId);
  for (const record of records) files.journal.append(record);
  files.journal.commit();
  files.close();
}

/** A session that trades often, under the configuration that it goes on with at the gateway. */
function recorded(): {
  readonly records: readonly JournalRecord[];
  readonly config: SessionConfig;
} {
  const records: JournalRecord[] = [];
  const tape = goldTape(TICKS, 2);
  const plan = goldPlan(tape, { bars: "1m", dollarRiskPerTrade: 100 });
  const config = { ...plan.config, mode: "live" } as const;
  const recorder = new Recorder({ journal: keeping(records), tape: null }, sha256);
  playTape(tape, { ...plan, config }, recorder);
  return { records: records.slice(0, RECORDS), config };
}

function keeping(records: JournalRecord[]): Journal {
  const nothing = () => undefined;
  return {
    append: (record) => void records.push(record),
    commit: nothing,
    head: () => ({ seq: 0, hash: "" }),
    read: () => [],
    saveSnapshot: nothing,
    loadSnapshot: nothing,
    checkpoint: nothing,
    close: nothing,
  };
}

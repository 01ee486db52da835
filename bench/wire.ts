import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DurationMs } from "#core/domain/units.ts";
import { anAccountConfig, anEntry, aSessionConfig, limitAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayThread, hrMs } from "./live/gateway-thread.ts";
import { idleThread } from "./live/idle-thread.ts";
import { LiveDesk } from "./live/live-desk.ts";
import { type Finding, atMost, median, quantile, whenQuiet } from "./measure.ts";

const INTENTS = 600;
const WARM_UP = 50;
const RECORD_BYTES = 1_024;
const GOAL = 2.5;
/** The floor waits for the disk alone; what else is done here needs a processor as well. */
const QUIET_MS = 2;
const PLACE = "/api/Order/place";

/**
 * From what a person asks for to the first byte of the order on its way, with gate, queue and the journal's commit in
 * between, against appending as many bytes to a file and waiting for the disk, in turn.
 */
export async function benchWire(): Promise<readonly Finding[]> {
  const gateway = await GatewayThread.open({
    rowEveryMs: null,
    seconds: 0,
    startAfterMs: 0,
    // So that no limit of requests a minute is reached, however fast the machine.
    speed: 1_200,
  });
  // Refused at once, so that nothing piles up.
  await gateway.fault("rejectOrders");
  let sent: ((atMs: number) => void) | undefined;
  const onSent = (path: string): void => {
    if (path === PLACE) sent?.(hrMs());
  };
  const desk = new LiveDesk({ url: gateway.url, config: configOf(), onSent });
  const disk = new RawDisk();
  const idle = idleThread();
  try {
    await desk.ready();
    const floor: number[] = [];
    const subject: number[] = [];
    for (let round = -WARM_UP; round < INTENTS; round += 1) {
      const diskMs = disk.append();
      let leftMs: number | undefined;
      sent = (atMs) => (leftMs = atMs);
      const askedMs = hrMs();
      const answer = desk.ask(anEntry({ terms: limitAt(26_300 + ((round + WARM_UP) % 150)) }));
      const wireMs = (await eventually("the order to leave", () => leftMs)) - askedMs;
      await answer;
      await desk.until("the refusal", ({ orders }) => orders.length === 0);
      if (round < 0) continue;
      floor.push(diskMs);
      subject.push(wireMs);
    }
    const what = "p99 in ms by which an idle thread woke late";
    const quiet = { found: quantile(await idle.end(), 0.99), bound: QUIET_MS, what };
    return [whenQuiet(quiet, found(subject, floor))];
  } finally {
    disk.close();
    await desk.close();
    await gateway.close();
  }
}

function found(subject: readonly number[], floor: readonly number[]): Finding {
  const p99 = (sample: readonly number[]) => quantile(sample, 0.99).toFixed(2);
  return atMost(GOAL, {
    name: "wire",
    value: median(subject),
    unit: "ms p50",
    floor: median(floor),
    note: `${INTENTS} intents to their first byte; p99 ${p99(subject)} ms, of a raw append ${p99(floor)} ms`,
  });
}

function configOf() {
  const queue = { capacity: 100, perSecond: 1_000, burst: 1_000 } as const;
  const ttl = 60_000 as DurationMs;
  return aSessionConfig({
    mode: "live",
    accounts: [
      anAccountConfig({
        limits: { duplicateWindow: "0s", staleAfter: "1h", priceCollarTicks: 1_000 },
        rules: {
          max_contracts: { limit: 50 },
          max_contracts_per_instrument: { limits: { MGC: 50 } },
          daily_realized_loss: { limit: 100_000 },
          no_stop_loss_grace: {},
        },
      }),
    ],
    queue: { ...queue, marketTtl: ttl, limitTtl: ttl },
    answerTimeout: ttl,
  });
}

/** Appends to a file and waits for the disk. */
class RawDisk {
  readonly #folder = mkdtempSync(join(tmpdir(), "keel-bench-"));
  readonly #file = openSync(join(this.#folder, "raw"), "a");
  readonly #record = "x".repeat(RECORD_BYTES);

  append(): number {
    const beganMs = hrMs();
    writeSync(this.#file, this.#record);
    fdatasyncSync(this.#file);
    return hrMs() - beganMs;
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

import { Worker } from "node:worker_threads";
import type { BotId } from "#core/domain/ids.ts";
import type { HangWatch } from "#runtime/world.ts";

/** A strategy that has not returned for this long never will: nothing else on the desk's thread can run meanwhile. */
export const HANG_LIMIT_MS = 5_000;

/**
 * Watches from another thread whether a strategy returns. When one does not, it writes the bot's id to `markerPath`
 * and ends the process: the next start halts the bot and goes on without it.
 */
export function startHangWatch(
  markerPath: string,
  botIds: readonly BotId[],
  limitMs = HANG_LIMIT_MS,
): HangWatch {
  const shared = new SharedArrayBuffer(8);
  const beacon = new Int32Array(shared);
  const worker = new Worker(new URL("./hang-watch-worker.ts", import.meta.url), {
    workerData: { shared, markerPath, botIds, limitMs },
  });
  worker.unref();
  const slots = new Map(botIds.map((botId, index) => [botId, index + 1]));
  return {
    began(botId) {
      Atomics.add(beacon, 1, 1);
      Atomics.store(beacon, 0, slots.get(botId) ?? 0);
    },
    ended() {
      Atomics.store(beacon, 0, 0);
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

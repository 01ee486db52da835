import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A thread that has nothing to do; it tells how late it was woken, in milliseconds. */
export function idleThread(): { readonly end: () => Promise<readonly number[]> } {
  const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL("idle-worker.ts", import.meta.url), { workerData: flag });
  return {
    async end() {
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
      const [lateMs] = (await once(worker, "message")) as [readonly number[]];
      return lateMs;
    },
  };
}

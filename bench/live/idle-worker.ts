import { performance } from "node:perf_hooks";
// Sleeps a little again and again, and notes how late it wakes: what else the machine has to do.
import { parentPort, workerData } from "node:worker_threads";

const SLEEP_MS = 2;
const flag = workerData as Int32Array;
const lateMs: number[] = [];
while (Atomics.load(flag, 0) === 0) {
  const beganMs = performance.now();
  Atomics.wait(flag, 0, 0, SLEEP_MS);
  lateMs.push(performance.now() - beganMs - SLEEP_MS);
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(lateMs);

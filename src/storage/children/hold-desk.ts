import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { epochMs } from "#core/domain/units.ts";
import { acquireInstanceLock } from "#storage/instance-lock.ts";
import { takeLease } from "#storage/lease.ts";

// Takes the lock and the lease of a folder and holds them. Its clocks are what it is told: "renew 2000", "act 2000".
const [folder = ".", start = "0"] = process.argv.slice(2);
const owner = { pid: process.pid, host: "desk-1", startedAt: epochMs(Number(start)) };

function now(text: string) {
  return { wall: epochMs(Number(text)), monotonicMs: Number(text) };
}

function answer(line: string): void {
  writeSync(1, `${line}\n`);
}

try {
  const lock = acquireInstanceLock(`${folder}/desk.lock`, owner);
  const taking = takeLease({ path: `${folder}/lease.db`, owner, now: now(start), lock });
  if (taking.kind === "held") throw new Error(`held by ${taking.by.pid}`);
  const { lease } = taking;
  answer(`epoch ${lease.epoch}`);
  for await (const line of createInterface(process.stdin)) {
    const [word, time = "0"] = line.split(" ");
    if (word === "renew") answer(lease.renew(now(time)));
    if (word === "act") answer(String(lease.mayAct(Number(time))));
  }
  lease.release();
  lock.release();
} catch (error) {
  answer(error instanceof Error ? `${error.name}: ${error.message}` : "no error");
}

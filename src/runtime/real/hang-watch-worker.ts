import { writeFileSync } from "node:fs";
import process from "node:process";
import { isatty } from "node:tty";
import { workerData } from "node:worker_threads";
import { unwaitingDescriptor, writeUnwaiting } from "./unwaiting-descriptor.ts";

type Watched = {
  /** Two numbers: which bot's strategy has the floor (0 none), and how many callbacks there have been. */
  readonly shared: SharedArrayBuffer;
  readonly markerPath: string;
  readonly botIds: readonly string[];
  readonly limitMs: number;
};

const LOOKS_PER_LIMIT = 10;
const STDERR = 2;

const { shared, markerPath, botIds, limitMs } = workerData as Watched;
const beacon = new Int32Array(shared);
let seenCallback = 0;
let sameFor = 0;

setInterval(() => {
  const slot = Atomics.load(beacon, 0);
  const callback = Atomics.load(beacon, 1);
  sameFor = slot !== 0 && callback === seenCallback ? sameFor + 1 : 0;
  seenCallback = callback;
  if (sameFor < LOOKS_PER_LIMIT) return;
  end(botIds[slot - 1] ?? "");
}, limitMs / LOOKS_PER_LIMIT);

/** Whatever a full disk or a closed or stopped terminal says, the process ends: it holds up every order. */
function end(botId: string): void {
  try {
    writeFileSync(markerPath, botId);
    tell(
      `The strategy of bot ${botId} has not returned for ${limitMs / 1_000} s, so the desk ends; started again, it goes on without that bot\n`,
    );
  } finally {
    process.kill(process.pid, "SIGKILL");
  }
}

function tell(text: string): void {
  const descriptor = unwaitingDescriptor(STDERR);
  if (descriptor !== undefined) writeUnwaiting(descriptor, Buffer.from(text));
  // Where a terminal could only be waited for, the next start says it.
  else if (!isatty(STDERR)) writeUnwaiting(STDERR, Buffer.from(text));
}

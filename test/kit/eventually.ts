import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a look finds something, looking often; fails with what was waited for when it takes too long. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 10_000,
): Promise<T> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > untilMs) throw new Error(`Waited ${withinMs} ms for ${what}`);
    await sleep(2);
  }
}

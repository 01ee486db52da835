import type { Clock } from "#ports/clock.ts";

/** How a process ended. */
export type ProcessEnd = { readonly code: number | null; readonly signal: string | null };

const RESTARTS_MAX = 3;
const RESTART_WINDOW_MS = 60_000;

/**
 * Starts a desk again when it died, at most three times a minute. An exit code other than 1 is the desk's own word:
 * done, bad configuration, another instance. It stands.
 */
export async function supervise(
  clock: Clock,
  run: () => Promise<ProcessEnd>,
  say: (text: string) => void,
): Promise<number> {
  const restartedAt: number[] = [];
  for (;;) {
    const end = await run();
    if (!hasDied(end)) return end.code ?? 0;
    const nowMs = clock.monotonicMs();
    const recent = restartedAt.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS);
    if (recent.length >= RESTARTS_MAX) {
      say(
        `The desk died ${recent.length + 1} times within a minute and is not started again. Look at the last ` +
          "message above; positions and protective orders are as the venue has them",
      );
      return 1;
    }
    restartedAt.push(nowMs);
    say(`The desk died (${end.signal ?? `exit code ${end.code}`}) and is started again`);
  }
}

/** A signal that a person sends ends it for good; a crash does not. */
function hasDied({ code, signal }: ProcessEnd): boolean {
  if (signal !== null) return signal !== "SIGINT" && signal !== "SIGTERM";
  return code === 1;
}

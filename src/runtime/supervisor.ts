import type { Clock } from "#ports/clock.ts";

/** How a process ended. */
export type ProcessEnd = { readonly code: number | null; readonly signal: string | null };

export type Supervision = {
  readonly run: () => Promise<ProcessEnd>;
  readonly say: (text: string) => void;
  /** A person wants an end: what dies then is not started again. */
  readonly stop: AbortSignal;
};

const RESTARTS_MAX = 3;
const RESTART_WINDOW_MS = 60_000;
/** The exit code of a process that was interrupted, whether or not it came to saying so itself. */
const INTERRUPTED = 130;

/**
 * Starts a desk again when it died, at most three times a minute. An exit code other than 1 is the desk's own word:
 * done, bad configuration, another instance. It stands.
 */
export async function supervise(
  clock: Pick<Clock, "monotonicMs">,
  { run, say, stop }: Supervision,
): Promise<number> {
  let restartedAt: readonly number[] = [];
  for (;;) {
    const end = await run();
    if (!hasDied(end) || stop.aborted) return end.code ?? INTERRUPTED;
    const nowMs = clock.monotonicMs();
    restartedAt = restartedAt.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS);
    if (restartedAt.length >= RESTARTS_MAX) {
      say(
        `The desk died ${restartedAt.length + 1} times within a minute and is not started again. Look at the last ` +
          "message above; positions and protective orders are as the venue has them",
      );
      return 1;
    }
    restartedAt = [...restartedAt, nowMs];
    say(`The desk died (${end.signal ?? `exit code ${end.code}`}) and is started again`);
  }
}

/** Signals that a person sends, or the terminal that a person closes. */
const ASKED: ReadonlySet<string> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);

/** A signal that a person sends ends it for good; a crash does not. */
function hasDied({ code, signal }: ProcessEnd): boolean {
  if (signal !== null) return !ASKED.has(signal);
  return code === 1;
}

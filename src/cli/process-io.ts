import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { EpochMs } from "#core/domain/units.ts";
import type { CliIo } from "./cli-io.ts";
import { EXIT } from "./exit-codes.ts";
import { type ProcessOutput, processOutput } from "./process-output.ts";
import { terminalInput } from "./terminal-input.ts";

/** The streams, signals and surroundings of this process. */
export function processIo(process: NodeJS.Process): CliIo & ProcessOutput {
  const output = processOutput(process);
  return {
    ...output,
    input: terminalInput(process.stdin, output.err),
    env: process.env,
    cwd: process.cwd(),
    user: userName(process.env),
    now: () => Date.now() as EpochMs,
    newId: randomUUID,
    stop: stopSignal(process),
  };
}

/**
 * The first signal asks for a graceful end, the second one ends at once. A terminal that is closed asks only: nobody
 * there is in a hurry, and it may tell a process twice, once itself and once through a supervisor. A supervisor that has
 * gone asks too: a desk that nobody watches and nobody can see must not trade on.
 */
function stopSignal(process: NodeJS.Process): AbortSignal {
  const stop = new AbortController();
  process.on("SIGHUP", () => stop.abort("SIGHUP"));
  process.on("disconnect", () => stop.abort("SIGTERM"));
  // Listening must not keep a process alive that has done its work.
  process.channel?.unref();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(EXIT.interrupted);
      stop.abort(signal);
    });
  }
  return stop.signal;
}

function userName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch (error) {
    // A system without an entry for this user, as in some containers.
    if (!(error instanceof Error)) throw error;
    return env["USER"] ?? "somebody";
  }
}

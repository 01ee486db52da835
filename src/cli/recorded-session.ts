import type { SessionId } from "#core/domain/ids.ts";
import { nearest } from "#core/domain/nearest.ts";
import { type CommandFrame, MissingError } from "./command-frame.ts";

/** The recorded session a person means: the one named, or the newest. */
export function recordedSession(
  { runtime }: CommandFrame,
  folder: string,
  named: string | undefined,
): SessionId {
  const sessions = runtime.sessions(folder);
  const found = named === undefined ? sessions.at(-1) : sessions.find((one) => one === named);
  if (found !== undefined) return found;
  if (named === undefined) {
    throw new MissingError(
      `Expected a recorded session in ${folder}, found none; run keel replay, or name the folder with --data`,
    );
  }
  const near = nearest(named, sessions);
  const hint =
    near === undefined ? `known are ${sessions.join(", ") || "none"}` : `did you mean ${near}?`;
  throw new MissingError(`Expected a recorded session in ${folder}, found no ${named}; ${hint}`);
}

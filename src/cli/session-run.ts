import type { SessionOutline } from "#runtime/session-plan.ts";
import type { Opening } from "#runtime/session-watch.ts";
import { type CommandFrame, type GlobalFlags, dataFolder } from "./command-frame.ts";
import { instrumentsOf } from "./fact-lines.ts";
import type { PlanFlags } from "./plan.ts";
import { commandText, openingLines } from "./session-text.ts";

// What commands that run a session share, whatever it runs over.

/** Tells how a session that is recorded begins; a program is told only that there is nothing to play. */
export function openingTeller(
  frame: CommandFrame,
  flags: GlobalFlags,
  { config }: SessionOutline,
): (opening: Opening) => void {
  const { out, err } = frame.io;
  const instruments = instrumentsOf(config.instruments);
  const beginning = { session: config.sessionId, folder: dataFolder(frame, flags) };
  const isJson = flags.json === true;
  return (opening) => {
    if (isJson && opening.kind !== "ended") return;
    for (const line of openingLines(beginning, opening, instruments)) {
      (isJson ? err : out).write(`${line}\n`);
    }
  };
}

/** A session as a command line, so that it can be begun again as it was. */
export type SessionCommand = {
  readonly command: "replay" | "start";
  /** Null where nothing is recorded. */
  readonly session: string | null;
  readonly flags: PlanFlags;
  /** What only this command has, as words. */
  readonly options: readonly string[];
};

/** What a person types to go on. */
export function goOnText({ command, session, flags, options }: SessionCommand): string {
  const { data, config } = flags;
  const words = [
    "keel",
    command,
    ...sessionWords(session),
    ...(data === undefined ? [] : ["--data", data]),
    ...(config === undefined ? [] : ["--config", config]),
    ...setWords(flags),
    ...options,
  ];
  return commandText(words);
}

/** The same session as arguments of a process of its own; each start of it goes on with it. */
export function supervisedArgs(
  frame: CommandFrame,
  { command, session, flags, options }: SessionCommand,
): readonly string[] {
  const { config, json } = flags;
  return [
    command,
    "--no-supervise",
    "--data",
    dataFolder(frame, flags),
    ...sessionWords(session),
    ...(config === undefined ? [] : ["--config", config]),
    ...setWords(flags),
    ...options,
    ...(json === true ? ["--json"] : []),
  ];
}

function sessionWords(session: string | null): readonly string[] {
  return session === null ? [] : ["--session", session];
}

function setWords({ set = [] }: PlanFlags): readonly string[] {
  return set.flatMap((text) => ["--set", text]);
}

import type { Command } from "commander";
import {
  type CommandFrame,
  type GlobalFlags,
  dataFolder,
  outLook,
  print,
} from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { recordedSession } from "#cli/recorded-session.ts";
import { table } from "#cli/table.ts";
import { instantText } from "#core/domain/instant-text.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { NoDeskError } from "#runtime/control.ts";
import type { SessionListing } from "#runtime/session-listing.ts";

type Listed = Omit<SessionListing, "state"> & {
  readonly state: SessionListing["state"] | "running";
};

export function addSessions(program: Command, frame: CommandFrame): void {
  const sessions = program
    .command("sessions")
    .description("list recorded sessions")
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await list(frame, command.optsWithGlobals<GlobalFlags>()));
    });
  sessions
    .command("remove")
    .description("delete a recorded session with all its files; refused while a desk runs")
    .argument("<session>", "name of the session")
    .action((session: string, _options: unknown, command: Command) => {
      frame.finish(remove(frame, command.optsWithGlobals<GlobalFlags>(), session));
    });
}

async function list(frame: CommandFrame, flags: GlobalFlags): Promise<ExitCode> {
  const folder = dataFolder(frame, flags);
  const running = await runningSession(frame, folder);
  const sessions = frame.runtime
    .listSessions(folder)
    .map((one): Listed => (one.sessionId === running ? { ...one, state: "running" } : one));
  print(frame, flags, {
    json: () => sessions,
    lines: () =>
      sessions.length === 0
        ? [`No sessions are recorded in ${folder}`]
        : listTable(sessions, outLook(frame).width),
  });
  return EXIT.done;
}

function remove(frame: CommandFrame, flags: GlobalFlags, named: string): ExitCode {
  const folder = dataFolder(frame, flags);
  const session = recordedSession(frame, folder, named);
  frame.runtime.removeSession(folder, session);
  print(frame, flags, {
    json: () => ({ removed: session }),
    lines: () => [`Session ${session} is removed`],
  });
  return EXIT.done;
}

/** Undefined while no desk runs. */
async function runningSession({ runtime }: CommandFrame, folder: string) {
  try {
    const reply = await runtime.askDesk(folder, { kind: "status" });
    if (reply.kind === "status") return reply.status.sessionId;
    return reply.kind === "waiting" ? reply.sessionId : undefined;
  } catch (error) {
    if (!(error instanceof NoDeskError)) throw error;
    return undefined;
  }
}

function listTable(sessions: readonly Listed[], width: number): readonly string[] {
  return table(
    [
      { title: "session" },
      { title: "mode", spare: 2 },
      { title: "from", spare: 1 },
      { title: "until" },
      { title: "state" },
      { title: "size", align: "right", spare: 3 },
    ],
    sessions.map(({ sessionId, mode, from, until, state, bytes }) => [
      sessionId,
      mode ?? "?",
      timeCell(from),
      timeCell(until),
      state,
      sizeText(bytes),
    ]),
    width,
  );
}

function timeCell(at: EpochMs | null): string {
  return at === null ? "?" : instantText(at);
}

/** In thousands and millions of bytes. */
function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

import { setImmediate } from "node:timers/promises";
import type { Command } from "commander";
import { sequence } from "#cli/arguments.ts";
import { type CommandFrame, type GlobalFlags, dataFolder } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { jsonLine } from "#cli/json.ts";
import { recordedSession } from "#cli/recorded-session.ts";
import { decode } from "#core/desk/codec.ts";
import { instantText } from "#core/domain/instant-text.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { JournalRecord } from "#ports/journal.ts";

type DumpFlags = GlobalFlags & { readonly from: number };

/** A journal record as it is written. */
type Body = {
  readonly seq: number;
  readonly event: { readonly kind: string; readonly at: EpochMs };
  readonly facts: readonly { readonly kind: string }[];
  readonly commands: readonly { readonly kind: string }[];
};

export function addJournal(program: Command, frame: CommandFrame): void {
  const journal = program.command("journal").description("look at recorded sessions");
  journal
    .command("dump")
    .description("print the records of a session, each checked as it is read")
    .argument("[session]", "the newest when left out")
    .option("--from <seq>", "first sequence number", sequence, 1)
    .action(async (session: string | undefined, _options: unknown, command: Command) => {
      frame.finish(await dump(frame, command.optsWithGlobals<DumpFlags>(), session));
    });
}

/** Between two looks at whether the person has had enough. */
const RECORDS_PER_TURN = 500;

async function dump(
  frame: CommandFrame,
  flags: DumpFlags,
  named: string | undefined,
): Promise<ExitCode> {
  const { io, runtime } = frame;
  const folder = dataFolder(frame, flags);
  const sessionId = recordedSession(frame, folder, named);
  let count = 0;
  for (const record of runtime.readJournal({ dataFolder: folder, sessionId }, flags.from)) {
    count += 1;
    if (count % RECORDS_PER_TURN === 0) await setImmediate();
    if (io.stop.aborted) return EXIT.interrupted;
    io.out.write(flags.json === true ? recordJson(record) : `${recordLine(record)}\n`);
  }
  if (count === 0) {
    io.err.write(`Session ${sessionId} has no record from event ${flags.from} on\n`);
  }
  return EXIT.done;
}

function recordJson({ hash, body }: JournalRecord): string {
  const { seq, event, facts, commands } = decode(body) as Body;
  return jsonLine({ seq, hash, event, facts, commands });
}

/** Sequence, time, what happened, what it led to, and what was asked of the world. */
function recordLine({ seq, body }: JournalRecord): string {
  const { event, facts, commands } = decode(body) as Body;
  const led = facts.map(({ kind }) => kind).join(" ");
  const asked = commands.map(({ kind }) => kind).join(" ");
  const line = `${String(seq).padStart(9)}  ${instantText(event.at)}  ${event.kind.padEnd(17)}  ${led}`;
  return asked === "" ? line.trimEnd() : `${line}  -> ${asked}`;
}

import type { Command } from "commander";
import { override, speed } from "#cli/arguments.ts";
import { orUsage } from "#cli/ask.ts";
import { type CommandFrame, UsageError, dataFolder, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { CONFIG_HELP, type PlanFlags, SET_HELP, planFor } from "#cli/plan.ts";
import { type Remainder, reportText } from "#cli/report-text.ts";
import { type SessionCommand, goOnText, openingTeller, supervisedArgs } from "#cli/session-run.ts";
import { type Spectator, spectatorFor } from "#cli/spectator.ts";
import { stampText } from "#cli/time-text.ts";
import { sessionId } from "#core/domain/ids.ts";
import { localAddress } from "#ports/local-address.ts";
import type { Speed } from "#runtime/market-pace.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";
import type { SessionWatch } from "#runtime/session-watch.ts";

type ReplayFlags = PlanFlags & {
  /** As fast as it goes when left out. */
  readonly speed?: Speed;
  readonly session?: string;
  readonly journal: boolean;
  readonly supervise: boolean;
  readonly venue?: string;
};

const SPEED_HELP = "market seconds per second, or max";
const VENUE_HELP = "trade at a venue started by keel venue, at its pace and in its time";
const SESSION_HELP = "name of the session; one that was interrupted goes on where it was";

export function addReplay(program: Command, frame: CommandFrame): void {
  program
    .command("replay")
    .description("trade stored data on a simulated account, recorded and controllable as if live")
    .option("--config <file>", CONFIG_HELP)
    .option("--set <path=value>", SET_HELP, override, [])
    .option("--speed <factor>", `${SPEED_HELP} (the default)`, speed)
    .option("--session <name>", SESSION_HELP)
    .option("--venue <address>", VENUE_HELP)
    .option("--no-journal", "record nothing: no verification, no control from other terminals")
    .option("--supervise", "run in a process of its own that is started again when it dies", false)
    .option("--no-supervise", "run in this process (the default)")
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await replay(frame, command.optsWithGlobals<ReplayFlags>()));
    });
}

async function replay(frame: CommandFrame, flags: ReplayFlags): Promise<ExitCode> {
  const { io, runtime } = frame;
  refuseContradictions(flags);
  if (goesByItself(frame, flags)) io.neverWait();
  const session = orUsage(() => sessionId(flags.session ?? `replay-${stampText(io.now())}`));
  if (flags.supervise) {
    const args = supervisedArgs(frame, commandOf(flags, session));
    return (await runtime.supervise(args)) as ExitCode;
  }
  const plan = await planFor(frame, flags, { mode: "replay", sessionId: session });
  const spectator: Spectator = spectatorFor(frame, plan, { json: flags.json === true });
  const onOpening = flags.journal ? openingTeller(frame, flags, plan) : () => undefined;
  const watch = { ...spectator.watch, onOpening };
  const report = await run(frame, flags, plan, watch).finally(() => spectator.close());
  const remainder = remainderOf(flags, session);
  print(frame, flags, {
    json: () => report,
    lines: () => reportText(report, plan.config.instruments, outLook(frame), remainder),
  });
  return report.stopped === "asked" ? EXIT.interrupted : EXIT.done;
}

/** A replay as fast as it goes tells a pipe everything, and waits for its reader: nothing else goes on meanwhile. */
function goesByItself({ io }: CommandFrame, { speed: factor, venue }: ReplayFlags): boolean {
  return io.out.isTty || factor !== undefined || venue !== undefined;
}

function run(
  frame: CommandFrame,
  flags: ReplayFlags,
  plan: SessionPlan,
  watch: SessionWatch,
): Promise<SessionReport> {
  const { io, runtime } = frame;
  const { speed: factor = "max", journal, venue } = flags;
  const shared = { dataFolder: dataFolder(frame, flags), watch, stop: io.stop };
  if (venue === undefined) return runtime.replay(plan, { ...shared, speed: factor, journal });
  return runtime.attach(plan, { ...shared, address: venue });
}

/** With the options that matter to the session, so that it goes on as it was. */
function remainderOf(flags: ReplayFlags, session: string): Remainder {
  const { venue, journal } = flags;
  return {
    open: venue === undefined ? "kept with the session" : "left at the venue",
    goOn: journal
      ? { command: goOnText(commandOf(flags, session)) }
      : { never: "nothing was recorded, so it cannot go on" },
  };
}

function commandOf(flags: ReplayFlags, session: string): SessionCommand {
  const { venue, speed: factor, journal } = flags;
  const options = [
    ...(venue === undefined ? [] : ["--venue", venue]),
    ...(factor === undefined ? [] : ["--speed", String(factor)]),
    ...(journal ? [] : ["--no-journal"]),
  ];
  return { command: "replay", session: journal ? session : null, flags, options };
}

/** What one option says must not be silently undone by another. */
function refuseContradictions({ venue, journal, session, speed: factor }: ReplayFlags): void {
  if (venue !== undefined && !journal) {
    throw new UsageError("Expected no --no-journal beside --venue: orders that leave are recorded");
  }
  if (venue !== undefined && factor !== undefined) {
    throw new UsageError(
      "Expected no --speed beside --venue: the venue sets the pace, with keel venue --speed",
    );
  }
  if (session !== undefined && !journal) {
    throw new UsageError(
      "Expected no --session beside --no-journal: what is not recorded has no name and cannot go on",
    );
  }
  if (venue !== undefined) orUsage(() => localAddress(venue));
}

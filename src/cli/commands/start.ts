import { Option, type Command } from "commander";
import { factor, override } from "#cli/arguments.ts";
import { orUsage } from "#cli/ask.ts";
import { type CommandFrame, UsageError, dataFolder, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { type PlanFlags, SET_HELP, livePlanFor } from "#cli/plan.ts";
import { type Remainder, reportText } from "#cli/report-text.ts";
import { type SessionCommand, goOnText, openingTeller, supervisedArgs } from "#cli/session-run.ts";
import { spectatorFor } from "#cli/spectator.ts";
import { stampText } from "#cli/time-text.ts";
import { sessionId } from "#core/domain/ids.ts";
import type { LiveMode } from "#runtime/config/load-live-plan.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { DeskStatus } from "#runtime/status.ts";

type StartFlags = PlanFlags & {
  readonly mode: LiveMode;
  readonly session?: string;
  /** Of the rehearsal; `START_SPEED` when left out. */
  readonly speed?: number;
  readonly supervise: boolean;
};

/** Flags of a session whose venue is known; `isRehearsal` where its gateway ends with it. */
type TradeFlags = StartFlags & { readonly session: string; readonly isRehearsal: boolean };

const MODES: readonly LiveMode[] = ["live", "paper", "shadow", "collect"];
/** Fast enough to see a trading day in under three minutes, slow enough to follow it. */
const START_SPEED = 600;

export function addStart(program: Command, frame: CommandFrame): void {
  program
    .command("start")
    .description("trade at the venue of a configuration; without one, rehearse the sample day")
    .option(
      "--config <file>",
      "configuration file; a practice gateway with the sample when left out",
    )
    .option("--set <path=value>", SET_HELP, override, [])
    .addOption(new Option("--mode <mode>", "what is sent").choices(MODES).default("live"))
    .option(
      "--session <name>",
      "name of the session; one that was interrupted goes on where it was",
    )
    .option(
      "--speed <factor>",
      `market seconds per second of the rehearsal (${START_SPEED})`,
      factor,
    )
    .option("--supervise", "run in a process of its own that is started again when it dies", false)
    .option("--no-supervise", "run in this process (the default)")
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await start(frame, command.optsWithGlobals<StartFlags>()));
    });
}

async function start(frame: CommandFrame, flags: StartFlags): Promise<ExitCode> {
  const { io, runtime } = frame;
  const { mode, config, speed } = flags;
  io.neverWait();
  const session = orUsage(() => sessionId(flags.session ?? `${mode}-${stampText(io.now())}`));
  if (config !== undefined) {
    if (speed !== undefined) {
      throw new UsageError("Expected no --speed beside --config: the venue sets the pace");
    }
    return run(frame, { ...flags, session, isRehearsal: false });
  }
  const gateway = await runtime.startPractice({
    speed: speed ?? START_SPEED,
    set: flags.set ?? [],
    stop: io.stop,
  });
  try {
    const set = [...(flags.set ?? []), `connection.api=${gateway.url}`];
    const there = { config: runtime.defaultConfig, set };
    return await run(frame, { ...flags, ...there, session, isRehearsal: true });
  } finally {
    await gateway.stop();
  }
}

async function run(frame: CommandFrame, flags: TradeFlags): Promise<ExitCode> {
  if (!flags.supervise) return trade(frame, flags);
  const args = supervisedArgs(frame, commandOf(flags));
  return (await frame.runtime.supervise(args)) as ExitCode;
}

async function trade(frame: CommandFrame, flags: TradeFlags): Promise<ExitCode> {
  const { io, runtime } = frame;
  const { mode, session, json } = flags;
  const plan = await livePlanFor(frame, flags, { mode, sessionId: session });
  const spectator = spectatorFor(frame, plan, { json: json === true });
  let last: DeskStatus | null = null;
  const onStatus = (status: DeskStatus): void => {
    last = status;
    spectator.watch.onStatus?.(status);
  };
  const onOpening = openingTeller(frame, flags, plan);
  const watch = { ...spectator.watch, onStatus, onOpening };
  const report: SessionReport = await runtime
    .live(plan, { dataFolder: dataFolder(frame, flags), watch, stop: io.stop })
    .finally(() => spectator.close());
  print(frame, flags, {
    json: () => report,
    lines: () => reportText(report, plan.config.instruments, outLook(frame), remainderOf(flags)),
  });
  return exitOf(frame, report, last);
}

/** A desk that another login has kept out of the venue until it was stopped says so to scripts too. */
function exitOf(
  { io }: CommandFrame,
  { stopped }: SessionReport,
  last: DeskStatus | null,
): ExitCode {
  if (stopped !== "asked") return EXIT.done;
  if (last?.venue?.isDisplaced !== true) return EXIT.interrupted;
  io.err.write(
    "Another program or web login uses this user at the venue, and this desk had stopped logging in: end the other one first\n",
  );
  return EXIT.otherInstance;
}

function remainderOf(flags: TradeFlags): Remainder {
  return {
    open: flags.mode === "live" ? "left at the venue" : "kept with the session",
    goOn: flags.isRehearsal
      ? { never: "a rehearsal ends with its gateway, and keel start begins another one" }
      : { command: goOnText(commandOf(flags)) },
  };
}

function commandOf(flags: TradeFlags): SessionCommand {
  const options = flags.mode === "live" ? [] : ["--mode", flags.mode];
  return { command: "start", session: flags.session, flags, options };
}

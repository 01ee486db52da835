import { Option, type Command } from "commander";
import { factor, override } from "#cli/arguments.ts";
import { orUsage } from "#cli/ask.ts";
import { type CommandFrame, dataFolder, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { type PlanFlags, SET_HELP, livePlanFor } from "#cli/plan.ts";
import { reportText } from "#cli/report-text.ts";
import { spectatorFor } from "#cli/spectator.ts";
import { stampText } from "#cli/time-text.ts";
import { sessionId } from "#core/domain/ids.ts";
import type { LiveMode } from "#runtime/config/load-live-plan.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { LivePlan } from "#runtime/session-plan.ts";

type StartFlags = PlanFlags & {
  readonly mode: LiveMode;
  readonly session?: string;
  readonly speed: number;
};

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
    .option("--speed <factor>", "market seconds per second of the rehearsal", factor, START_SPEED)
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await start(frame, command.optsWithGlobals<StartFlags>()));
    });
}

async function start(frame: CommandFrame, flags: StartFlags): Promise<ExitCode> {
  if (flags.config !== undefined) return trade(frame, flags);
  const { io, runtime } = frame;
  const gateway = await runtime.startPractice({
    speed: flags.speed,
    set: flags.set ?? [],
    stop: io.stop,
  });
  try {
    const set = [...(flags.set ?? []), `connection.api=${gateway.url}`];
    return await trade(frame, { ...flags, set });
  } finally {
    await gateway.stop();
  }
}

async function trade(frame: CommandFrame, flags: StartFlags): Promise<ExitCode> {
  const { io, runtime } = frame;
  const { mode, json } = flags;
  const session = orUsage(() => sessionId(flags.session ?? `${mode}-${stampText(io.now())}`));
  const plan: LivePlan = await livePlanFor(frame, flags, { mode, sessionId: session });
  const spectator = spectatorFor(frame, plan, { json: json === true });
  const report: SessionReport = await runtime
    .live(plan, { dataFolder: dataFolder(frame, flags), watch: spectator.watch, stop: io.stop })
    .finally(() => spectator.close());
  print(frame, flags, {
    json: () => report,
    lines: () => reportText(report, plan.config.instruments, outLook(frame)),
  });
  return report.stopped === "asked" ? EXIT.interrupted : EXIT.done;
}

import type { Command } from "commander";
import { override } from "#cli/arguments.ts";
import { type CommandFrame, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { CONFIG_HELP, type PlanFlags, SET_HELP, planFor } from "#cli/plan.ts";
import { ProgressBar } from "#cli/progress-bar.ts";
import { reportText } from "#cli/report-text.ts";

export function addBacktest(program: Command, frame: CommandFrame): void {
  program
    .command("backtest")
    .description("run a configuration over its data as fast as possible; nothing is recorded")
    .option("--config <file>", CONFIG_HELP)
    .option("--set <path=value>", SET_HELP, override, [])
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await backtest(frame, command.optsWithGlobals<PlanFlags>()));
    });
}

async function backtest(frame: CommandFrame, flags: PlanFlags): Promise<ExitCode> {
  const { io, runtime } = frame;
  const plan = await planFor(frame, flags, { mode: "backtest", sessionId: "backtest" });
  const progress = new ProgressBar(io.err, plan.data.name);
  const onProgress = (share: number): void => progress.show(share);
  const report = await runtime.backtest(plan, { onProgress }).finally(() => progress.close());
  print(frame, flags, {
    json: () => report,
    lines: () => reportText(report, plan.config.instruments, outLook(frame)),
  });
  return EXIT.done;
}

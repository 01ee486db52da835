import type { Command } from "commander";
import { deskOrWait, waitingText } from "#cli/ask.ts";
import { type CommandFrame, type GlobalFlags, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { statusJson } from "#cli/money-json.ts";
import { layout } from "#cli/status-layout.ts";
import { statusSections } from "#cli/status-tables.ts";
import { headLines } from "#cli/terminal-view.ts";

export function addStatus(program: Command, frame: CommandFrame): void {
  program
    .command("status")
    .description("show the running desk: accounts, positions, orders, limits, bots")
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await showStatus(frame, command.optsWithGlobals<GlobalFlags>()));
    });
}

async function showStatus(frame: CommandFrame, flags: GlobalFlags): Promise<ExitCode> {
  const desk = await deskOrWait(frame, flags);
  if (desk.kind === "waiting") {
    print(frame, flags, { json: () => desk, lines: () => [`The ${waitingText(desk)}`] });
    return EXIT.done;
  }
  const { status, config } = desk;
  const { paint, width: columns } = outLook(frame);
  const room = { columns, rows: Number.POSITIVE_INFINITY };
  print(frame, flags, {
    json: () => statusJson(status),
    lines: () => [
      ...headLines(status, columns, paint),
      ...layout(statusSections(status, config, paint), room, paint),
    ],
  });
  return EXIT.done;
}

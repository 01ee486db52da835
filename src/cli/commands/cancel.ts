import type { Command } from "commander";
import { type AskFlags, REQUEST_ID_HELP, askFor, orUsage } from "#cli/ask.ts";
import { type CommandFrame } from "#cli/command-frame.ts";
import { clientOrderId } from "#core/domain/ids.ts";

export function addCancel(program: Command, frame: CommandFrame): void {
  program
    .command("cancel")
    .description("cancel a working order")
    .argument("<order>", "its id, as keel status shows it")
    .option("--request-id <name>", REQUEST_ID_HELP)
    .action(async (order: string, _options: unknown, command: Command) => {
      const id = orUsage(() => clientOrderId(order));
      const flags = command.optsWithGlobals<AskFlags>();
      frame.finish(await askFor(frame, flags, { kind: "cancel", clientOrderId: id }));
    });
}

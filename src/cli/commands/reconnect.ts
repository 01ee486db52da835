import type { Command } from "commander";
import { type AskFlags, REQUEST_ID_HELP, askFor } from "#cli/ask.ts";
import type { CommandFrame } from "#cli/command-frame.ts";

export function addReconnect(program: Command, frame: CommandFrame): void {
  program
    .command("reconnect")
    .description("log in at the venue again, once the other login that took the session is over")
    .option("--request-id <name>", REQUEST_ID_HELP)
    .action(async (_options: unknown, command: Command) => {
      const flags = command.optsWithGlobals<AskFlags>();
      frame.finish(await askFor(frame, flags, { kind: "reconnect" }));
    });
}

import type { Command } from "commander";
import { type AskFlags, REQUEST_ID_HELP, askFor, orUsage } from "#cli/ask.ts";
import { type CommandFrame } from "#cli/command-frame.ts";
import { accountId } from "#core/domain/ids.ts";

export function addFlatten(program: Command, frame: CommandFrame): void {
  program
    .command("flatten")
    .description("cancel the entries of an account, close its positions, then cancel the rest")
    .argument("<account>", "account to flatten")
    .option("--request-id <name>", REQUEST_ID_HELP)
    .action(async (account: string, _options: unknown, command: Command) => {
      const id = orUsage(() => accountId(account));
      const flags = command.optsWithGlobals<AskFlags>();
      frame.finish(await askFor(frame, flags, { kind: "flatten", accountId: id }));
    });
}

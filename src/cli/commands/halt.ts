import { type Command, Option } from "commander";
import { type AskFlags, REQUEST_ID_HELP, askFor, orUsage } from "#cli/ask.ts";
import { type CommandFrame } from "#cli/command-frame.ts";
import type { HaltScope, TradingState } from "#core/desk/request.ts";
import { accountId, botId } from "#core/domain/ids.ts";

type HaltFlags = AskFlags & {
  readonly account?: string;
  readonly bot?: string;
  readonly state: TradingState;
};

export function addHalt(program: Command, frame: CommandFrame): void {
  program
    .command("halt")
    .description("stop entries of the desk, an account or a bot, or let them begin again")
    .addOption(new Option("--account <account>", "this account only").conflicts("bot"))
    .option("--bot <bot>", "this bot only")
    .addOption(
      new Option("--state <state>", "reducing lets positions shrink, active ends the halt")
        .choices(["active", "reducing", "halted"])
        .default("halted"),
    )
    .option("--request-id <name>", REQUEST_ID_HELP)
    .action(async (_options: unknown, command: Command) => {
      const flags = command.optsWithGlobals<HaltFlags>();
      const scope = orUsage(() => scopeOf(flags));
      const request = { kind: "setTradingState", scope, state: flags.state } as const;
      frame.finish(await askFor(frame, flags, request));
    });
}

function scopeOf({ account, bot }: HaltFlags): HaltScope {
  if (account !== undefined) return { kind: "account", accountId: accountId(account) };
  return bot === undefined ? { kind: "desk" } : { kind: "bot", botId: botId(bot) };
}

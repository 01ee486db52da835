import type { Command } from "commander";
import { accountNamed } from "#cli/account-named.ts";
import { quantity } from "#cli/arguments.ts";
import { type AskFlags, REQUEST_ID_HELP, askFor, deskNow } from "#cli/ask.ts";
import { type CommandFrame } from "#cli/command-frame.ts";
import type { ExitCode } from "#cli/exit-codes.ts";
import { instrumentNamed } from "#cli/order-terms.ts";
import type { Lots } from "#core/domain/units.ts";

type Wanted = { readonly account: string; readonly symbol: string; readonly qty: Lots | null };

export function addClose(program: Command, frame: CommandFrame): void {
  program
    .command("close")
    .description("close a position at the market, whole unless lots are given")
    .argument("<account>", "account that holds it")
    .argument("<symbol>", "instrument of the session")
    .argument("[qty]", "lots", quantity)
    .option("--request-id <name>", REQUEST_ID_HELP)
    .action(
      async (
        account: string,
        symbol: string,
        qty: Lots | undefined,
        ...[, command]: [unknown, Command]
      ) => {
        const wanted = { account, symbol, qty: qty ?? null };
        frame.finish(await close(frame, command.optsWithGlobals<AskFlags>(), wanted));
      },
    );
}

async function close(frame: CommandFrame, flags: AskFlags, wanted: Wanted): Promise<ExitCode> {
  const { config } = await deskNow(frame, flags);
  return askFor(frame, flags, {
    kind: "close",
    accountId: accountNamed(config, wanted.account),
    instrument: instrumentNamed(config, wanted.symbol).id,
    qty: wanted.qty,
  });
}

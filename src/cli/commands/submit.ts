import { Argument, type Command, Option } from "commander";
import { accountNamed } from "#cli/account-named.ts";
import { price, quantity, tickCount } from "#cli/arguments.ts";
import { type AskFlags, REQUEST_ID_HELP, askFor, deskNow } from "#cli/ask.ts";
import { type CommandFrame } from "#cli/command-frame.ts";
import type { ExitCode } from "#cli/exit-codes.ts";
import {
  type LegFlags,
  type PriceFlags,
  bracketOf,
  instrumentNamed,
  orderTerms,
} from "#cli/order-terms.ts";
import type { Side, TimeInForce } from "#core/domain/order.ts";
import type { Lots } from "#core/domain/units.ts";

type SubmitFlags = AskFlags & PriceFlags & LegFlags & { readonly timeInForce: TimeInForce };
type Wanted = {
  readonly account: string;
  readonly side: Side;
  readonly qty: Lots;
  readonly symbol: string;
};

export function addSubmit(program: Command, frame: CommandFrame): void {
  program
    .command("submit")
    .description("ask the desk for an order; it takes the same way through the gate as a bot's")
    .argument("<account>", "account that trades")
    .addArgument(new Argument("<side>").choices(["buy", "sell"]))
    .argument("<qty>", "lots", quantity)
    .argument("<symbol>", "instrument of the session")
    .option("--limit <price>", "worst price to accept", price)
    .option("--stop <price>", "price that triggers the order", price)
    .option("--trail <ticks>", "trailing stop, this far behind the best price", tickCount)
    .option("--stop-loss <ticks>", "stop of the position, from the fill price", tickCount)
    .option("--take-profit <ticks>", "target of the position, from the fill price", tickCount)
    .option("--reduce-only", "may shrink a position, never open or flip one")
    .addOption(
      new Option("--time-in-force <how>", "how long the order works")
        .choices(["day", "gtc", "ioc", "fok"])
        .default("day"),
    )
    .option("--request-id <name>", REQUEST_ID_HELP)
    .action(
      async (
        account: string,
        side: Side,
        qty: Lots,
        ...[symbol, , command]: [string, unknown, Command]
      ) => {
        const wanted = { account, side, qty, symbol };
        frame.finish(await submit(frame, command.optsWithGlobals<SubmitFlags>(), wanted));
      },
    );
}

async function submit(
  frame: CommandFrame,
  flags: SubmitFlags,
  { account, side, qty, symbol }: Wanted,
): Promise<ExitCode> {
  const bracket = bracketOf(flags);
  const { status, config } = await deskNow(frame, flags);
  const instrument = instrumentNamed(config, symbol);
  const touch = status.touches.find((one) => one.instrument === instrument.id)?.touch;
  return askFor(frame, flags, {
    kind: "submit",
    accountId: accountNamed(config, account),
    instrument: instrument.id,
    side,
    qty,
    terms: orderTerms(flags, { instrument, touch, side }),
    timeInForce: flags.timeInForce,
    reduceOnly: flags.reduceOnly === true,
    bracket,
  });
}

import type { Command } from "commander";
import { price, quantity, tickCount } from "#cli/arguments.ts";
import { type AskFlags, REQUEST_ID_HELP, askFor, deskNow, unknownOrder } from "#cli/ask.ts";
import { type CommandFrame, UsageError } from "#cli/command-frame.ts";
import type { ExitCode } from "#cli/exit-codes.ts";
import { type PriceFlags, changedTerms, instrumentNamed } from "#cli/order-terms.ts";
import type { Lots } from "#core/domain/units.ts";

type ModifyFlags = AskFlags & PriceFlags & { readonly qty?: Lots };

export function addModify(program: Command, frame: CommandFrame): void {
  program
    .command("modify")
    .description("change the size or the prices of a working order; what is not named stays")
    .argument("<order>", "its id, as keel status shows it")
    .option("--qty <lots>", "new total, filled lots included", quantity)
    .option("--limit <price>", "worst price to accept", price)
    .option("--stop <price>", "price that triggers the order", price)
    .option("--trail <ticks>", "distance of a trailing stop", tickCount)
    .option("--request-id <name>", REQUEST_ID_HELP)
    .action(async (order: string, _options: unknown, command: Command) => {
      frame.finish(await modify(frame, command.optsWithGlobals<ModifyFlags>(), order));
    });
}

async function modify(frame: CommandFrame, flags: ModifyFlags, id: string): Promise<ExitCode> {
  const { qty, limit, stop, trail } = flags;
  if ([qty, limit, stop, trail].every((one) => one === undefined)) {
    throw new UsageError("Expected --qty, --limit, --stop or --trail, found nothing to change");
  }
  const { status, config } = await deskNow(frame, flags);
  const order = status.orders.find(({ clientOrderId }) => clientOrderId === id);
  if (order === undefined) return unknownOrder(frame, flags, id);
  const instrument = instrumentNamed(config, order.instrument);
  return askFor(frame, flags, {
    kind: "modify",
    clientOrderId: order.clientOrderId,
    qty: qty ?? order.qty,
    terms: changedTerms(order.terms, flags, instrument),
  });
}

import type { Command } from "commander";
import { type DeskThere, VENUE_CONFIG_HELP, askVenue } from "#cli/at-venue.ts";
import { type CommandFrame, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { pnlText } from "#cli/money-text.ts";
import type { PlanFlags } from "#cli/plan.ts";
import { printable, table } from "#cli/table.ts";
import { confirmed } from "#cli/venue-failure.ts";
import type { VenueSession } from "#cli/venue-session.ts";
import { contractByProjectXId } from "#core/domain/instrument-catalogue.ts";
import type { Money } from "#core/domain/units.ts";
import { listAccounts, listPositions } from "#venues/projectx/lookups.ts";

type PositionLine = {
  readonly account: string;
  /** The contract, where the venue does not say which instrument it is. */
  readonly instrument: string;
  readonly side: "long" | "short";
  readonly qty: number;
  /** In price: an average may lie between two ticks. */
  readonly avgEntryPrice: number;
  /** Null where only the venue was asked, which does not tell. */
  readonly openPnl: Money | null;
};

type PositionList = {
  readonly from: "desk" | "venue";
  readonly positions: readonly PositionLine[];
};

export function addPositions(program: Command, frame: CommandFrame): void {
  program
    .command("positions")
    .description("list open positions of all accounts at the venue; a running desk answers for it")
    .option("--config <file>", VENUE_CONFIG_HELP)
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await positions(frame, command.optsWithGlobals<PlanFlags>()));
    });
}

async function positions(frame: CommandFrame, flags: PlanFlags): Promise<ExitCode> {
  const found = await askVenue<PositionList>(frame, flags, {
    byDesk: (desk) => ({ from: "desk", positions: positionsOfDesk(desk) }),
    byVenue: async (venue) => ({ from: "venue", positions: await positionsOfVenue(venue) }),
  });
  print(frame, flags, {
    json: () => found,
    lines: () => positionLines(found.positions, outLook(frame).width),
  });
  return EXIT.done;
}

function positionsOfDesk({ status }: DeskThere): readonly PositionLine[] {
  return status.positions.map(({ position, avgEntryPrice, unrealized }) => ({
    account: position.accountId,
    instrument: position.instrument,
    side: position.qty > 0 ? "long" : "short",
    qty: Math.abs(position.qty),
    avgEntryPrice,
    openPnl: unrealized,
  }));
}

async function positionsOfVenue({
  session,
  asker,
}: VenueSession): Promise<readonly PositionLine[]> {
  const accounts = confirmed(await listAccounts(session), session, asker);
  const found: PositionLine[] = [];
  for (const account of accounts) {
    const rows = confirmed(await listPositions(session, account), session, asker);
    for (const { contractId, type, size, averagePrice } of rows) {
      if (type === 0 || size === 0) continue;
      found.push({
        account: account.name,
        instrument: contractByProjectXId(contractId)?.id ?? contractId,
        side: type === 1 ? "long" : "short",
        qty: size,
        avgEntryPrice: averagePrice,
        openPnl: null,
      });
    }
  }
  return found;
}

function positionLines(list: readonly PositionLine[], width: number): readonly string[] {
  if (list.length === 0) return ["No positions are open"];
  return table(
    [
      { title: "account" },
      { title: "instrument" },
      { title: "side" },
      { title: "qty", align: "right" },
      { title: "entry", align: "right" },
      { title: "open PnL", align: "right" },
    ],
    list.map(({ account, instrument, side, qty, avgEntryPrice, openPnl }) => [
      printable(account),
      printable(instrument),
      side,
      String(qty),
      String(Math.round(avgEntryPrice * 1e6) / 1e6),
      openPnl === null ? "?" : pnlText(openPnl),
    ]),
    width,
  );
}

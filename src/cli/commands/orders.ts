import type { Command } from "commander";
import { type DeskThere, VENUE_CONFIG_HELP, askVenue } from "#cli/at-venue.ts";
import { type CommandFrame, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { instrumentsOf, termsText } from "#cli/fact-lines.ts";
import type { PlanFlags } from "#cli/plan.ts";
import { printable, table } from "#cli/table.ts";
import { confirmed } from "#cli/venue-failure.ts";
import type { VenueSession } from "#cli/venue-session.ts";
import { contractByProjectXId } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import type { OrderTerms, Side } from "#core/domain/order.ts";
import { listAccounts, listOpenOrders } from "#venues/projectx/lookups.ts";
import { tagOf, termsOf } from "#venues/projectx/order-words.ts";
import type { OrderRow } from "#venues/projectx/rows.ts";

type OrderLine = {
  /** The desk's; null for an order that was placed elsewhere. */
  readonly clientOrderId: string | null;
  /** The venue's; null while it has not answered. */
  readonly venueOrderId: string | null;
  readonly account: string;
  readonly instrument: string;
  readonly side: Side;
  readonly qty: number;
  readonly filledQty: number;
  /** In ticks; null where the instrument is not known here. */
  readonly terms: OrderTerms | null;
  readonly state: string;
};

type OrderList = {
  readonly from: "desk" | "venue";
  readonly orders: readonly OrderLine[];
  /** For the prices of the terms. */
  readonly instruments: readonly Instrument[];
};

export function addOrders(program: Command, frame: CommandFrame): void {
  program
    .command("orders")
    .description("list working orders of all accounts at the venue; a running desk answers for it")
    .option("--config <file>", VENUE_CONFIG_HELP)
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await orders(frame, command.optsWithGlobals<PlanFlags>()));
    });
}

async function orders(frame: CommandFrame, flags: PlanFlags): Promise<ExitCode> {
  const { instruments, ...found } = await askVenue<OrderList>(frame, flags, {
    byDesk: (desk) => ordersOfDesk(desk),
    byVenue: (venue) => ordersOfVenue(venue),
  });
  print(frame, flags, {
    json: () => found,
    lines: () => orderLines(found.orders, instruments, outLook(frame).width),
  });
  return EXIT.done;
}

function ordersOfDesk({ status, config }: DeskThere): OrderList {
  const list = status.orders.map((order) => ({
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId,
    account: order.accountId,
    instrument: order.instrument,
    side: order.side,
    qty: order.qty,
    filledQty: order.filledQty,
    terms: order.terms,
    state: order.status.kind,
  }));
  return { from: "desk", orders: list, instruments: config.instruments };
}

async function ordersOfVenue({ session, asker }: VenueSession): Promise<OrderList> {
  const accounts = confirmed(await listAccounts(session), session, asker);
  const found: OrderLine[] = [];
  const instruments = new Map<string, Instrument>();
  for (const account of accounts) {
    for (const row of confirmed(await listOpenOrders(session, account), session, asker)) {
      const instrument = contractByProjectXId(row.contractId);
      if (instrument !== undefined) instruments.set(instrument.id, instrument);
      found.push(lineOf(row, account.name, instrument));
    }
  }
  return { from: "venue", orders: found, instruments: [...instruments.values()] };
}

function lineOf(row: OrderRow, account: string, instrument: Instrument | undefined): OrderLine {
  return {
    clientOrderId: tagOf(row),
    venueOrderId: row.id,
    account,
    instrument: instrument?.id ?? row.contractId,
    side: row.side,
    qty: row.size,
    filledQty: row.fillVolume ?? 0,
    terms: instrument === undefined ? null : termsOf(row, instrument),
    state: row.status,
  };
}

function orderLines(
  list: readonly OrderLine[],
  instruments: readonly Instrument[],
  width: number,
): readonly string[] {
  if (list.length === 0) return ["No orders are working"];
  const known = instrumentsOf(instruments);
  return table(
    [
      { title: "order" },
      { title: "venue's id", spare: 1 },
      { title: "account", spare: 3 },
      { title: "instrument" },
      { title: "side" },
      { title: "qty", align: "right" },
      { title: "filled", align: "right", spare: 2 },
      { title: "terms" },
      { title: "state" },
    ],
    list.map(({ clientOrderId, venueOrderId, account, instrument, ...order }) => [
      clientOrderId === null ? "elsewhere" : printable(clientOrderId),
      venueOrderId ?? "?",
      printable(account),
      printable(instrument),
      order.side,
      String(order.qty),
      String(order.filledQty),
      order.terms === null ? "?" : termsText(order.terms, instrument as Instrument["id"], known),
      order.state,
    ]),
    width,
  );
}

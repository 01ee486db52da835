import type { Command } from "commander";
import { VENUE_CONFIG_HELP, askVenue } from "#cli/at-venue.ts";
import { type CommandFrame, dataFolder, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import type { PlanFlags } from "#cli/plan.ts";
import { printable, table } from "#cli/table.ts";
import { DeskHoldsVenueError, confirmed } from "#cli/venue-failure.ts";
import { contractByProjectXId } from "#core/domain/instrument-catalogue.ts";
import { type Money, moneyFrom } from "#core/domain/units.ts";
import { searchContracts } from "#venues/projectx/lookups.ts";
import type { ContractRow } from "#venues/projectx/rows.ts";

type ContractLine = {
  readonly contractId: string;
  readonly name: string;
  readonly description: string | null;
  /** In price. */
  readonly tickSize: number;
  readonly tickValue: Money;
  readonly active: boolean;
  /** The root here; null where Keel does not know the product. */
  readonly root: string | null;
};

/** The venue gives no more, whatever there is. */
const MOST = 20;

export function addContracts(program: Command, frame: CommandFrame): void {
  program
    .command("contracts")
    .description("search the contracts of the venue by name, description or id")
    .argument("<search>", "such as MGC or gold")
    .option("--config <file>", VENUE_CONFIG_HELP)
    .action(async (search: string, _options: unknown, command: Command) => {
      frame.finish(await contracts(frame, command.optsWithGlobals<PlanFlags>(), search));
    });
}

async function contracts(frame: CommandFrame, flags: PlanFlags, search: string): Promise<ExitCode> {
  const found = await askVenue<readonly ContractLine[]>(frame, flags, {
    byDesk({ status }) {
      throw new DeskHoldsVenueError(
        `Expected no desk on ${dataFolder(frame, flags)}, found session ${status.sessionId} logged in at the venue, which a second log-in would end; ` +
          "search before it starts, or see the contracts it trades in keel status",
      );
    },
    async byVenue({ session, asker }) {
      return confirmed(await searchContracts(session, search), session, asker).map(lineOf);
    },
  });
  print(frame, flags, {
    json: () => found,
    lines: () => contractLines(found, search, outLook(frame).width),
  });
  return EXIT.done;
}

function lineOf(row: ContractRow): ContractLine {
  return {
    contractId: row.id,
    name: row.name,
    description: row.description ?? null,
    tickSize: row.tickSize,
    tickValue: moneyFrom(row.tickValue),
    active: row.activeContract,
    root: contractByProjectXId(row.id)?.root ?? null,
  };
}

function contractLines(
  list: readonly ContractLine[],
  search: string,
  width: number,
): readonly string[] {
  if (list.length === 0) return [`The venue has no contract that is called ${printable(search)}`];
  const lines = table(
    [
      { title: "contract" },
      { title: "name", spare: 3 },
      { title: "here" },
      { title: "tick", align: "right" },
      { title: "worth", align: "right" },
      { title: "active", spare: 2 },
      { title: "description", spare: 1, cuts: true },
    ],
    list.map(({ contractId, name, description, tickSize, tickValue, active, root }) => [
      printable(contractId),
      printable(name),
      root ?? "unknown",
      String(tickSize),
      String(Number(tickValue) / 1e6),
      active ? "yes" : "no",
      printable(description ?? ""),
    ]),
    width,
  );
  return list.length < MOST ? lines : [...lines, `The venue tells ${MOST} at most.`];
}

import type { Command } from "commander";
import { type DeskThere, VENUE_CONFIG_HELP, askVenue, nameHere } from "#cli/at-venue.ts";
import { type CommandFrame, outLook, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { amountText } from "#cli/money-text.ts";
import type { PlanFlags } from "#cli/plan.ts";
import { printable, table, wrapped } from "#cli/table.ts";
import { confirmed } from "#cli/venue-failure.ts";
import type { VenueSession } from "#cli/venue-session.ts";
import type { Arming } from "#core/desk/config.ts";
import { type Money, moneyFrom } from "#core/domain/units.ts";
import type { ConnectionPlan } from "#runtime/session-plan.ts";
import { listAccounts } from "#venues/projectx/lookups.ts";

/** An account of the venue; what only the desk or only the venue knows is null. */
export type AccountLine = {
  readonly name: string;
  readonly id: string | null;
  readonly balance: Money | null;
  readonly canTrade: boolean | null;
  /** What it is called in the configuration. */
  readonly accountId: string | null;
  readonly arming: Arming | null;
};

export type AccountList = {
  readonly from: "desk" | "venue";
  readonly accounts: readonly AccountLine[];
  /** Accounts of the desk whose fills are simulated here; the venue knows nothing of them. */
  readonly simulated: readonly { readonly accountId: string; readonly balance: Money }[];
};

export function addAccounts(program: Command, frame: CommandFrame): void {
  program
    .command("accounts")
    .description("list the accounts at the venue; a running desk answers for it")
    .option("--config <file>", VENUE_CONFIG_HELP)
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await accounts(frame, command.optsWithGlobals<PlanFlags>()));
    });
}

async function accounts(frame: CommandFrame, flags: PlanFlags): Promise<ExitCode> {
  const found = await askVenue<AccountList>(frame, flags, {
    byDesk: (desk) => ({
      from: "desk",
      accounts: accountsOfDesk(desk),
      simulated: simulatedOf(desk),
    }),
    byVenue: async (venue, { connection }) => ({
      from: "venue",
      accounts: await accountsOfVenue(venue, connection),
      simulated: [],
    }),
  });
  print(frame, flags, {
    json: () => found,
    lines: () => {
      const { width, paint } = outLook(frame);
      return [
        ...accountLines(found.accounts, width),
        ...simulatedLines(found, width).map(paint.dim),
      ];
    },
  });
  return EXIT.done;
}

function simulatedOf(desk: DeskThere): AccountList["simulated"] {
  return desk.status.accounts
    .filter(({ accountId }) => isSimulated(desk, accountId))
    .map(({ accountId, balance }) => ({ accountId, balance }));
}

function isSimulated({ status, config }: DeskThere, accountId: string): boolean {
  if (status.mode !== "paper" && status.mode !== "shadow") return false;
  const known = config.accounts.find((one) => one.accountId === accountId);
  return known?.venueId === "simulated";
}

function simulatedLines({ simulated }: AccountList, width: number): readonly string[] {
  if (simulated.length === 0) return [];
  const held = simulated.map((one) => `${one.accountId} with ${amountText(one.balance)}`);
  const text = `These are the venue's accounts and balances, and nothing is sent to them. Simulated on this desk: ${held.join(", ")}; keel status shows more.`;
  return ["", ...wrapped(text, width, "")];
}

export function accountsOfDesk(desk: DeskThere): readonly AccountLine[] {
  const { status } = desk;
  return (status.venue?.accounts ?? []).map(({ accountId, name, balance, canTrade }) => {
    // What is simulated under its name says nothing of the account at the venue.
    const known = status.accounts.find((one) => {
      return one.accountId === accountId && !isSimulated(desk, accountId);
    });
    return {
      name,
      id: null,
      balance: balance === null ? null : moneyFrom(balance),
      canTrade,
      accountId,
      arming: known?.arming ?? "observe",
    };
  });
}

export async function accountsOfVenue(
  { session, asker }: VenueSession,
  connection: ConnectionPlan,
): Promise<readonly AccountLine[]> {
  const rows = confirmed(await listAccounts(session), session, asker);
  return rows.map((row) => ({
    name: row.name,
    id: row.id,
    balance: moneyFrom(row.balance),
    canTrade: row.canTrade,
    accountId: nameHere(connection, row),
    arming: null,
  }));
}

export function accountLines(accounts: readonly AccountLine[], width: number): readonly string[] {
  if (accounts.length === 0) return ["The venue has no active account of this user"];
  const hasNumber = accounts.some(({ id }) => id !== null);
  const hasArming = accounts.some(({ arming }) => arming !== null);
  return table(
    [
      { title: "account" },
      ...(hasNumber ? [{ title: "number", spare: 1 }] : []),
      { title: "balance", align: "right" },
      { title: "may trade" },
      { title: "here" },
      ...(hasArming ? [{ title: "armed" }] : []),
    ],
    accounts.map((one) => [
      printable(one.name),
      ...(hasNumber ? [one.id ?? "?"] : []),
      one.balance === null ? "?" : amountText(one.balance),
      one.canTrade === null ? "?" : yesOrNo(one.canTrade),
      one.accountId ?? "not configured",
      ...(hasArming ? [one.arming ?? "?"] : []),
    ]),
    width,
  );
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}

import { Argument, type Command } from "commander";
import { accountNamed } from "#cli/account-named.ts";
import { budgetSections } from "#cli/account-tables.ts";
import { type AskFlags, REQUEST_ID_HELP, askFor, deskNow } from "#cli/ask.ts";
import { type CommandFrame, UsageError, outLook } from "#cli/command-frame.ts";
import type { ExitCode } from "#cli/exit-codes.ts";
import { layout } from "#cli/status-layout.ts";
import type { Arming } from "#core/desk/config.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { AccountStatus, DeskStatus } from "#runtime/status.ts";

type ArmFlags = AskFlags & { readonly confirm?: string };
type Wanted = { readonly account: string; readonly arming: Arming };

/** From nothing to everything; up is a person's decision, down needs none. */
const STEPS = ["observe", "guard", "trade"] as const satisfies readonly Arming[];

export function addArm(program: Command, frame: CommandFrame): void {
  program
    .command("arm")
    .description("say what may be sent for an account; more needs its name typed once more")
    .argument("<account>", "account of the session")
    .addArgument(
      new Argument("<step>", "nothing, what reduces risk, or what the gate approves").choices(
        STEPS,
      ),
    )
    .option("--confirm <account>", "its name once more, where nobody can type it")
    .option("--request-id <name>", REQUEST_ID_HELP)
    .action(async (account: string, arming: Arming, ...[, command]: [unknown, Command]) => {
      frame.finish(await arm(frame, command.optsWithGlobals<ArmFlags>(), { account, arming }));
    });
}

async function arm(
  frame: CommandFrame,
  flags: ArmFlags,
  { account, arming }: Wanted,
): Promise<ExitCode> {
  const { status, config } = await deskNow(frame, flags);
  const id = accountNamed(config, account);
  const known = status.accounts.find((one) => one.accountId === id);
  invariant(known !== undefined, "a desk tells of every account of its session");
  const isStepUp = STEPS.indexOf(arming) > STEPS.indexOf(known.arming);
  const confirm = isStepUp
    ? await confirmed(frame, flags, { status, account: known, arming })
    : null;
  return askFor(frame, flags, { kind: "arm", accountId: id, arming, confirm });
}

type StepUp = {
  readonly status: DeskStatus;
  readonly account: AccountStatus;
  readonly arming: Arming;
};

/** What is at stake is shown before the name is typed. The desk decides whether it is the right one. */
async function confirmed(
  frame: CommandFrame,
  flags: ArmFlags,
  { status, account, arming }: StepUp,
): Promise<string> {
  const { io } = frame;
  const { accountId: name } = account;
  const isJson = flags.json === true;
  if (!isJson) for (const line of budgetLines(frame, status, account)) io.out.write(`${line}\n`);
  if (flags.confirm !== undefined) return flags.confirm;
  if (isJson || !io.input.isTty) {
    throw new UsageError(
      `Expected --confirm ${name} to go from ${account.arming} to ${arming}, found nobody who could type it`,
    );
  }
  const what = MAY_SEND[arming];
  return io.input.ask(`Type ${name} to let the desk send ${what}: `, "shown");
}

const MAY_SEND: Readonly<Record<Arming, string>> = {
  observe: "nothing",
  guard: "cancels, closes and protective stops",
  trade: "every order that the gate approves",
};

function budgetLines(
  frame: CommandFrame,
  status: DeskStatus,
  account: AccountStatus,
): readonly string[] {
  const { paint, width: columns } = outLook(frame);
  const sections = budgetSections({ ...status, accounts: [account] }, paint);
  const lines = layout(sections, { columns, rows: Number.POSITIVE_INFINITY }, paint).slice(1);
  const unlimited = account.limits.length === 0 ? [paint.warn("No rule limits this account.")] : [];
  return [...lines, ...unlimited, ""];
}

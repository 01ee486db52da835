import type { Command } from "commander";
import { type CommandFrame, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { problemsJson } from "#cli/failures.ts";
import { jsonLine } from "#cli/json.ts";
import { type PlanFlags, checkedPlans } from "#cli/plan.ts";
import { listing } from "#cli/table.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import { instantText } from "#core/domain/instant-text.ts";
import type { CheckedConfig } from "#runtime/config/check-config.ts";
import type { LoadedPlan } from "#runtime/config/load-plan.ts";
import type { LivePlan } from "#runtime/session-plan.ts";

export function addConfig(program: Command, frame: CommandFrame): void {
  const config = program.command("config").description("look at configuration files");
  config
    .command("check")
    .description("read a configuration file and tell every problem with its line")
    .argument("<file>", "configuration file")
    .action(async (file: string, _options: unknown, command: Command) => {
      frame.finish(await check(frame, { ...command.optsWithGlobals<PlanFlags>(), config: file }));
    });
}

async function check(frame: CommandFrame, flags: PlanFlags): Promise<ExitCode> {
  const plans = await checkedPlans(frame, flags).catch((error: unknown) => {
    if (flags.json === true)
      frame.io.out.write(jsonLine({ ok: false, problems: problemsJson(error) }));
    throw error;
  });
  print(frame, flags, {
    json: () => ({ ok: true, problems: [] }),
    lines: () => [`${flags.config} is sound.`, ...listing(summary(plans))],
  });
  return EXIT.done;
}

type Entry = readonly [string, string];

/** Accounts and bots are the same for both kinds of session, but for what may be sent. */
function summary({ stored, live }: CheckedConfig): readonly Entry[] {
  return [
    ...partEntries((live ?? stored)?.config),
    ...(stored === null ? [] : dataEntries(stored)),
    ...(live === null ? [] : venueEntries(live)),
  ];
}

function partEntries(config: SessionConfig | undefined): readonly Entry[] {
  const accounts = config?.accounts.map(
    ({ accountId, rules }) => `${accountId} (${Object.keys(rules).join(", ") || "no rules"})`,
  );
  const bots = config?.bots.map(
    ({ botId, strategy, accountId, instrument, enabled }) =>
      `${botId} (${strategy} on ${accountId} ${instrument}${enabled ? "" : ", off"})`,
  );
  return [
    ["Accounts", accounts?.join("; ") ?? "none"],
    ["Bots", bots?.join("; ") || "none"],
  ];
}

function dataEntries({ data }: LoadedPlan): readonly Entry[] {
  const { from, until } = data.session;
  return [["Data", `${data.name}, ${instantText(from)} to ${instantText(until)}`]];
}

function venueEntries({ connection, config }: LivePlan): readonly Entry[] {
  const { kind, apiUrl, userName, apiKey } = connection;
  const key = "secret" in apiKey ? `the secret ${apiKey.secret}` : "from the file";
  const begin = config.accounts.map(({ accountId, arming }) => `${accountId} in ${arming}`);
  return [
    ["Venue", `${apiUrl} (${kind}), user ${userName}, key ${key}`],
    ["Instruments", config.instruments.map(({ id }) => id).join(", ") || "none"],
    ["Begins", begin.join(", ")],
  ];
}

import type { Command } from "commander";
import { type CommandFrame, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { problemsJson } from "#cli/failures.ts";
import { jsonLine } from "#cli/json.ts";
import { type PlanFlags, planFor } from "#cli/plan.ts";
import { listing } from "#cli/table.ts";
import { instantText } from "#cli/time-text.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";

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
  const session = { mode: "replay", sessionId: "check" } as const;
  const plan = await planFor(frame, flags, session).catch((error: unknown) => {
    if (flags.json === true)
      frame.io.out.write(jsonLine({ ok: false, problems: problemsJson(error) }));
    throw error;
  });
  print(frame, flags, {
    json: () => ({ ok: true, problems: [] }),
    lines: () => [`${flags.config} is sound.`, ...listing(summary(plan))],
  });
  return EXIT.done;
}

function summary({ config, data }: SessionPlan): readonly (readonly [string, string])[] {
  const accounts = config.accounts.map(
    ({ accountId, rules }) => `${accountId} (${Object.keys(rules).join(", ") || "no rules"})`,
  );
  const bots = config.bots.map(
    ({ botId, strategy, accountId, instrument, enabled }) =>
      `${botId} (${strategy} on ${accountId} ${instrument}${enabled ? "" : ", off"})`,
  );
  const { from, until } = data.session;
  return [
    ["Accounts", accounts.join("; ")],
    ["Bots", bots.join("; ") || "none"],
    ["Data", `${data.name}, ${instantText(from)} to ${instantText(until)}`],
  ];
}

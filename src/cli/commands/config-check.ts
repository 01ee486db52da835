import type { Command } from "commander";
import { type CommandFrame, print } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { jsonLine } from "#cli/json.ts";
import { type PlanFlags, planFor } from "#cli/plan.ts";
import { listing } from "#cli/table.ts";
import { instantText } from "#cli/time-text.ts";
import { ConfigError, pathText } from "#runtime/config/config-problem.ts";
import { DataError } from "#runtime/config/data-catalog.ts";
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
      frame.io.out.write(jsonLine({ ok: false, problems: problemsOf(error) }));
    throw error;
  });
  print(frame, flags, {
    json: () => ({ ok: true, problems: [] }),
    lines: () => [`${flags.config} is sound.`, ...listing(summary(plan))],
  });
  return EXIT.done;
}

/** The problems of a configuration for programs; none when it failed for another reason. */
function problemsOf(error: unknown): readonly unknown[] {
  const config = error instanceof DataError ? error.cause : error;
  if (!(config instanceof ConfigError)) return [];
  return config.problems.map(({ place, path, ...rest }) => ({
    ...(place.kind === "file" ? { line: place.line, column: place.column } : {}),
    path: pathText(path),
    ...rest,
  }));
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

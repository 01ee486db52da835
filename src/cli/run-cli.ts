import { Command, CommanderError } from "commander";
import type { CliIo, Runtime } from "./cli-io.ts";
import type { CommandFrame } from "./command-frame.ts";
import { addAccounts } from "./commands/accounts.ts";
import { addArm } from "./commands/arm.ts";
import { addBacktest } from "./commands/backtest.ts";
import { addCancel } from "./commands/cancel.ts";
import { addClose } from "./commands/close.ts";
import { addConfig } from "./commands/config-check.ts";
import { addContracts } from "./commands/contracts.ts";
import { addFlatten } from "./commands/flatten.ts";
import { addHalt } from "./commands/halt.ts";
import { addJournal } from "./commands/journal-dump.ts";
import { addLogin } from "./commands/login-check.ts";
import { addModify } from "./commands/modify.ts";
import { addOrders } from "./commands/orders.ts";
import { addPositions } from "./commands/positions.ts";
import { addPractice } from "./commands/practice.ts";
import { addReconnect } from "./commands/reconnect.ts";
import { addReplay } from "./commands/replay.ts";
import { addSecret } from "./commands/secret.ts";
import { addSessions } from "./commands/sessions.ts";
import { addStart } from "./commands/start.ts";
import { addStatus } from "./commands/status.ts";
import { addSubmit } from "./commands/submit.ts";
import { addVenue } from "./commands/venue.ts";
import { addVerify } from "./commands/verify.ts";
import { EXIT, type ExitCode, exitCodeHelp } from "./exit-codes.ts";
import { explain, explainJson } from "./failures.ts";
import { jsonLine } from "./json.ts";
import { checkCommandNames, tellUsage } from "./usage.ts";

const COMMANDS = [
  addStart,
  addReplay,
  addBacktest,
  addVenue,
  addPractice,
  addLogin,
  addAccounts,
  addContracts,
  addPositions,
  addOrders,
  addStatus,
  addSubmit,
  addModify,
  addCancel,
  addClose,
  addFlatten,
  addHalt,
  addArm,
  addReconnect,
  addVerify,
  addJournal,
  addSessions,
  addSecret,
  addConfig,
] as const;

const JSON_HELP =
  "With --json money is in millionths of a dollar and every instant in milliseconds since 1970, prices in ticks.";

/** Runs one command line and returns how it ended. Reads and writes only what it is given. */
export async function runCli(
  args: readonly string[],
  io: CliIo,
  runtime: Runtime,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = programFor({ io, runtime, finish: (ended) => (code = ended) });
  try {
    checkCommandNames(program, args);
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const failure = explain(error);
    if (args.includes("--json")) io.err.write(jsonLine(explainJson(error)));
    else for (const line of failure.lines) io.err.write(`${line}\n`);
    return failure.code;
  }
}

function programFor(frame: CommandFrame): Command {
  const { io, runtime } = frame;
  const program = new Command("keel")
    .description("A self-hosted trading desk: one process, your machine, your keys.")
    .version(runtime.version, "--version", "show the version")
    .option(
      "--data <folder>",
      "where sessions are recorded (default: KEEL_DATA, else keel-data here)",
    )
    .option("--json", "print JSON for programs: one value, or one object a line")
    .addHelpText("after", `\n${exitCodeHelp()}\n\n${JSON_HELP}`)
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      getOutHelpWidth: () => io.out.size().columns,
      getErrHelpWidth: () => io.err.size().columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const add of COMMANDS) add(program, frame);
  tellUsage(program);
  return program;
}

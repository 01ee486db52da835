import type { Command, CommanderError } from "commander";
import { nearest } from "#core/domain/nearest.ts";
import { UsageError } from "./command-frame.ts";

/** Makes every command tell wrong usage as Keel does: what was expected, what was found, and how it is used. */
export function tellUsage(command: Command): void {
  command.configureOutput({ outputError: () => undefined });
  command.exitOverride((error) => {
    throw usageError(command, error) ?? error;
  });
  for (const one of command.commands) tellUsage(one);
}

/** Refuses a command that does not exist, also where help is asked of it. `args` as the program got them. */
export function checkCommandNames(program: Command, args: readonly string[]): void {
  const { operands } = program.parseOptions([...args]);
  const names = operands[0] === "help" ? operands.slice(1) : operands;
  let command = program;
  for (const name of names) {
    if (command.commands.length === 0) return;
    const next = command.commands.find((one) => one.name() === name);
    if (next === undefined) throw unknownCommand(command, name);
    command = next;
  }
}

/** Undefined for what is no mistake, such as a request for help. */
function usageError(command: Command, { code, message }: CommanderError): UsageError | undefined {
  const words = [...message.matchAll(/'([^']*)'/gu)].map(([, word = ""]) => word);
  const [first = "", second = ""] = words;
  switch (code) {
    case "commander.missingArgument":
      return wrong(command, `Expected <${first}>, found nothing`);
    case "commander.optionMissingArgument":
      return wrong(
        command,
        `Expected ${first.split(" ").slice(1).join(" ")} after ${flagOf(first)}, found nothing`,
      );
    case "commander.missingMandatoryOptionValue":
      return wrong(command, `Expected ${first}, found nothing`);
    case "commander.conflictingOption":
      return wrong(command, `Expected ${flagOf(first)} or ${flagOf(second)}, found both`);
    case "commander.unknownOption":
      return unknownOption(command, first);
    case "commander.unknownCommand":
      return unknownCommand(command, first);
    case "commander.excessArguments":
      return wrong(command, excess(command));
    case "commander.invalidArgument":
      return wrong(command, invalid(message));
    default:
      return undefined;
  }
}

function unknownOption(command: Command, option: string): UsageError {
  const known = [command, rootOf(command)].flatMap(({ options }) => options.map(longOf));
  const near = nearest(option, known);
  const others = rootOf(command)
    .commands.filter((other) => other.options.some((one) => longOf(one) === option))
    .map(nameOf);
  const hint = others.length === 0 ? didYouMean(near) : `; ${listed(others)} it`;
  return wrong(command, `Expected an option of ${nameOf(command)}, found ${option}${hint}`);
}

function unknownCommand(command: Command, name: string): UsageError {
  const near = nearest(
    name,
    command.commands.map((one) => one.name()),
  );
  const hint = near === undefined ? `; ${nameOf(command)} --help lists them` : didYouMean(near);
  return wrong(command, `Expected a command of ${nameOf(command)}, found ${name}${hint}`);
}

function excess({ registeredArguments, args }: Command): string {
  const most = registeredArguments.length;
  const expected = most === 0 ? "no arguments" : `${most} argument${most === 1 ? "" : "s"} at most`;
  return `Expected ${expected}, found ${args.join(" ")}`;
}

/** `error: option '--limit <price>' argument '13e2' is invalid. Expected a price such as 1320.5.` in our words. */
function invalid(message: string): string {
  const about =
    /^error: (?:option '(?<option>.*?)' argument|command-argument value) '(?<value>.*)' is invalid(?: for argument '(?<argument>\w+)')?\. (?<why>.*)\.$/su;
  const { option, value, argument, why = "" } = about.exec(message)?.groups ?? {};
  if (why.includes(", found ")) return why;
  const expected = why.replace(/^Allowed choices are /u, "Expected one of ");
  const where = option === undefined ? `as <${argument}>` : `after ${flagOf(option)}`;
  return `${expected}, found ${JSON.stringify(value ?? "")} ${where}`;
}

function wrong(command: Command, sentence: string): UsageError {
  return new UsageError(sentence, { usage: `Usage: ${nameOf(command)} ${command.usage()}` });
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** `keel replay has`, `keel replay and keel venue have`, `keel start, keel replay and 3 more have`. */
function listed(names: readonly string[]): string {
  if (names.length === 1) return `${names.join("")} has`;
  if (names.length === 2) return `${names.join(" and ")} have`;
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} more have`;
}

/** `--limit` of `--limit <price>`. */
function flagOf(flags: string): string {
  return flags.split(" ")[0] ?? flags;
}

function longOf({ long, flags }: { readonly long?: string | undefined; readonly flags: string }) {
  return long ?? flags;
}

/** `keel journal dump`. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

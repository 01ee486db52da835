import { type Command, Option } from "commander";
import { orUsage } from "#cli/ask.ts";
import {
  type CommandFrame,
  type GlobalFlags,
  MissingError,
  UsageError,
  dataFolder,
  outLook,
  print,
} from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { table } from "#cli/table.ts";
import {
  type SecretCabinet,
  type SecretName,
  type SecretSafe,
  isSecretText,
  secretName,
} from "#ports/secrets.ts";

type SetFlags = GlobalFlags & { readonly keychain?: boolean; readonly file?: boolean };

export function addSecret(program: Command, frame: CommandFrame): void {
  const secret = program
    .command("secret")
    .description("keep API keys where no file, log or screen shows them");
  secret
    .command("set")
    .description("keep a secret, typed without being shown, or piped in")
    .argument("<name>", "as the configuration calls it: key: { secret: NAME }")
    .addOption(
      new Option(
        "--keychain",
        "in the keychain of the system (the default where there is one)",
      ).conflicts("file"),
    )
    .option("--file", "in the data folder, in a file that opens with a passphrase")
    .action(async (name: string, _options: unknown, command: Command) => {
      frame.finish(await set(frame, command.optsWithGlobals<SetFlags>(), name));
    });
  secret
    .command("list")
    .description("name the secrets that are kept, and where")
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await list(frame, command.optsWithGlobals<GlobalFlags>()));
    });
  secret
    .command("remove")
    .description("delete a secret from the keychain and from the file")
    .argument("<name>", "as keel secret list shows it")
    .action(async (name: string, _options: unknown, command: Command) => {
      frame.finish(await remove(frame, command.optsWithGlobals<GlobalFlags>(), name));
    });
}

async function set(frame: CommandFrame, flags: SetFlags, named: string): Promise<ExitCode> {
  const name = orUsage(() => secretName(named));
  const cabinet = cabinetOf(frame, flags);
  const safe = await chosenSafe(cabinet, flags);
  const text = await typedSecret(frame, name);
  await safe.write(name, text);
  const first = await shadowOf(cabinet, safe, name);
  print(frame, flags, {
    json: () => ({ set: name, place: safe.place, usedFrom: first ?? safe.place }),
    lines: () => [
      `Secret ${name} is kept in ${safe.place}`,
      ...(first === null
        ? []
        : [`It is not used yet: ${first} has one of that name and counts first`]),
    ],
  });
  return EXIT.done;
}

async function list(frame: CommandFrame, flags: GlobalFlags): Promise<ExitCode> {
  const { variables, keychain, file } = cabinetOf(frame, flags);
  const kept: { readonly name: SecretName; readonly place: string }[] = [];
  for (const { names, place } of [variables, keychain, file]) {
    for (const name of (await names()) ?? []) kept.push({ name, place });
  }
  print(frame, flags, {
    json: () => kept,
    lines: () =>
      kept.length === 0
        ? ["No secrets are kept; keep one with keel secret set NAME"]
        : table(
            [{ title: "secret" }, { title: "kept in", cuts: true }],
            kept.map(({ name, place }) => [name, place]),
            outLook(frame).width,
          ),
  });
  return EXIT.done;
}

async function remove(frame: CommandFrame, flags: GlobalFlags, named: string): Promise<ExitCode> {
  const name = orUsage(() => secretName(named));
  const { keychain, file } = cabinetOf(frame, flags);
  const places: string[] = [];
  for (const safe of [keychain, file]) {
    if (await safe.remove(name)) places.push(safe.place);
  }
  if (places.length === 0) {
    throw new MissingError(
      `Expected the secret ${name} in the keychain or ${file.place}, found none; keel secret list names what is kept`,
    );
  }
  print(frame, flags, {
    json: () => ({ removed: name, places }),
    lines: () => [`Secret ${name} is removed from ${places.join(" and ")}`],
  });
  return EXIT.done;
}

function cabinetOf(frame: CommandFrame, flags: GlobalFlags): SecretCabinet {
  return frame.runtime.secrets(dataFolder(frame, flags));
}

/** Where a secret goes: as it was said, else into the keychain where there is one. */
async function chosenSafe({ keychain, file }: SecretCabinet, flags: SetFlags): Promise<SecretSafe> {
  if (flags.file === true) return file;
  const hindrance = await keychain.hindrance();
  if (hindrance === null) return keychain;
  if (flags.keychain !== true) return file;
  throw new UsageError(
    `Expected a keychain, found that it cannot be used: ${hindrance}; --file keeps secrets in ${file.place}`,
  );
}

/** What comes first when the secret is looked for; null where that is where it was put. */
async function shadowOf(
  { variables, keychain }: SecretCabinet,
  safe: SecretSafe,
  name: SecretName,
): Promise<string | null> {
  for (const keeper of [variables, keychain]) {
    if (keeper === safe) return null;
    if ((await keeper.read(name)).kind === "found") return keeper.place;
  }
  return null;
}

async function typedSecret({ io: { input } }: CommandFrame, name: SecretName): Promise<string> {
  const typed = input.isTty ? await input.ask(`Secret ${name}: `, "hidden") : await input.read();
  const text = typed.replace(/\r?\n$/u, "");
  if (isSecretText(text)) return text;
  const found = text === "" ? "nothing" : "something else";
  throw new UsageError(
    `Expected a secret of 1 to 4096 printable ASCII characters on one line, typed or piped in, found ${found}`,
  );
}

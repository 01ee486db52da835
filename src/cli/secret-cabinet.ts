import { type SecretCabinet, type SecretName, SecretsError, secretName } from "#ports/secrets.ts";
import type { ConnectionPlan } from "#runtime/session-plan.ts";
import { keychain } from "#storage/secrets/keychain.ts";
import { PASSPHRASE_MIN, givenPassphrase } from "#storage/secrets/passphrase.ts";
import { secretVariables, variableOf, withoutSecrets } from "#storage/secrets/secret-variable.ts";
import { type SecretsFileParts, secretsFile } from "#storage/secrets/secrets-file.ts";
import { systemTools } from "#storage/secrets/tool.ts";
import type { CliIo } from "./cli-io.ts";
import { MissingError } from "./command-frame.ts";

export type CabinetParts = Pick<SecretsFileParts, "folder" | "randomBytes" | "kdf"> & {
  readonly io: Pick<CliIo, "env" | "input">;
  readonly platform: NodeJS.Platform;
};

export function secretCabinet({ io, platform, ...parts }: CabinetParts): SecretCabinet {
  const { env } = io;
  return {
    variables: secretVariables(env),
    keychain: keychain({ platform, run: systemTools(withoutSecrets(env)), folder: parts.folder }),
    file: secretsFile({ ...parts, passphrase: (about) => passphraseFor(io, about) }),
  };
}

/**
 * The text of a secret: from the environment, else the keychain, else the file. Throws `MissingError` where none has it,
 * with why one could not be asked; `SecretsError` where the file does not open.
 */
export async function secretText(cabinet: SecretCabinet, name: SecretName): Promise<string> {
  const { variables, keychain: system, file } = cabinet;
  const hindrances: string[] = [];
  for (const keeper of [variables, system, file]) {
    const answer = await keeper.read(name);
    if (answer.kind === "found") return answer.text;
    if (answer.kind === "unavailable") hindrances.push(` (${answer.reason})`);
  }
  throw new MissingError(
    `Expected the secret ${name} in ${variableOf(name)}, the keychain or ${file.place}, found it in none of them${hindrances.join("")}; ` +
      `keep it with keel secret set ${name}`,
  );
}

/** The key of a connection, whose text the configuration has got from the environment or does not hold. */
export async function apiKeyText(
  cabinet: SecretCabinet,
  { apiKey }: Pick<ConnectionPlan, "apiKey">,
): Promise<string> {
  return "text" in apiKey ? apiKey.text : secretText(cabinet, secretName(apiKey.secret));
}

/** Given to the process, or typed by the person at its terminal; a new one twice. */
async function passphraseFor(
  { env, input }: CabinetParts["io"],
  { path, isNew }: { readonly path: string; readonly isNew: boolean },
): Promise<string> {
  const given = givenPassphrase(env);
  if (given === null && !input.isTty) {
    throw new SecretsError(
      `Expected the passphrase of ${path} in KEEL_PASSPHRASE, in the file that KEEL_PASSPHRASE_FILE names, or typed on a terminal, found none of them`,
    );
  }
  const what = isNew ? `New passphrase for ${path}: ` : `Passphrase of ${path}: `;
  const passphrase = given ?? (await input.ask(what, "hidden"));
  if (!isNew) return passphrase;
  if (passphrase.length < PASSPHRASE_MIN) {
    throw new SecretsError(
      `Expected a passphrase of at least ${PASSPHRASE_MIN} characters, found ${passphrase.length}; several words are easy to keep`,
    );
  }
  if (given === null && (await input.ask("The same once more: ", "hidden")) !== passphrase) {
    throw new SecretsError("Expected the same passphrase twice, found two different ones");
  }
  return passphrase;
}

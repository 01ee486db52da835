import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type FoundSecret,
  type SecretName,
  type SecretSafe,
  SecretsDamagedError,
  SecretsError,
  secretName,
} from "#ports/secrets.ts";
import { makeDataFolder } from "#storage/session-folder.ts";
import { syncFolder } from "#storage/session-note.ts";
import { type Kdf, type Sealed, openSealed, seal } from "./sealed.ts";
import { type SecretsContent, readContent, writtenContent } from "./secrets-content.ts";

export type SecretsFileParts = {
  /** The data folder. */
  readonly folder: string;
  /** Asked for only when something must be opened or sealed; `isNew` for the first secret. Throws `SecretsError`. */
  readonly passphrase: (about: {
    readonly path: string;
    readonly isNew: boolean;
  }) => Promise<string>;
  readonly randomBytes: (count: number) => Uint8Array;
  /** How hard passphrases are to guess; of a file that is there already, its own word counts. */
  readonly kdf?: Kdf;
};

const FILE = "secrets.json";
const PRIVATE = 0o600;
/** About half a second and 128 MiB on the machine of a trader. */
const KDF: Kdf = { name: "scrypt", N: 131_072, r: 8, p: 1 };
/** Sealed beside the secrets, so that a wrong passphrase is told from damage and never gets a file of its own. */
const PROBE = "keel";

/**
 * Secrets in a file of the data folder that opens with a passphrase: scrypt and AES-256-GCM, each secret with its own
 * salt and nonce, bound to its name. The names can be read without the passphrase.
 */
export function secretsFile(parts: SecretsFileParts): SecretSafe {
  const path = join(parts.folder, FILE);
  return {
    place: path,
    hindrance: async () => null,
    names: async () => (existsSync(path) ? namesOf(contentOf(path)) : []),
    read: (name) => read(parts, path, name),
    write: (name, text) => write(parts, path, { name, text }),
    async remove(name) {
      if (!existsSync(path)) return false;
      const { secrets, ...rest } = contentOf(path);
      const { [name]: removed, ...others } = secrets;
      if (removed === undefined) return false;
      // Without secrets nothing is left that needs the passphrase, and the next one may have another.
      if (Object.keys(others).length === 0) rmSync(path);
      else replace(path, { ...rest, secrets: others });
      syncFolder(parts.folder);
      return true;
    },
  };
}

async function read(
  { passphrase }: SecretsFileParts,
  path: string,
  name: SecretName,
): Promise<FoundSecret> {
  if (!existsSync(path)) return { kind: "none" };
  const content = contentOf(path);
  const sealed = Object.hasOwn(content.secrets, name) ? content.secrets[name] : undefined;
  if (sealed === undefined) return { kind: "none" };
  const phrase = await passphrase({ path, isNew: false });
  const text = await openSealed(sealed, { passphrase: phrase, kdf: content.kdf, label: name });
  if (text !== null) return { kind: "found", text };
  await refuseWrong(path, content, phrase);
  throw new SecretsDamagedError(
    `Expected the secret ${name} in ${path} as it was sealed, found it changed; set it again`,
  );
}

async function write(
  { passphrase, randomBytes, folder, kdf = KDF }: SecretsFileParts,
  path: string,
  { name, text }: { readonly name: SecretName; readonly text: string },
): Promise<void> {
  const known = existsSync(path) ? contentOf(path) : null;
  const phrase = await passphrase({ path, isNew: known === null });
  if (known !== null) await refuseWrong(path, known, phrase);
  const sealing = { passphrase: phrase, kdf: known?.kdf ?? kdf, randomBytes };
  const { probe, secrets } = known ?? {
    probe: await seal(PROBE, { ...sealing, label: "" }),
    secrets: {},
  };
  const sealed: Sealed = await seal(text, { ...sealing, label: name });
  makeDataFolder(folder);
  replace(path, { kdf: sealing.kdf, probe, secrets: { ...secrets, [name]: sealed } });
}

async function refuseWrong(
  path: string,
  { kdf, probe }: SecretsContent,
  passphrase: string,
): Promise<void> {
  if ((await openSealed(probe, { passphrase, kdf, label: "" })) === PROBE) return;
  throw new SecretsError(`Expected the passphrase of ${path}, found another one`);
}

function contentOf(path: string): SecretsContent {
  return readContent(readFileSync(path, "utf8"), path);
}

function namesOf({ secrets }: SecretsContent): readonly SecretName[] {
  return Object.keys(secrets).toSorted().map(secretName);
}

/** The whole new file or the one before, for its owner only. */
function replace(path: string, content: SecretsContent): void {
  const draft = join(dirname(path), `.${FILE}.new`);
  rmSync(draft, { force: true });
  writeFileSync(draft, writtenContent(content), { mode: PRIVATE, flag: "wx", flush: true });
  renameSync(draft, path);
  syncFolder(dirname(path));
}

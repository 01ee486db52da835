import { hash } from "node:crypto";
import { choice, integer, mapOf, object, readSetting, text } from "#core/domain/settings.ts";
import { SecretsDamagedError, SecretsError, secretName } from "#ports/secrets.ts";
import type { Kdf, Sealed } from "./sealed.ts";

/** What the file of secrets holds. Everything but the sealed texts can be read by whoever has the file. */
export type SecretsContent = {
  readonly kdf: Kdf;
  /** A known text under the passphrase. */
  readonly probe: Sealed;
  readonly secrets: Readonly<Record<string, Sealed>>;
};

const VERSION = 1;

const part = text("a text in base64");
const sealed = object({ salt: part, nonce: part, tag: part, text: part });
const content = object({
  version: integer({ min: VERSION, max: VERSION }),
  // Bounded, so that a changed file cannot take all memory and time of the machine.
  kdf: object({
    name: choice("scrypt"),
    N: integer({ min: 2, max: 1_048_576 }),
    r: integer({ min: 1, max: 8 }),
    p: integer({ min: 1, max: 4 }),
  }),
  probe: sealed,
  secrets: mapOf(sealed),
  sum: text("the checksum"),
});

/** Reads the text of a file; `path` is for the message. Throws `SecretsDamagedError`, or `SecretsError` for a newer one. */
export function readContent(written: string, path: string): SecretsContent {
  const raw = parsed(written);
  refuseNewer(raw, path);
  const reading = readSetting(content, raw);
  if (!reading.ok) throw damaged(path);
  const { sum, kdf, probe, secrets } = reading.value;
  const value = { kdf, probe, secrets };
  const isWhole = sum === sumOf(value) && Number.isInteger(Math.log2(kdf.N));
  if (!isWhole || !Object.keys(secrets).every(isName)) throw damaged(path);
  return value;
}

export function writtenContent(value: SecretsContent): string {
  return `${JSON.stringify({ version: VERSION, ...value, sum: sumOf(value) }, null, 2)}\n`;
}

/** Tells what a disk or an editor has done to it; who means harm is told by the seal of each secret. */
function sumOf({ kdf, probe, secrets }: SecretsContent): string {
  const { name, N, r, p } = kdf;
  const parts = [["", probe] as const, ...Object.entries(secrets)].map(([label, one]) => {
    return [label, one.salt, one.nonce, one.tag, one.text];
  });
  return hash("sha256", JSON.stringify([VERSION, name, N, r, p, ...parts.toSorted(byLabel)]));
}

function byLabel([one = ""]: readonly string[], [other = ""]: readonly string[]): number {
  return one < other ? -1 : 1;
}

function isName(text: string): boolean {
  try {
    return secretName(text) === text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

function refuseNewer(raw: unknown, path: string): void {
  const version: unknown =
    typeof raw === "object" && raw !== null ? Reflect.get(raw, "version") : undefined;
  if (!Number.isSafeInteger(version) || Number(version) <= VERSION) return;
  throw new SecretsError(
    `Expected ${path} of version ${VERSION}, found version ${Number(version)}; it was written by a newer Keel`,
  );
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

function damaged(path: string): SecretsDamagedError {
  return new SecretsDamagedError(
    `Expected ${path} as it was written, found it damaged; bring it back from a copy, or delete it and set each secret again`,
  );
}

import type { Brand } from "#core/domain/brand.ts";

/** What a secret is called in the configuration and on the command line. */
export type SecretName = Brand<string, "SecretName">;

/** Throws `RangeError` for what can be no name. */
export function secretName(text: string): SecretName {
  if (/^[A-Za-z][\w-]{0,63}$/u.test(text)) return text as SecretName;
  throw new RangeError(
    `Expected a secret's name of 1 to 64 letters, digits, "-" or "_" that begins with a letter, found ${JSON.stringify(text)}`,
  );
}

/** Whether it can be kept: one line of printable ASCII, which every keeper gives back as it was. */
export function isSecretText(text: string): boolean {
  return /^[\x20-\x7e]{1,4096}$/u.test(text);
}

/** What a keeper says of one name. `unavailable`: it cannot be asked here, and the reason says why. */
export type FoundSecret =
  | { readonly kind: "found"; readonly text: string }
  | { readonly kind: "none" }
  | { readonly kind: "unavailable"; readonly reason: string };

/** One place where secrets are kept. What it gives is never printed, recorded or put into an error. */
export type SecretKeeper = {
  /** For people: `the keychain`, `/data/secrets.json`. */
  readonly place: string;
  /** Throws `SecretsError` where what is kept cannot be opened. */
  readonly read: (name: SecretName) => Promise<FoundSecret>;
  /** The names it keeps, sorted; null where it cannot be asked. */
  readonly names: () => Promise<readonly SecretName[] | null>;
};

/** A place where secrets can be put. Errors as of `SecretKeeper`. */
export type SecretSafe = SecretKeeper & {
  /** Why it cannot be used here, or null. */
  readonly hindrance: () => Promise<string | null>;
  /** The text must be one that `isSecretText`. */
  readonly write: (name: SecretName, text: string) => Promise<void>;
  /** Whether it was there. */
  readonly remove: (name: SecretName) => Promise<boolean>;
};

/** Everywhere a secret may be kept, in the order in which it is looked for. */
export type SecretCabinet = {
  readonly variables: SecretKeeper;
  readonly keychain: SecretSafe;
  readonly file: SecretSafe;
};

/** Secrets that are there cannot be opened or kept: no passphrase, a wrong one, or a tool that refuses. */
export class SecretsError extends Error {
  override readonly name: string = "SecretsError";
}

/** The file of secrets is not as it was written. */
export class SecretsDamagedError extends SecretsError {
  override readonly name = "SecretsDamagedError";
}

import { readFileSync, statSync } from "node:fs";
import { SecretsError } from "#ports/secrets.ts";
import type { Variables } from "./secret-variable.ts";

/** Fewer can be tried out by whoever has the file. */
export const PASSPHRASE_MIN = 12;

/** The passphrase that was given to the process, or null. Throws `SecretsError` for a file that cannot be used. */
export function givenPassphrase(env: Variables): string | null {
  const text = env["KEEL_PASSPHRASE"] ?? "";
  if (text !== "") return text;
  const path = env["KEEL_PASSPHRASE_FILE"] ?? "";
  return path === "" ? null : passphraseIn(path);
}

/** The first line of a file that nobody but its owner, and a group made for it, may read. */
function passphraseIn(path: string): string {
  const [line = ""] = contentOf(path).split(/\r?\n/u);
  if (line !== "") return line;
  throw new SecretsError(
    `Expected a passphrase in ${path} (KEEL_PASSPHRASE_FILE), found an empty line`,
  );
}

function contentOf(path: string): string {
  try {
    const { mode } = statSync(path);
    if (process.platform !== "win32" && (mode & 0o007) !== 0) {
      throw new SecretsError(
        `Expected ${path} (KEEL_PASSPHRASE_FILE) to be closed to others, found mode ${(mode & 0o777).toString(8)}; chmod 600 it`,
      );
    }
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    throw new SecretsError(
      `Expected a file with a passphrase at ${path} (KEEL_PASSPHRASE_FILE), found: ${cause.message}`,
      { cause },
    );
  }
}

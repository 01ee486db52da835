import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mapOf, readSetting, text as textSetting } from "#core/domain/settings.ts";
import {
  type SecretSafe,
  SecretsDamagedError,
  SecretsError,
  isSecretText,
  secretName,
} from "#ports/secrets.ts";
import { makeDataFolder } from "#storage/session-folder.ts";
import type { RunTool, ToolAnswer } from "./tool.ts";

const FILE = "secrets-windows.json";
const POWERSHELL = ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command"];
/** Both take one line and give one line; DPAPI seals for the person who is logged in on this machine. */
const SEAL =
  "[Console]::In.ReadLine() | ConvertTo-SecureString -AsPlainText -Force | ConvertFrom-SecureString";
const OPEN =
  "$s = [Console]::In.ReadLine() | ConvertTo-SecureString; [Net.NetworkCredential]::new('', $s).Password";
const ABSENT = "PowerShell is not there";

/** Windows keeps no secrets by name for a program without a library, but seals them: what is sealed lies in a file. */
export function windowsVault(run: RunTool, folder: string): SecretSafe {
  const path = join(folder, FILE);
  return {
    place: "the keychain",
    async hindrance() {
      const answer = await run([...POWERSHELL, SEAL], "probe\n");
      if (answer === null) return ABSENT;
      return lineOf(answer) === null ? reasonOf(answer) : null;
    },
    async read(name) {
      const sealed = entriesOf(path)[name];
      if (sealed === undefined) return { kind: "none" };
      const answer = await run([...POWERSHELL, OPEN], `${sealed}\n`);
      const text = lineOf(answer);
      if (text !== null && isSecretText(text)) return { kind: "found", text };
      return { kind: "unavailable", reason: reasonOf(answer) };
    },
    names: async () => Object.keys(entriesOf(path)).toSorted().map(secretName),
    async write(name, text) {
      const answer = await run([...POWERSHELL, SEAL], `${text}\n`);
      const sealed = lineOf(answer);
      if (sealed === null || !/^[0-9a-f]+$/iu.test(sealed)) {
        const why = reasonOf(answer).replaceAll(text, "…");
        throw new SecretsError(`Expected Windows to seal a secret, found: ${why}`);
      }
      makeDataFolder(folder);
      replace(path, { ...entriesOf(path), [name]: sealed });
    },
    async remove(name) {
      const { [name]: sealed, ...others } = entriesOf(path);
      if (sealed === undefined) return false;
      replace(path, others);
      return true;
    },
  };
}

function entriesOf(path: string): Readonly<Record<string, string>> {
  if (!existsSync(path)) return {};
  const reading = readSetting(mapOf(textSetting()), parsed(readFileSync(path, "utf8")));
  if (reading.ok) return reading.value;
  throw new SecretsDamagedError(
    `Expected ${path} as it was written, found it damaged; delete it and set each secret again`,
  );
}

function replace(path: string, entries: Readonly<Record<string, string>>): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(entries, null, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  renameSync(`${path}.new`, path);
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

function lineOf(answer: ToolAnswer): string | null {
  if (answer === null || answer.code !== 0) return null;
  const [line = ""] = answer.out.split(/\r?\n/u);
  return line === "" ? null : line;
}

/** Never what came on the output: it may be the secret. */
function reasonOf(answer: ToolAnswer): string {
  if (answer === null) return ABSENT;
  const [line = ""] = answer.err.trim().split(/\r?\n/u);
  return line === "" ? `PowerShell ended with ${answer.code ?? "a signal"}` : line;
}

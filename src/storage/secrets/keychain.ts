import type { SecretSafe } from "#ports/secrets.ts";
import { macKeychain } from "./mac-keychain.ts";
import { secretTool } from "./secret-tool.ts";
import type { RunTool } from "./tool.ts";
import { windowsVault } from "./windows-vault.ts";

export type KeychainParts = {
  readonly platform: NodeJS.Platform;
  readonly run: RunTool;
  /** The data folder; only Windows keeps something there, sealed by the system. */
  readonly folder: string;
};

/** Where this system keeps secrets for the person who is logged in. */
export function keychain({ platform, run, folder }: KeychainParts): SecretSafe {
  if (platform === "darwin") return macKeychain(run);
  return platform === "win32" ? windowsVault(run, folder) : secretTool(run);
}

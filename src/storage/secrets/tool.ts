import { spawn } from "node:child_process";

/** What a tool of the system said; null when it is not installed. */
export type ToolAnswer = {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} | null;

/** Runs a tool with a text on its input. Secrets travel there or on its output, never in its arguments. */
export type RunTool = (command: readonly string[], input: string) => Promise<ToolAnswer>;

/** A keychain may ask a person to unlock it; after that it counts as one that refuses. */
const PATIENCE_MS = 60_000;

/** Tools of this system, found on the path of `env`, which is all they see of the environment. */
export function systemTools(env: Readonly<Record<string, string>>): RunTool {
  return ([command = "", ...args], input) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, { env, stdio: "pipe", timeout: PATIENCE_MS });
      let out = "";
      let err = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
      child.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "EACCES") resolve(null);
        else reject(error);
      });
      child.once("close", (code) => resolve({ code, out, err }));
      // It may have ended without reading; what it says then is what counts.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
}

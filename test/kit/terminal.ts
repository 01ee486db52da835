import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { eventually } from "./eventually.ts";
import { killGroup } from "./keel-process.ts";
import { type TerminalText, terminalText } from "./terminal-text.ts";

const KEEL = new URL("../../keel.js", import.meta.url);
const PATIENCE_MS = 60_000;
export const CTRL_C = "\u{3}";
/** Stops what is written to a terminal, until Ctrl-Q. */
export const CTRL_S = "\u{13}";
export const CTRL_Q = "\u{11}";

/** `keel` as a part of a shell line; its process is the one that `signalDesk` means. */
export function deskLine(args: string, program: URL = KEEL): string {
  return `sh -c "echo \\$\\$ > pid; exec ${process.execPath} ${fileURLToPath(program)} ${args}"`;
}

/**
 * A shell line at a terminal of its own, or between pipes, that tells how it ended. What it starts is gone when the test
 * ends. It is read until its reader is stopped.
 */
export class ShellLine {
  readonly #folder: string;
  readonly #child: ChildProcess;
  #out = "";
  #err = "";

  constructor(folder: string, line: string, at: "terminal" | "pipes") {
    this.#folder = folder;
    // The first shell ends with its terminal, the second one outlives it to tell how the line ended.
    const told = `trap : INT; echo $$ > group; sh -c 'trap : HUP INT; ${line}; echo $? > ended'; true`;
    const [command, ...args] =
      at === "pipes"
        ? ["sh", "-c", told]
        : ["script", "--quiet", "--flush", "--command", told, "/dev/null"];
    this.#child = spawn(command ?? "", args, { cwd: folder, detached: true });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#out += text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#err += text));
    onTestFinished(() => {
      killGroup(this.#child.pid ?? 0);
      for (const group of [this.written("group"), this.written("pid")]) {
        if (group !== undefined) killGroup(Number(group));
      }
    });
  }

  /** Everything that was read from it. */
  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  /** What a person sees there. */
  get shown(): TerminalText {
    return terminalText(this.#out);
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Of the reader: a window that hangs, or takes nothing any more. */
  signalReader(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
    this.#child.kill(signal);
  }

  /** Of the process that `deskLine` started. */
  get pid(): number {
    return Number(this.written("pid"));
  }

  signalDesk(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** The exit code of the line, once it has ended. */
  async ended(): Promise<number> {
    return Number(
      await eventually("the end of the line", () => this.written("ended"), PATIENCE_MS),
    );
  }

  /** What is shown, once it is as it should be. */
  until(what: string, holds: (shown: TerminalText) => boolean): Promise<TerminalText> {
    return eventually(what, () => (holds(this.shown) ? this.shown : undefined), PATIENCE_MS);
  }

  /** What a part of the line has written into a file, once its line is whole. */
  written(name: string): string | undefined {
    const path = join(this.#folder, name);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    return text.endsWith("\n") ? text.trim() : undefined;
  }
}

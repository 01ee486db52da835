import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { eventually } from "./eventually.ts";

/** The program as people start it. */
const KEEL = new URL("../../keel.js", import.meta.url);
/** Longer than anything a test waits for takes, on a machine that has other things to do. */
const PATIENCE_MS = 60_000;

/** How a process ended and what it had written. */
export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
};

/** `keel` in a process of its own, working in a folder; it is gone when the test ends. */
export class KeelProcess {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #out = "";
  #err = "";

  constructor(folder: string, args: readonly string[], program: URL = KEEL) {
    const child = spawn(process.execPath, [fileURLToPath(program), ...args], { cwd: folder });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#err += text));
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        resolve({ code, signal, out: this.#out, err: this.#err });
      });
    });
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await this.ended;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it in the middle of whatever it does, and waits until it is gone. */
  async kill(): Promise<Ended> {
    this.signal("SIGKILL");
    return this.ended;
  }

  /** Waits until it has written something for people. */
  async untilSaid(text: string): Promise<void> {
    await eventually(
      `"${text}" in ${this.#err}`,
      () => (this.#err + this.#out).includes(text),
      PATIENCE_MS,
    );
  }
}

/** Runs a command to its end, with everything it records in the folder it works in. */
export function keel(folder: string, ...args: readonly string[]): Promise<Ended> {
  return new KeelProcess(folder, [...args, "--data", folder]).ended;
}

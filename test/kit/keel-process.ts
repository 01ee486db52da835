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
  /** How it ended; undefined while it runs. */
  endedWith: Ended | undefined;
  readonly #child: ChildProcess;
  #out = "";
  #err = "";

  constructor(folder: string, args: readonly string[], program: URL = KEEL) {
    // A group of its own, so that what it starts ends with it.
    const options = { cwd: folder, detached: true } as const;
    const child = spawn(process.execPath, [fileURLToPath(program), ...args], options);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#err += text));
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        this.endedWith = { code, signal, out: this.#out, err: this.#err };
        resolve(this.endedWith);
      });
    });
    onTestFinished(async () => {
      killGroup(this.pid);
      await this.ended;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it has written to its standard output so far. */
  get said(): string {
    return this.#out;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it in the middle of whatever it does, and waits until it is gone. */
  async kill(): Promise<Ended> {
    this.signal("SIGKILL");
    return this.ended;
  }

  /** What it has told people so far, once a text is part of it. */
  untilSaid(text: string): Promise<string> {
    return eventually(
      JSON.stringify(text),
      () => this.#err.includes(text) && this.#err,
      PATIENCE_MS,
    );
  }

  /** What it has printed so far, once a pattern is found in it. */
  untilPrinted(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(String(pattern), () => pattern.exec(this.#out) ?? undefined, PATIENCE_MS);
  }
}

/** A process and all that it has started and not waited for. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Runs a command to its end, with everything it records in the folder it works in. */
export function keel(folder: string, ...args: readonly string[]): Promise<Ended> {
  return new KeelProcess(folder, [...args, "--data", folder]).ended;
}

import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type ChildEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A process of the proof. It ends when this program does, and is ended by its id. */
export class Child {
  readonly ended: Promise<ChildEnd>;
  readonly process: ChildProcess;
  end: ChildEnd | null = null;
  /** Whether it was this program that ended it. */
  wasKilled = false;

  /** Runs a file of this folder; what it prints goes to the end of `log`. */
  constructor(file: "desk.ts" | "venue.ts", args: readonly string[], parts: ChildParts) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const log = openSync(parts.log, "a");
    this.process = spawn(process.execPath, [path, ...args], {
      stdio: ["ignore", log, log, "ipc"],
      env: { ...process.env, ...parts.env },
    });
    this.ended = new Promise((resolve, reject) => {
      this.process.once("error", reject);
      this.process.once("exit", (code, signal) => {
        this.end = { code, signal };
        resolve(this.end);
      });
    });
  }

  kill(): void {
    if (this.end !== null) return;
    this.wasKilled = true;
    this.process.kill("SIGKILL");
  }

  /** Asks for a graceful end and waits for it. */
  async stop(): Promise<ChildEnd> {
    this.process.kill("SIGTERM");
    return this.ended;
  }
}

export type ChildParts = {
  readonly log: string;
  readonly env: Readonly<Record<string, string>>;
};

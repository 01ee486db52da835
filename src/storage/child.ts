import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export type ChildOptions = {
  readonly args?: readonly string[];
  /** A command that runs the program: `["env", "NAME=value"]`, `["strace", ...]`. */
  readonly under?: readonly string[];
};

/** A program in a process of its own that ends with the running test: lines go in, lines come out. */
export class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #exit: Promise<unknown>;

  constructor(program: URL, { args = [], under = [] }: ChildOptions = {}) {
    const script = fileURLToPath(program);
    const [command = "", ...rest] = [...under, process.execPath, script, ...args];
    this.#process = spawn(command, rest);
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    this.#exit = once(this.#process, "exit");
    onTestFinished(() => this.kill());
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The next line, or `undefined` at the end. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.value;
  }

  async ask(command: string): Promise<string | undefined> {
    this.tell(command);
    return this.line();
  }

  tell(command: string): void {
    this.#process.stdin.write(`${command}\n`);
  }

  /** Ends its input, so that it ends by itself. */
  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#exit;
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#process.kill(signal);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exit;
  }
}

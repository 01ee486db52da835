import { resolve } from "node:path";
import type { CliIo, Runtime } from "./cli-io.ts";
import type { ExitCode } from "./exit-codes.ts";
import { jsonLine } from "./json.ts";
import { type Paint, paintFor } from "./paint.ts";

/** What every command works with. */
export type CommandFrame = {
  readonly io: CliIo;
  readonly runtime: Runtime;
  /** Says how the command ended. */
  readonly finish: (code: ExitCode) => void;
};

/** Options that every command understands. */
export type GlobalFlags = { readonly data?: string; readonly json?: boolean };

/** The person asked for something that cannot be meant. The message says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** How the command is written; null where the words of the message are enough. */
  readonly usage: string | null;

  constructor(message: string, options: ErrorOptions & { readonly usage?: string } = {}) {
    super(message, options);
    this.usage = options.usage ?? null;
  }
}

/** A request may have reached the desk, and no answer came. The cause says why. */
export class UnansweredError extends Error {
  override readonly name = "UnansweredError";
  /** What to do to find out. */
  readonly again: string;

  constructor(requestId: string, cause: unknown) {
    super(`Request ${requestId}: what became of it is not known`, { cause });
    this.again = `to find out, repeat it with --request-id ${requestId}`;
  }
}

/** A session or something else that was asked for is not there. */
export class MissingError extends Error {
  override readonly name = "MissingError";
}

/** Where sessions are recorded: `--data`, else `KEEL_DATA`, else `keel-data` in the working folder. */
export function dataFolder({ io }: CommandFrame, { data }: GlobalFlags): string {
  const named = data ?? io.env["KEEL_DATA"];
  return resolve(io.cwd, named === undefined || named === "" ? "keel-data" : named);
}

/** Colors for what is printed, if any. */
export function outPaint({ io }: CommandFrame): Paint {
  return paintFor(io.out, io.env);
}

/** How wide a line may be: as the terminal, and without an end where nobody looks. */
function outWidth({ io }: CommandFrame): number {
  return io.out.isTty ? io.out.size().columns : Number.POSITIVE_INFINITY;
}

/** Colors and width of what is printed. */
export function outLook(frame: CommandFrame): { readonly paint: Paint; readonly width: number } {
  return { paint: outPaint(frame), width: outWidth(frame) };
}

/** Prints one value for programs, or lines for people. */
export function print(
  { io }: CommandFrame,
  flags: GlobalFlags,
  what: { readonly json: () => unknown; readonly lines: () => readonly string[] },
): void {
  if (flags.json === true) io.out.write(jsonLine(what.json()));
  else for (const line of what.lines()) io.out.write(`${line}\n`);
}

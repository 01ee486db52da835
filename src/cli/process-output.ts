import { fstatSync } from "node:fs";
import { unwaitingDescriptor, writeUnwaiting } from "#runtime/real/unwaiting-descriptor.ts";
import type { CliIo, TextOutput } from "./cli-io.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { explain } from "./failures.ts";
import { Outlet, type Sink } from "./outlet.ts";

const STDOUT = 1;
const STDERR = 2;

export type ProcessOutput = Pick<CliIo, "out" | "err" | "neverWait"> & {
  /** Ends the process, in a time that no reader can stretch once it may never wait. */
  readonly finish: (code: ExitCode) => Promise<void>;
};

/** The standard output and error of a process: as Node has them, until they must never wait. */
export function processOutput(process: NodeJS.Process): ProcessOutput {
  const out = new ProcessStream(STDOUT, process.stdout, (code) => {
    err.outlet.write(
      `Nobody can read the standard output any more (${code}): this goes on without it. keel status shows a desk\n`,
    );
  });
  const err = new ProcessStream(STDERR, process.stderr, () => undefined);
  const outlets = (): ReadonlySet<Outlet> => new Set([out.outlet, err.outlet]);
  return {
    out: out.textOutput(),
    err: err.textOutput(),
    neverWait() {
      out.neverWait();
      // What was begun is finished first, whichever of the two began it.
      if (isSame(STDOUT, STDERR)) err.outlet = out.outlet;
      err.neverWait();
      tellItself(process, err.outlet);
      process.on("exit", () => {
        for (const outlet of outlets()) outlet.leave();
        for (const outlet of outlets()) outlet.flushAtExit();
      });
    },
    async finish(code) {
      process.exitCode = code;
      const isOut = await Promise.all([...outlets()].map((outlet) => outlet.flush()));
      // What a stream still holds would keep the process.
      if (isOut.includes(false)) process.exit(code);
    },
  };
}

class ProcessStream {
  outlet: Outlet;
  readonly #descriptor: number;
  readonly #stream: NodeJS.WriteStream;
  #mayWait = true;
  #failure: Error | undefined;

  constructor(descriptor: number, stream: NodeJS.WriteStream, onGone: (code: string) => void) {
    this.#descriptor = descriptor;
    this.#stream = stream;
    this.outlet = new Outlet(this.#patient(), onGone);
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#failure = error;
      // Whoever read our output has gone, or the terminal was closed: nobody is left to tell.
      if (this.#mayWait && error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }

  textOutput(): TextOutput {
    const stream = this.#stream;
    return {
      write: (text) => this.outlet.write(text),
      draw: (frame) => this.outlet.draw(frame),
      leave: () => this.outlet.leave(),
      isTty: stream.isTTY,
      // A terminal that does not know its size says zero.
      size: () => ({ columns: stream.columns || 100, rows: stream.rows || 30 }),
    };
  }

  neverWait(): void {
    this.#mayWait = false;
    const descriptor = unwaitingDescriptor(this.#descriptor);
    this.outlet.become(
      descriptor === undefined
        ? this.#unwaiting()
        : { take: (bytes) => writeUnwaiting(descriptor, bytes), isEmpty: () => true },
    );
  }

  /** Everything at once; a reader that is slow is waited for, here or at the end. */
  #patient(): Sink {
    return {
      take: (bytes) => {
        this.#stream.write(bytes);
        return bytes.length;
      },
      isEmpty: () => true,
    };
  }

  /** One piece after the other, so that no more than one waits in the stream. */
  #unwaiting(): Sink {
    const stream = this.#stream;
    return {
      take: (bytes) => {
        if (this.#failure !== undefined) throw this.#failure;
        if (stream.writableLength > 0) return 0;
        stream.write(bytes);
        return bytes.length;
      },
      isEmpty: () => stream.writableLength === 0,
    };
  }
}

/** What Node would say by itself it would say to a terminal that may have been stopped, and wait. */
function tellItself(process: NodeJS.Process, err: Outlet): void {
  process.removeAllListeners("warning");
  process.on("warning", ({ name, message }) => err.write(`${name}: ${message}\n`));
  process.on("uncaughtException", (error) => {
    for (const line of explain(error).lines) err.write(`${line}\n`);
    process.exit(EXIT.bug);
  });
}

function isSame(one: number, other: number): boolean {
  const [a, b] = [fstatSync(one), fstatSync(other)];
  return a.dev === b.dev && a.ino === b.ino && a.rdev === b.rdev;
}

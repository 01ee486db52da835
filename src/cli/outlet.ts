import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "#runtime/real/unwaiting-descriptor.ts";

/** Where bytes go. */
export type Sink = {
  /** Takes what it can and says how many bytes that was; throws when it never takes any again. */
  readonly take: (bytes: Uint8Array) => number;
  /** Whether everything it took is out of this process. */
  readonly isEmpty: () => boolean;
};

const ENTER = "\u{1B}[?1049h\u{1B}[?25l";
/** Puts a terminal that shows a screen back as it was. */
export const LEAVE_SCREEN = "\u{1B}[?25h\u{1B}[?1049l";
/** More than a desk tells in a day, and less than two megabytes. */
const LINES_MAX = 10_000;
const RETRY_MS = 50;
/** How long the end of a process waits for a reader, and what it spends on one while nothing else can run. */
const FLUSH_MS = 1_000;
const LAST_FLUSH_MS = 100;
const LAST_RETRY_MS = 5;

/**
 * Text on its way to a terminal or a pipe that may take it later, in part, or never. What was begun is finished first.
 * Of screens only the latest is kept, of lines the last 10,000, and a line tells how many were dropped before them.
 * While a screen is shown, lines wait until it is left: it would be drawn over them.
 */
export class Outlet {
  readonly #onGone: (code: string) => void;
  #sink: Sink;
  #rest: Uint8Array = new Uint8Array();
  #lines: string[] = [];
  #dropped = 0;
  #frame: string | null = null;
  #isEntered = false;
  #isLeaving = false;
  #isGone = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(sink: Sink, onGone: (code: string) => void) {
    this.#sink = sink;
    this.#onGone = onGone;
  }

  /** From now on everything goes another way. */
  become(sink: Sink): void {
    this.#sink = sink;
  }

  write(text: string): void {
    if (text === "" || this.#isGone) return;
    this.#lines.push(text);
    if (this.#lines.length > LINES_MAX) {
      this.#lines.shift();
      this.#dropped += 1;
    }
    this.#pass();
  }

  /** Shows a screen in place of the last one. */
  draw(frame: string): void {
    if (this.#isGone) return;
    this.#frame = frame;
    this.#pass();
  }

  /** Puts a terminal that shows a screen back as it was. */
  leave(): void {
    this.#frame = null;
    this.#isLeaving = this.#isEntered;
    this.#pass();
  }

  /** Whether everything got out, or never will. */
  get isDone(): boolean {
    if (this.#isGone) return true;
    return this.#rest.length === 0 && !this.#hasMore() && this.#sink.isEmpty();
  }

  /** Gives a reader a last chance; whether everything got out. */
  async flush(): Promise<boolean> {
    const untilMs = performance.now() + FLUSH_MS;
    while (!this.isDone && performance.now() < untilMs) {
      await sleep(LAST_RETRY_MS);
      this.#pass();
    }
    return this.isDone;
  }

  /** The same in a process that is ending and can wait for nothing any more. */
  flushAtExit(): void {
    const untilMs = performance.now() + LAST_FLUSH_MS;
    const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    this.#pass();
    while (!this.isDone && performance.now() < untilMs) {
      Atomics.wait(never, 0, 0, LAST_RETRY_MS);
      this.#pass();
    }
  }

  #pass(): void {
    clearTimeout(this.#retry);
    try {
      while (!this.#isGone) {
        if (this.#rest.length === 0) {
          if (!this.#hasMore()) return;
          this.#rest = Buffer.from(this.#next());
        }
        const taken = this.#sink.take(this.#rest);
        this.#rest = this.#rest.subarray(taken);
        if (taken === 0) break;
      }
      // Nothing tells when somebody reads again.
      this.#retry = setTimeout(() => this.#pass(), RETRY_MS).unref();
    } catch (error) {
      this.#end(error);
    }
  }

  #hasMore(): boolean {
    if (this.#isLeaving || this.#frame !== null) return true;
    return this.#lines.length > 0 && !this.#isEntered;
  }

  #next(): string {
    if (this.#isLeaving) {
      this.#isLeaving = false;
      this.#isEntered = false;
      return LEAVE_SCREEN;
    }
    if (!this.#isEntered && this.#lines.length > 0) return this.#nextLine();
    const entering = this.#isEntered ? "" : ENTER;
    const frame = this.#frame ?? "";
    this.#isEntered = true;
    this.#frame = null;
    return `${entering}${frame}`;
  }

  #nextLine(): string {
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      return `${dropped} lines were dropped here while nobody read them\n`;
    }
    return this.#lines.shift() ?? "";
  }

  #end(error: unknown): void {
    const code = errorCode(error);
    if (code === undefined) throw error;
    this.#isGone = true;
    this.#rest = new Uint8Array();
    this.#lines = [];
    this.#frame = null;
    this.#isLeaving = false;
    this.#onGone(code);
  }
}

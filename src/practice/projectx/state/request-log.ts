import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { decode, encode } from "#core/desk/codec.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { OtherStateError } from "#ports/state-folder.ts";
import type { BoundBody } from "#practice/projectx/rest/body-members.ts";
import type { Caller } from "#practice/projectx/rest/operation.ts";

/** A request that changed something, and when it was carried out. */
export type LoggedRequest = {
  readonly at: EpochMs;
  readonly operation: string;
  readonly body: BoundBody;
  readonly caller: Caller | null;
};

/** What a gateway plays; another one's requests mean nothing to it. */
export type LogHead = {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly accounts: readonly string[];
};

type FirstLine = LogHead & { readonly signingKey: string };

/** Digits of an instant in the clock file, which is written over again and again. */
const CLOCK_WIDTH = 16;

/**
 * What a gateway needs to be the same one after its process was killed: what it was asked and how far it had played.
 * The rest follows from the data, which is played again. It outlives the process, not the machine: nothing is synced.
 */
export class RequestLog {
  readonly signingKey: string;
  /** What was asked before, in order; empty for a new gateway. */
  readonly requests: readonly LoggedRequest[];
  /** How far it had played; null for a new gateway. */
  readonly resumeAt: EpochMs | null;
  readonly #log: number;
  readonly #clock: number;
  #tickedAt = 0;

  constructor(folder: string, head: LogHead, newKey: () => string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const logFile = join(folder, "requests.log");
    const clockFile = join(folder, "clock");
    const lines = existsSync(logFile) ? wholeLines(logFile) : [];
    const [first, ...rest] = lines.map((line) => decode(line));
    const known = first as FirstLine | undefined;
    if (known !== undefined) checkSame(folder, known, head);
    this.signingKey = known?.signingKey ?? newKey();
    this.requests = rest as readonly LoggedRequest[];
    this.resumeAt = known !== undefined && existsSync(clockFile) ? readClock(clockFile) : null;
    this.#log = openSync(logFile, "a", 0o600);
    this.#clock = openSync(clockFile, existsSync(clockFile) ? "r+" : "w", 0o600);
    if (known === undefined) this.#write({ ...head, signingKey: this.signingKey });
  }

  /** To be called before a request is carried out: one that was not answered may have been. */
  append(request: LoggedRequest): void {
    this.#write(request);
  }

  /** To be called before anybody hears that it is this late. */
  tick(now: EpochMs): void {
    if (now === this.#tickedAt) return;
    this.#tickedAt = now;
    writeSync(this.#clock, String(now).padStart(CLOCK_WIDTH), 0);
  }

  close(): void {
    closeSync(this.#log);
    closeSync(this.#clock);
  }

  #write(line: object): void {
    writeSync(this.#log, `${encode(line)}\n`);
  }
}

/** A last line that was cut off is dropped: its request was never carried out. */
function wholeLines(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole.split("\n").filter(Boolean);
}

function readClock(file: string): EpochMs | null {
  const at = Number(readFileSync(file, "utf8"));
  return Number.isSafeInteger(at) && at > 0 ? (at as EpochMs) : null;
}

function checkSame(folder: string, known: LogHead, head: LogHead): void {
  const { from, until, accounts } = head;
  const isSame =
    known.from === from && known.until === until && known.accounts.join() === accounts.join();
  if (!isSame) throw new OtherStateError(folder, "a practice gateway with these data and accounts");
}

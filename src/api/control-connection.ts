import type { Socket } from "node:net";
import { decode, encode } from "#core/desk/codec.ts";
import { LineReader } from "#core/desk/line-reader.ts";
import type { ControlReply, OnControlMessage } from "#runtime/control.ts";
import { readControlMessage } from "./control-contract.ts";
import { isTooDeep } from "./too-deep.ts";

/** Far more than any message needs. */
const MESSAGE_MAX = 65_536;

/**
 * One program that asks. Its messages are answered one after the other, and no more is read of it until it has taken
 * the answers: however it behaves, it holds little memory and disturbs nobody else.
 */
export class ControlConnection {
  readonly #socket: Socket;
  readonly #onMessage: OnControlMessage;
  readonly #reader = new LineReader(MESSAGE_MAX);
  #isBusy = false;
  #isRefused = false;
  #onRoom: () => void = () => undefined;

  constructor(socket: Socket, onMessage: OnControlMessage) {
    this.#socket = socket;
    this.#onMessage = onMessage;
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("drain", () => this.#onRoom());
    socket.on("close", () => this.#onRoom());
    // What its own messages cannot cause ends the program, as everywhere.
    socket.on("data", (chunk: string) => void this.#take(chunk));
  }

  /** Whether it waits for nothing. */
  get isIdle(): boolean {
    return !this.#isBusy;
  }

  /** Says why nothing is answered here, and ends. What still comes is dropped, so that the reason can be read. */
  refuse(reason: string): void {
    this.#isRefused = true;
    if (!this.#socket.writableEnded) this.#socket.end(lineOf({ kind: "refused", reason }));
  }

  /** Ends it, whatever the other side does. Answers that it has not taken by now are lost. */
  close(): void {
    if (this.#socket.writableLength > 0) this.#socket.destroy();
    else this.#socket.destroySoon();
  }

  async #take(chunk: string): Promise<void> {
    if (this.#isRefused) return;
    this.#isBusy = true;
    this.#socket.pause();
    for (const line of this.#reader.take(chunk)) await this.#say(await this.#answer(line));
    if (this.#reader.isTooLong) {
      this.refuse(`expected a message of at most ${MESSAGE_MAX} characters, found a longer one`);
    }
    this.#isBusy = false;
    this.#socket.resume();
  }

  async #answer(line: string): Promise<ControlReply> {
    const unreadable = { kind: "refused", reason: "expected one JSON value a line" } as const;
    if (isTooDeep(line)) return unreadable;
    let raw: unknown;
    try {
      raw = decode(line);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return unreadable;
    }
    const message = readControlMessage(raw);
    if (message.kind === "unreadable") return { kind: "refused", reason: message.reason };
    return this.#onMessage(message);
  }

  /** Resolves when the other side has room for more, or is gone. */
  async #say(reply: ControlReply): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(lineOf(reply))) return;
    await new Promise<void>((resolve) => (this.#onRoom = resolve));
  }
}

function lineOf(reply: ControlReply): string {
  return `${encode(reply)}\n`;
}

import { type Socket, connect } from "node:net";
import { encode } from "#core/desk/codec.ts";
import { LineReader } from "#core/desk/line-reader.ts";
import type { LocalAddress } from "#ports/local-address.ts";
import { eventually } from "./eventually.ts";

/** A connection that says and remembers lines, for talking to a server without its own client. */
export class LineClient<Line> {
  readonly lines: Line[] = [];
  isClosed = false;
  readonly #socket: Socket;

  constructor(address: LocalAddress, read: (text: string) => Line) {
    const reader = new LineReader();
    this.#socket = connect(address);
    this.#socket.setEncoding("utf8");
    this.#socket.on("data", (chunk: string) => this.lines.push(...reader.take(chunk).map(read)));
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => (this.isClosed = true));
  }

  say(...values: readonly unknown[]): void {
    for (const value of values) this.#socket.write(`${encode(value)}\n`);
  }

  sayText(text: string): void {
    this.#socket.write(text);
  }

  /** The first line that is meant, once it is there. */
  heard<L extends Line>(what: string, isMeant: (line: Line) => line is L): Promise<L> {
    return eventually(what, () => this.lines.find(isMeant));
  }

  close(): void {
    this.#socket.destroy();
  }
}

import type { Socket } from "node:net";
import { encode } from "#core/desk/codec.ts";
import { LineReader } from "#core/desk/line-reader.ts";
import type { ObservedLine, VenueLine } from "#ports/venue-lines.ts";
import { WireError } from "#ports/wire.ts";

/** Bytes that may wait for whoever is connected; one that reads so slowly is cut off. */
const WAITING_MAX = 67_108_864;

/** One connection to the venue: lines in, lines out. */
export class VenueConnection {
  readonly #socket: Socket;
  #out = "";

  /** `onLine` may throw `WireError`: the other side is told and the connection ends. */
  constructor(socket: Socket, onLine: (line: string) => void) {
    this.#socket = socket;
    const reader = new LineReader();
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: string) => {
      try {
        for (const line of reader.take(chunk)) onLine(line);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        return this.end({ kind: "refused", reason: error.message });
      }
      if (reader.isTooLong) socket.destroy();
    });
  }

  /** Adds a line to what the next `flush` sends. */
  tell(line: VenueLine | ObservedLine): void {
    if (!this.#socket.destroyed) this.#out += `${encode(line)}\n`;
  }

  /** One write for everything told since the last one. */
  flush(): void {
    const out = this.#out;
    this.#out = "";
    if (out === "" || !this.#socket.writable) return;
    this.#socket.write(out);
    if (this.#socket.writableLength > WAITING_MAX) this.#socket.destroy();
  }

  /** Says a last word and hangs up. */
  end(line: VenueLine | ObservedLine): void {
    this.tell(line);
    this.flush();
    this.#socket.end();
    this.#socket.removeAllListeners("data");
    this.#socket.resume();
  }
}

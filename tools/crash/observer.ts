import { type Socket, connect } from "node:net";
import { encode } from "#core/desk/codec.ts";
import { LineReader } from "#core/desk/line-reader.ts";
import { localAddress } from "#ports/local-address.ts";
import { readObservedLine } from "#ports/read-venue-lines.ts";
import {
  type ObservedLine,
  type ObserverLine,
  VENUE_PROTOCOL,
  type VenueHoldings,
  type VenueOrders,
} from "#ports/venue-lines.ts";
import type { VenueEye } from "./venue-eye.ts";

/** The audit of a long run is one line. */
const LINE_MAX = 268_435_456;

/** The venue's own truth, and a hand on its clock. */
export class Observer implements VenueEye {
  readonly restart = null;
  readonly cover = null;
  readonly #socket: Socket;
  readonly #waiting: ((line: ObservedLine | undefined) => void)[] = [];

  private constructor(socket: Socket) {
    const reader = new LineReader(LINE_MAX);
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      for (const line of reader.take(chunk)) this.#waiting.shift()?.(readObservedLine(line));
    });
    socket.on("close", () => {
      for (const answer of this.#waiting.splice(0)) answer(undefined);
    });
  }

  static async connect(address: string): Promise<Observer> {
    const socket = connect(localAddress(address));
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    const observer = new Observer(socket);
    await observer.#ask({ kind: "hello", protocol: VENUE_PROTOCOL, role: "observer" }, "hello");
    return observer;
  }

  holdings(): Promise<VenueHoldings> {
    return this.#ask({ kind: "holdings" }, "holdings");
  }

  orders(): Promise<VenueOrders> {
    return this.#ask({ kind: "orders" }, "orders");
  }

  async setSpeed(speed: number): Promise<void> {
    await this.#ask({ kind: "setSpeed", speed }, "done");
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask<K extends ObservedLine["kind"]>(
    line: ObserverLine | object,
    expected: K,
  ): Promise<Extract<ObservedLine, { kind: K }>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push((answer) => {
        if (answer?.kind === expected) resolve(answer as Extract<ObservedLine, { kind: K }>);
        else
          reject(new Error(`Expected ${expected} of the venue, found ${encode(answer ?? null)}`));
      });
      this.#socket.write(`${encode(line)}\n`);
    });
  }
}

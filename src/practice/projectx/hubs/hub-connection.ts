import type { WebSocket } from "ws";
import type { Clock } from "#ports/clock.ts";
import type { HubName } from "#practice/projectx/faults/fault.ts";
import type { Faults } from "#practice/projectx/faults/faults.ts";
import {
  PING,
  RECORD_END,
  closeRecord,
  completion,
  handshakeError,
  invocation,
  readRecord,
} from "./hub-record.ts";

const HANDSHAKE_WITHIN_MS = 15_000;
const PING_AFTER_MS = 15_000;
const SILENT_MAX_MS = 30_000;
/** Bytes that may wait for a client; one that reads so slowly is cut off. */
const WAITING_MAX = 67_108_864;
/** Characters of one message from a client. */
const MESSAGE_MAX = 1_048_576;

/** A call that fails with a text for the caller. */
export class HubCallError extends Error {
  override readonly name = "HubCallError";
}

export type HubConnectionParts = {
  readonly hub: HubName;
  /** Whose session it was opened with. */
  readonly userName: string;
  readonly sessionId: number;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly faults: Faults;
  /** Carries out what the client calls; throws `HubCallError`. */
  readonly onCall: (connection: HubConnection, target: string, args: readonly unknown[]) => void;
  readonly onClosed: (connection: HubConnection) => void;
};

/** One SignalR connection, seen from the server: JSON protocol over a WebSocket. */
export class HubConnection {
  readonly hub: HubName;
  readonly userName: string;
  readonly sessionId: number;
  /** Lower-case names of what it has subscribed to, with the argument: `subscribeorders/7`. */
  readonly subscriptions = new Set<string>();
  readonly #socket: WebSocket;
  readonly #parts: HubConnectionParts;
  #isOpen = false;
  #hasDied = false;
  #out: string[] = [];
  /** An event that waits for the next one to overtake it. */
  #overtaken: string | null = null;
  #sentMs: number;
  #heardMs: number;

  constructor(socket: WebSocket, parts: HubConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.hub = parts.hub;
    this.userName = parts.userName;
    this.sessionId = parts.sessionId;
    this.#sentMs = parts.clock.monotonicMs();
    this.#heardMs = this.#sentMs;
    socket.on("message", (data: Buffer) => this.#onMessage(data.toString("utf8")));
    socket.on("ping", (data) => {
      if (!this.#isDead()) socket.pong(data);
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.#isOpen = false;
      parts.onClosed(this);
    });
  }

  /** Adds an event to what the next `flush` sends. */
  tell(target: string, args: readonly unknown[]): void {
    if (!this.#isOpen) return;
    const { faults } = this.#parts;
    const at = { hub: this.hub, event: target };
    if (faults.take("silentFeed", at) !== undefined) return;
    const record = invocation(target, args);
    if (this.#overtaken === null && faults.take("outOfOrderEvents", at) !== undefined) {
      this.#overtaken = record;
      return;
    }
    this.#out.push(record);
    if (faults.take("duplicateEvents", at) !== undefined) this.#out.push(record);
    if (this.#overtaken !== null) this.#out.push(this.#overtaken);
    this.#overtaken = null;
  }

  /** Told whatever faults there are: what practice clients keep time by. */
  tellSurely(target: string, args: readonly unknown[]): void {
    if (this.#isOpen) this.#out.push(invocation(target, args));
  }

  /** One message for everything told since the last one. */
  flush(): void {
    if (this.#out.length === 0) return;
    const text = this.#out.join("");
    this.#out = [];
    this.#send(text);
  }

  /** Pings, and ends a connection that has been silent for too long. */
  look(): void {
    if (this.#isDead()) return;
    const nowMs = this.#parts.clock.monotonicMs();
    const silentMs = nowMs - this.#heardMs;
    if (silentMs > (this.#isOpen ? SILENT_MAX_MS : HANDSHAKE_WITHIN_MS)) return this.cut();
    if (this.#isOpen && nowMs - this.#sentMs >= PING_AFTER_MS) this.#send(PING);
  }

  /** Says goodbye with a Close record and hangs up. */
  close(error: string | null, allowReconnect: boolean): void {
    this.flush();
    if (this.#isOpen) this.#send(closeRecord(error, allowReconnect));
    this.#isOpen = false;
    this.#socket.close(1000);
  }

  /** Hangs up the WebSocket without a Close record. */
  closeSocket(): void {
    this.#isOpen = false;
    this.#socket.close(1000);
  }

  /** Drops the TCP connection. */
  cut(): void {
    this.#isOpen = false;
    this.#socket.terminate();
  }

  /** From now on the other side hears nothing, as when a cable is cut: not even that the connection is over. */
  goDead(): void {
    this.#hasDied = true;
  }

  #isDead(): boolean {
    return this.#hasDied || this.#parts.faults.holds("halfOpen", { hub: this.hub });
  }

  #send(text: string): void {
    if (this.#isDead()) return;
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#sentMs = this.#parts.clock.monotonicMs();
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > WAITING_MAX) this.cut();
  }

  #onMessage(text: string): void {
    if (this.#isDead()) return;
    this.#heardMs = this.#parts.clock.monotonicMs();
    if (text.length > MESSAGE_MAX) return this.cut();
    for (const record of text.split(RECORD_END)) {
      if (record === "") continue;
      if (this.#isOpen) this.#onRecord(record);
      else if (!this.#shakeHands(record)) return;
    }
    this.flush();
  }

  #shakeHands(text: string): boolean {
    const error = handshakeError(text);
    this.#send(`${JSON.stringify(error === null ? {} : { error })}${RECORD_END}`);
    if (error === null) this.#isOpen = true;
    else this.#socket.close(1000);
    return error === null;
  }

  #onRecord(text: string): void {
    const record = readRecord(text);
    if (record === undefined) {
      return this.close(
        "Connection closed with an error. InvalidDataException: Error reading JSON.",
        false,
      );
    }
    switch (record.kind) {
      case "invocation":
        return this.#onCall(record);
      case "stream":
        return this.#answer(
          record.invocationId,
          "The client attempted to invoke a streaming method.",
        );
      case "close":
        this.#isOpen = false;
        this.#socket.close(1000);
        return;
      case "ignored":
        return;
    }
  }

  #onCall({
    target,
    args,
    invocationId,
  }: {
    readonly target: string;
    readonly args: readonly unknown[];
    readonly invocationId: string | null;
  }): void {
    try {
      this.#parts.onCall(this, target, args);
      this.#answer(invocationId, null);
    } catch (error) {
      if (!(error instanceof HubCallError)) throw error;
      this.#answer(invocationId, error.message);
    }
  }

  #answer(invocationId: string | null, error: string | null): void {
    if (invocationId !== null) this.#out.push(completion(invocationId, error));
  }
}

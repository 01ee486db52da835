import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "./eventually.ts";
import type { JsonObject } from "./gateway-client.ts";

const RECORD_END = "\u001E";

export type RawRecord = JsonObject & { readonly type?: number };

/** A SignalR client made of a WebSocket and nothing else: it says and hears single records. */
export class RawHub {
  /** Every record heard, the answer to the handshake included. */
  readonly records: RawRecord[] = [];
  /** The close code, the HTTP status of a refused upgrade as text, or an error's code; undefined while it is open. */
  ended: number | string | undefined;
  readonly socket: WebSocket;
  #calls = 0;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}, maxPayload = 1_048_576) {
    const options = { headers, maxPayload, perMessageDeflate: false };
    this.socket = new WebSocket(url.replace(/^http/u, "ws"), options);
    this.socket.on("message", (data: Buffer) => {
      const records = data.toString("utf8").split(RECORD_END).filter(Boolean);
      for (const text of records) this.records.push(JSON.parse(text) as RawRecord);
    });
    this.socket.on("unexpected-response", (_request, { statusCode }) => {
      this.ended = `status ${statusCode}`;
    });
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.ended ??= error.code ?? error.message;
    });
    this.socket.on("close", (code) => (this.ended ??= code));
    onTestFinished(() => this.socket.terminate());
  }

  /** Connected without negotiation and with its hands shaken. */
  static async open(url: string, hub: "user" | "market", token: string): Promise<RawHub> {
    const raw = new RawHub(`${url}/hubs/${hub}?access_token=${token}`);
    await raw.shakeHands();
    return raw;
  }

  async shakeHands(): Promise<void> {
    await eventually("the socket", () => this.socket.readyState === WebSocket.OPEN);
    this.say({ protocol: "json", version: 1 });
    await eventually("the handshake", () => this.records.length > 0);
  }

  say(...records: readonly object[]): void {
    this.sayText(records.map((record) => `${JSON.stringify(record)}${RECORD_END}`).join(""));
  }

  sayText(text: string): void {
    this.socket.send(text);
  }

  /** Calls a method and returns its completion. */
  call(target: string, ...args: readonly unknown[]): Promise<RawRecord> {
    this.#calls += 1;
    const invocationId = String(this.#calls);
    this.say({ type: 1, target, arguments: args, invocationId });
    return eventually(`the completion of ${target}`, () =>
      this.records.find((one) => one["invocationId"] === invocationId && one.type === 3),
    );
  }

  /** The arguments of every event with this name. */
  events(target: string): readonly (readonly unknown[])[] {
    return this.records
      .filter((record) => record.type === 1 && record["target"] === target)
      .map((record) => record["arguments"] as readonly unknown[]);
  }

  /** Everything it was told, in order: the names of events, user events with what matters of their data. */
  untilEvents(target: string, count: number): Promise<readonly (readonly unknown[])[]> {
    return eventually(`${count} x ${target}`, () => {
      const events = this.events(target);
      return events.length >= count && events;
    });
  }

  untilEnded(): Promise<number | string> {
    return eventually("the end of the connection", () => this.ended);
  }
}

/** A user hub that has subscribed to everything of an account. */
export async function subscribedUserHub(
  url: string,
  token: string,
  accountId: number,
): Promise<RawHub> {
  const hub = await RawHub.open(url, "user", token);
  await hub.call("SubscribeAccounts");
  await hub.call("SubscribeOrders", accountId);
  await hub.call("SubscribePositions", accountId);
  await hub.call("SubscribeTrades", accountId);
  return hub;
}

/** A market hub that has subscribed to everything of a contract. */
export async function subscribedMarketHub(
  url: string,
  token: string,
  contractId: string,
): Promise<RawHub> {
  const hub = await RawHub.open(url, "market", token);
  await hub.call("SubscribeContractQuotes", contractId);
  await hub.call("SubscribeContractTrades", contractId);
  await hub.call("SubscribeContractMarketDepth", contractId);
  return hub;
}

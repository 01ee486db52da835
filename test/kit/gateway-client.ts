import { PRACTICE_USER } from "./practice-gateway.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** An answer as it came over the wire. */
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Its JSON; empty when it is none. */
  readonly body: JsonObject;
};

export type HeldOrder = {
  readonly id: number;
  readonly customTag: string | null;
  readonly side: 0 | 1;
  readonly size: number;
  readonly status: number;
  readonly stopPrice?: number | null;
  readonly limitPrice?: number | null;
  /** How often it was sent. */
  readonly received: number;
};

/** As `GET /practice/holdings` tells it. */
export type Holdings = {
  readonly accounts: readonly { readonly canTrade: boolean }[];
  /** `type` 1 is long, 2 short. */
  readonly positions: readonly { readonly type: 1 | 2; readonly size: number }[];
  readonly working: readonly HeldOrder[];
  readonly orders: readonly HeldOrder[];
};

/** Plain REST calls to a gateway, as any program would make them. */
export class GatewayClient {
  readonly url: string;
  token = "";

  constructor(url: string) {
    this.url = url;
  }

  /** A client that is logged in. */
  static async loggedIn(url: string): Promise<GatewayClient> {
    const client = new GatewayClient(url);
    await client.logIn();
    return client;
  }

  async logIn(): Promise<void> {
    const { userName, apiKey } = PRACTICE_USER;
    const { body } = await this.post("Auth/loginKey", { userName, apiKey });
    this.token = String(body["token"]);
  }

  post(operation: string, body: unknown = {}): Promise<Answer> {
    return this.postText(operation, JSON.stringify(body));
  }

  async postText(operation: string, text: string): Promise<Answer> {
    return this.send(`/api/${operation}`, { method: "POST", body: text });
  }

  /** Sets a switch of the gateway, and fails when it is refused. */
  async fault(kind: string, settings: object = {}): Promise<void> {
    const body = JSON.stringify({ kind, ...settings });
    const answer = await this.send("/practice/faults", { method: "POST", body });
    if (answer.status !== 200) throw new Error(`The fault was refused: ${answer.text}`);
  }

  /** How often the gateway was asked for each operation, by whomever. */
  async calls(): Promise<Readonly<Record<string, number>>> {
    const { body } = await this.send("/practice/calls");
    return body["calls"] as Readonly<Record<string, number>>;
  }

  /** What is true at the venue. */
  async holdings(): Promise<Holdings> {
    const { body } = await this.send("/practice/holdings");
    return body as Holdings;
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = {
      ...(init.body === undefined ? {} : { "content-type": "application/json" }),
      ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }),
    };
    const response = await fetch(`${this.url}${path}`, { ...init, headers });
    const text = await response.text();
    const isJson = /json/u.test(response.headers.get("content-type") ?? "");
    const { status } = response;
    return { status, headers: response.headers, text, body: isJson ? tryParse(text) : {} };
  }
}

function tryParse(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

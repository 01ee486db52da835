import {
  HttpClient,
  type HttpRequest as HubHttpRequest,
  HttpResponse,
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  type IHttpConnectionOptions,
} from "@microsoft/signalr";
import { WebSocket } from "ws";
import type { SendHttp } from "#ports/http.ts";

/** The first message about a book is larger than 10 KB; nothing is near this. */
const FRAME_MAX = 16_777_216;
const ANSWER_MS = 10_000;
/** The server says something every 15 seconds. */
const SILENCE_MS = 30_000;
const SILENT = { log: () => undefined };

export type HubParts = {
  /** `https:` or `http:`. */
  readonly url: string;
  readonly http: SendHttp;
  /** Asked anew for every connection. */
  readonly token: () => Promise<string>;
  /** The session was not accepted. */
  readonly onUnauthorized: () => void;
};

export type OpenHub = {
  readonly connection: Pick<HubConnection, "start" | "stop" | "invoke" | "send" | "on" | "onclose">;
  /** Ends the socket at once, whatever state it is in. */
  readonly terminate: () => void;
};

/**
 * A connection to a hub that was not started yet, for one use: it does not reconnect by itself. It negotiates first,
 * because a session that is not accepted shows there and nowhere else.
 */
export function openHub({ url, http, token, onUnauthorized }: HubParts): OpenHub {
  let socket: WebSocket | null = null;
  const ended = new AbortController();
  // Its own types leave this one out.
  const options: IHttpConnectionOptions & { readonly WebSocket: unknown } = {
    transport: HttpTransportType.WebSockets,
    accessTokenFactory: token,
    httpClient: new NegotiationHttp(http, onUnauthorized, ended.signal),
    timeout: ANSWER_MS,
    WebSocket: tracked((opened) => (socket = opened)),
  };
  const connection = new HubConnectionBuilder()
    .withUrl(url, options)
    .configureLogging(SILENT)
    .withServerTimeout(SILENCE_MS)
    .build();
  const terminate = (): void => {
    ended.abort();
    socket?.terminate();
  };
  return { connection, terminate };
}

/** The WebSocket of `ws` with our limits, known to us from its beginning. */
function tracked(onOpen: (socket: WebSocket) => void): unknown {
  const limits = { handshakeTimeout: ANSWER_MS, maxPayload: FRAME_MAX };
  return class extends WebSocket {
    constructor(url: string, protocols: undefined, options: object) {
      super(url, protocols, { ...options, ...limits });
      onOpen(this);
    }
  };
}

/** Negotiation over the connections that requests use. */
class NegotiationHttp extends HttpClient {
  readonly #http: SendHttp;
  readonly #onUnauthorized: () => void;
  readonly #signal: AbortSignal;

  constructor(http: SendHttp, onUnauthorized: () => void, signal: AbortSignal) {
    super();
    this.#http = http;
    this.#onUnauthorized = onUnauthorized;
    this.#signal = signal;
  }

  override async send(request: HubHttpRequest): Promise<HttpResponse> {
    const content = typeof request.content === "string" ? request.content : "";
    const answer = await this.#http({
      method: "POST",
      url: request.url ?? "",
      headers: request.headers ?? {},
      body: content,
      signal: this.#signal,
    });
    if (answer.status === 401) this.#onUnauthorized();
    return new HttpResponse(answer.status, "", answer.body);
  }
}

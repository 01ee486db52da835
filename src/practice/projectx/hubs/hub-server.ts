import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Clock } from "#ports/clock.ts";
import type { HubName } from "#practice/projectx/faults/fault.ts";
import type { Faults } from "#practice/projectx/faults/faults.ts";
import type { Sessions } from "#practice/projectx/rest/sessions.ts";
import { HubConnection, type HubConnectionParts } from "./hub-connection.ts";

/** Between two looks for pings that are due. */
const LOOK_EVERY_MS = 1_000;
/** Negotiated connections remembered; the oldest are dropped first. */
const NEGOTIATED_MAX = 10_000;
const MESSAGE_BYTES_MAX = 1_048_576;

export type HubServerParts = {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly sessions: Sessions;
  readonly onCall: HubConnectionParts["onCall"];
  /** Text nobody can guess. */
  readonly secret: () => string;
};

type Negotiated = { connection: HubConnection | null };

/** The answer to negotiate, or the HTTP status of a refusal. */
export type Negotiation = { readonly status: number; readonly body: object | null };

/** Takes SignalR connections on both hubs. */
export class HubServer {
  readonly #parts: HubServerParts;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    // A half-open socket answers nothing, so each connection answers for itself.
    autoPong: false,
  });
  readonly #connections = new Set<HubConnection>();
  readonly #negotiated = new Map<string, Negotiated>();
  readonly #stopLooking: () => void;

  constructor(parts: HubServerParts) {
    this.#parts = parts;
    this.#stopLooking = parts.clock.every(LOOK_EVERY_MS, () => {
      for (const connection of this.#connections) connection.look();
    });
  }

  connections(): readonly HubConnection[] {
    return [...this.#connections];
  }

  /** Sends what both hubs have told. */
  flush(): void {
    for (const connection of this.#connections) connection.flush();
  }

  negotiate(hub: HubName, token: string | null, version: number): Negotiation {
    const { faults, sessions, secret } = this.#parts;
    const fault = faults.take("refusedHub", { hub });
    if (fault !== undefined) return { status: fault.status, body: null };
    if (sessions.check(token).kind !== "valid") return { status: 401, body: null };
    const connectionId = secret();
    const isNew = version >= 1;
    const connectionToken = isNew ? secret() : connectionId;
    this.#remember(connectionToken);
    const availableTransports = [{ transport: "WebSockets", transferFormats: ["Text", "Binary"] }];
    const ids = isNew ? { connectionId, connectionToken } : { connectionId };
    const body = { negotiateVersion: isNew ? 1 : 0, ...ids, availableTransports };
    return { status: 200, body };
  }

  /** Answers an upgrade request, which may be for any path. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const address = request.url ?? "/";
    if (!URL.canParse(address, HERE)) return refuse(socket, 400);
    const url = new URL(address, HERE);
    const path = url.pathname.toLowerCase().replace(/\/$/u, "");
    const hub = path === "/hubs/user" ? "user" : path === "/hubs/market" ? "market" : undefined;
    if (hub === undefined) return refuse(socket, 404);
    const fault = this.#parts.faults.take("refusedHub", { hub });
    if (fault !== undefined) return refuse(socket, fault.status);
    const bearer = /^bearer (.+)$/iu.exec(request.headers.authorization ?? "")?.[1];
    const session = this.#parts.sessions.check(bearer ?? url.searchParams.get("access_token"));
    if (session.kind !== "valid") return refuse(socket, 401);
    const id = url.searchParams.get("id");
    const negotiated = id === null ? { connection: null } : this.#negotiated.get(id);
    if (negotiated === undefined) return refuse(socket, 404);
    if (negotiated.connection !== null) return refuse(socket, 409);
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { clock, faults, onCall } = this.#parts;
      const { userName, sessionId } = session;
      const connection = new HubConnection(webSocket, {
        hub,
        userName,
        sessionId,
        clock,
        faults,
        onCall,
        onClosed: () => {
          this.#connections.delete(connection);
          // An id whose socket is gone may come again: one client library keeps its own.
          negotiated.connection = null;
        },
      });
      negotiated.connection = connection;
      this.#connections.add(connection);
    });
  }

  close(): void {
    this.#stopLooking();
    for (const connection of this.#connections) connection.cut();
    this.#webSockets.close();
  }

  #remember(connectionToken: string): void {
    this.#negotiated.set(connectionToken, { connection: null });
    if (this.#negotiated.size <= NEGOTIATED_MAX) return;
    const [oldest] = this.#negotiated.keys();
    if (oldest !== undefined) this.#negotiated.delete(oldest);
  }
}

const HERE = "http://localhost";

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  409: "Conflict",
  503: "Service Unavailable",
};

function refuse(socket: Duplex, status: number): void {
  const challenge = status === 401 ? "WWW-Authenticate: Bearer\r\n" : "";
  const reason = REASONS[status] ?? "Error";
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\n${challenge}Content-Length: 0\r\nConnection: close\r\n\r\n`,
  );
}

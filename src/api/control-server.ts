import { chmodSync, rmSync } from "node:fs";
import { type Server, type Socket, createServer } from "node:net";
import { decode, encode } from "#core/desk/codec.ts";
import { LineReader } from "#core/desk/line-reader.ts";
import type { ControlReply, ControlServer, OnControlMessage } from "#runtime/control.ts";
import { readControlMessage } from "./control-contract.ts";

/** Connections at once: people and their scripts, not a public service. */
const CONNECTIONS_MAX = 32;

/** Listens on a local socket that only its owner can open. A file left by a process that died is replaced. */
export async function listenControl(
  path: string,
  onMessage: OnControlMessage,
): Promise<ControlServer> {
  const isPipe = path.startsWith("\\\\");
  if (!isPipe) rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, onMessage);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listening(server, path);
  if (!isPipe) chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.end();
        server.close(() => resolve());
      }),
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve());
  });
}

/** One reply a line, in the order of the messages. */
function serve(socket: Socket, onMessage: OnControlMessage): void {
  const reader = new LineReader();
  let answered = Promise.resolve();
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: string) => {
    for (const line of reader.take(chunk)) {
      answered = answered.then(async () => write(socket, await answer(line, onMessage)));
    }
    if (reader.isTooLong) socket.destroy();
  });
}

async function answer(line: string, onMessage: OnControlMessage): Promise<ControlReply> {
  let raw: unknown;
  try {
    raw = decode(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "refused", reason: "expected one JSON value a line" };
  }
  const message = readControlMessage(raw);
  return message.kind === "unreadable"
    ? { kind: "refused", reason: message.reason }
    : onMessage(message);
}

function write(socket: Socket, reply: ControlReply): void {
  if (!socket.destroyed) socket.write(`${encode(reply)}\n`);
}

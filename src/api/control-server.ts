import { chmodSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:net";
import type { ControlServer, OnControlMessage } from "#runtime/control.ts";
import { ControlConnection } from "./control-connection.ts";

/** Connections at once: people and their scripts, not a public service. */
const CONNECTIONS_MAX = 32;

/**
 * Listens on a local socket that only its owner can open. A file left by a process that died is replaced. When all
 * places are taken the connection that has asked for nothing for longest makes room: forgotten scripts must not keep
 * a person from a flatten.
 */
export async function listenControl(
  path: string,
  onMessage: OnControlMessage,
): Promise<ControlServer> {
  const isPipe = path.startsWith("\\\\");
  if (!isPipe) rmSync(path, { force: true });
  const connections = new Set<ControlConnection>();
  const server = createServer((socket) => {
    const connection = new ControlConnection(socket, onMessage);
    socket.on("close", () => connections.delete(connection));
    const hasRoom = makeRoom(connections);
    connections.add(connection);
    if (!hasRoom) {
      connection.refuse(
        `expected at most ${CONNECTIONS_MAX} connections that wait for answers; ask again in a moment`,
      );
    }
  });
  await listening(server, path);
  if (!isPipe) chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.close();
      }),
  };
}

/** Whether one more fits. The first of a set is the oldest. */
function makeRoom(connections: Set<ControlConnection>): boolean {
  if (connections.size < CONNECTIONS_MAX) return true;
  for (const connection of connections) {
    if (!connection.isIdle) continue;
    connections.delete(connection);
    connection.close();
    return true;
  }
  return false;
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve());
  });
}

import { chmodSync, rmSync } from "node:fs";
import { type Server, type Socket, connect, createServer } from "node:net";
import { AddressTakenError, type LocalAddress } from "#ports/local-address.ts";
import { type VenueParts, VenueServer } from "./venue-server.ts";

/** A desk, and a few who look on. */
const CONNECTIONS_MAX = 16;

export type VenueService = {
  readonly address: LocalAddress;
  /** Called once desks can connect. */
  readonly onListening: () => void;
  readonly stop: AbortSignal;
};

/** Runs the simulated venue until `stop`. Throws `AddressTakenError` when another one listens there. */
export async function serveVenue(parts: VenueParts, service: VenueService): Promise<void> {
  const venue = new VenueServer(parts);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    venue.serve(socket);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, service.address);
  try {
    service.onListening();
    await venue.market.run(service.stop);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function listen(server: Server, address: LocalAddress): Promise<void> {
  const isFile = "path" in address && !address.path.startsWith("\\\\");
  if (isFile) await replaceStale(address);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: Error) => {
      reject(isTaken(cause) ? new AddressTakenError(address, { cause }) : cause);
    });
    server.listen(address, () => resolve());
  });
  if (isFile) chmodSync(address.path, 0o600);
}

/** A file left by a process that died is replaced; one that a living process serves is not. */
async function replaceStale(address: Extract<LocalAddress, { path: string }>): Promise<void> {
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect(address);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
  if (answers) throw new AddressTakenError(address);
  rmSync(address.path, { force: true });
}

function isTaken(error: Error): boolean {
  return "code" in error && error.code === "EADDRINUSE";
}

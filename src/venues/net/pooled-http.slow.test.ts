import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { pooledHttp } from "./pooled-http.ts";

/** More than a client keeps a silent connection by itself, were it not told to. */
const SILENCE_MS = 6_000;

test("a connection outlives a silence, where the server names no time", async () => {
  const ports = new Set<number | undefined>();
  const server = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    response.end("{}");
  });
  // Without the header that names one.
  server.keepAliveTimeout = 0;
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", () => ready()));
  const http = pooledHttp();
  onTestFinished(async () => {
    http.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const { port } = server.address() as AddressInfo;
  const send = () =>
    http.send({
      method: "POST",
      url: `http://127.0.0.1:${port}/`,
      headers: {},
      body: "{}",
      signal: new AbortController().signal,
    });

  await send();
  await sleep(SILENCE_MS);
  await send();

  expect(ports.size).toBe(1);
});

import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { HttpFailure } from "#ports/http.ts";
import { eventually } from "#test/kit/eventually.ts";
import { pooledHttp } from "./pooled-http.ts";

test("an answer has status, headers and body, and connections are used again", async () => {
  const ports = new Set<number | undefined>();
  const { post } = await server((request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(429, { "Retry-After": "7" });
    response.end(`${request.method} ${request.headers["content-type"]}`);
  });

  const answer = await post("{}");
  for (let more = 0; more < 5; more += 1) await post("{}");

  expect(answer).toMatchObject({ status: 429, body: "POST application/json" });
  expect(answer.headers["retry-after"]).toBe("7");
  // A connection is free again a moment after its answer was told.
  expect(ports.size).toBeLessThanOrEqual(2);
});

test("where nobody listens nothing can have arrived", async () => {
  const { post, stop } = await server(() => undefined);
  await stop();

  const failure = await failed(post("{}"));

  expect(failure.mayHaveArrived).toBe(false);
});

test.each([
  ["hangs up", "destroy"],
  ["breaks off", "half"],
] as const)("a server that %s may have got the request", async (_what, how) => {
  const { post } = await server((_request, response) => {
    if (how === "destroy") return void response.socket?.destroy();
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.socket?.destroy());
  });

  const failure = await failed(post("{}"));

  expect(failure.mayHaveArrived).toBe(true);
});

test("nobody waits longer than asked for", async () => {
  let arrived = 0;
  const { post } = await server(() => void (arrived += 1));
  const giveUp = new AbortController();

  const waiting = failed(post("{}", giveUp.signal));
  await eventually("the request to arrive", () => arrived > 0);
  giveUp.abort();

  expect(await waiting).toMatchObject({ message: "no answer in time", mayHaveArrived: true });
});

test("whoever has given up before a connection was open has sent nothing", async () => {
  let arrived = 0;
  const { post } = await server(() => void (arrived += 1));
  const giveUp = new AbortController();

  const waiting = failed(post("{}", giveUp.signal));
  giveUp.abort();
  const before = failed(post("{}", AbortSignal.abort()));

  expect(await waiting).toMatchObject({ message: "no answer in time", mayHaveArrived: false });
  expect(await before).toMatchObject({ message: "no answer in time", mayHaveArrived: false });
  expect(arrived).toBe(0);
});

test("whoever gave up while a connection was opened writes nothing to it later", async () => {
  const arrived: string[] = [];
  const { post, connections } = await server((request, response) => {
    request.setEncoding("utf8").on("data", (text: string) => arrived.push(text));
    request.on("end", () => response.end("{}"));
  });
  const giveUp = new AbortController();

  const waiting = failed(post('"given up"', giveUp.signal));
  giveUp.abort();
  const first = await eventually("the connection", () => connections[0]);
  // Behind what would have been written to it.
  await eventually("the connection to be used or closed", async () => {
    await post('"next"');
    return first.destroyed || first.bytesRead > 0;
  });

  expect(await waiting).toMatchObject({ mayHaveArrived: false });
  expect(new Set(arrived)).toEqual(new Set(['"next"']));
});

test("an answer without end is given up, and may have been to something that was done", async () => {
  let isCut = false;
  const { post } = await server((_request, response) => {
    const chunk = Buffer.alloc(1_048_576);
    const goOn = (): void => {
      if (!isCut) response.write(chunk, () => setImmediate(goOn));
    };
    response.on("close", () => (isCut = true));
    goOn();
  });

  const failure = await failed(post("{}"));
  await eventually("the connection to be cut", () => isCut);

  expect(failure).toMatchObject({ message: "an answer without end", mayHaveArrived: true });
});

test("an answer of some megabytes is read", async () => {
  const { post } = await server((_request, response) => response.end(Buffer.alloc(4_194_304, 32)));

  expect((await post("{}")).body).toHaveLength(4_194_304);
});

async function server(onRequest: Parameters<typeof createServer>[1]) {
  const http = pooledHttp();
  const listening = createServer(onRequest as never);
  const connections: Socket[] = [];
  listening.on("connection", (socket: Socket) => connections.push(socket));
  await new Promise<void>((ready) => listening.listen(0, "127.0.0.1", () => ready()));
  const { port } = listening.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((stopped) => {
      listening.close(() => stopped());
      listening.closeAllConnections();
    });
  onTestFinished(async () => {
    http.close();
    await stop();
  });
  const post = (body: string, signal: AbortSignal = new AbortController().signal) =>
    http.send({
      method: "POST",
      url: `http://127.0.0.1:${port}/`,
      headers: { "content-type": "application/json" },
      body,
      signal,
    });
  return { post, stop, connections };
}

async function failed(answer: Promise<unknown>): Promise<HttpFailure> {
  const failure = await answer.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof HttpFailure)) throw new Error("Expected the request to fail");
  return failure;
}

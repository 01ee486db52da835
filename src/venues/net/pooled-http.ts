import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import { type HttpAnswer, HttpFailure, type HttpRequest, type SendHttp } from "#ports/http.ts";

/** Answers are lists of a few hundred rows, or 20 000 bars. */
const BODY_MAX = 67_108_864;

export type NodeHttp = { readonly send: SendHttp; readonly close: () => void };

/** HTTP and HTTPS over connections that are kept open. Whoever sends bounds how much is under way and for how long. */
export function nodeHttp(): NodeHttp {
  // The connection used last is used next, so that it stays the one that is certainly open.
  const kept = { keepAlive: true, scheduling: "lifo", noDelay: true } as const;
  const plain = new HttpAgent(kept);
  const secure = new HttpsAgent(kept);
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const url = new URL(request.url);
        const options = {
          method: request.method,
          headers: { ...request.headers, "content-length": Buffer.byteLength(request.body) },
        };
        const sent =
          url.protocol === "https:"
            ? requestHttps(url, { ...options, agent: secure })
            : requestHttp(url, { ...options, agent: plain });
        followAnswer(sent, request, { resolve, reject });
        sent.end(request.body);
      }),
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

type Settle = {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (failure: HttpFailure) => void;
};

function followAnswer(sent: ClientRequest, { signal }: HttpRequest, settle: Settle): void {
  let mayHaveArrived = false;
  const fail = (cause: Error): void => {
    settle.reject(new HttpFailure(cause.message, mayHaveArrived, { cause }));
  };
  const onAbort = (): void => void sent.destroy(new Error("no answer in time"));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  sent.on("close", () => signal.removeEventListener("abort", onAbort));
  sent.on("socket", (socket: Socket) => {
    if (!socket.connecting) mayHaveArrived = true;
    else socket.once("connect", () => (mayHaveArrived = true));
  });
  sent.on("error", fail);
  sent.on("response", (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > BODY_MAX) sent.destroy(new Error("an answer without end"));
    });
    response.on("error", fail);
    response.on("aborted", () => fail(new Error("the connection ended within the answer")));
    response.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      settle.resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), body });
    });
  });
}

function flat(headers: NodeJS.Dict<string | string[]>): Readonly<Record<string, string>> {
  const flattened: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flattened[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flattened;
}

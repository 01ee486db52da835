import { Agent, type Dispatcher } from "undici";
import { type HttpAnswer, HttpFailure, type SendHttp } from "#ports/http.ts";

/** Answers are lists of a few hundred rows, or 20 000 bars. */
const BODY_MAX = 67_108_864;

/** How long a silent connection stays, where the server names no other time: longer than the pause between two pings. */
const KEPT_MS = 60_000;

export type PooledHttp = { readonly send: SendHttp; readonly close: () => void };

/**
 * HTTP and HTTPS over connections that are kept open, one request at a time on each. Whoever sends bounds how much is
 * under way and for how long.
 */
export function pooledHttp(): PooledHttp {
  const agent = new Agent({
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEPT_MS,
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const { method, headers, body, signal } = request;
        const exchange = new Exchange(signal, { resolve, reject });
        agent.dispatch({ ...partsOf(request.url), method, headers, body }, exchange);
        // Only now: an order is on its way sooner.
        exchange.watch();
      }),
    close: () => void agent.destroy(),
  };
}

type Settle = {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (failure: HttpFailure) => void;
};

/** One request and what comes back, as the connection tells it. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #settle: Settle;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  /** The connection that has the request; null until one is open. */
  #controller: Dispatcher.DispatchController | null = null;

  constructor(signal: AbortSignal, settle: Settle) {
    this.#signal = signal;
    this.#settle = settle;
  }

  /** Gives up when nobody waits for it any more. */
  watch(): void {
    if (this.#signal.aborted) this.#fail(GIVEN_UP);
    else this.#signal.addEventListener("abort", this.#giveUp, { once: true });
  }

  /** From here on it may have arrived. Whoever has given up by now sends nothing. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#signal.aborted) return controller.abort(new Error(GIVEN_UP));
    this.#controller = controller;
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    this.#headers = flat(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > BODY_MAX) controller.abort(new Error("an answer without end"));
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener("abort", this.#giveUp);
    const body = Buffer.concat(this.#chunks).toString("utf8");
    this.#settle.resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#fail(error.message, error);
  }

  readonly #giveUp = (): void => {
    if (this.#controller === null) this.#fail(GIVEN_UP);
    else this.#controller.abort(new Error(GIVEN_UP));
  };

  #fail(reason: string, cause?: Error): void {
    this.#signal.removeEventListener("abort", this.#giveUp);
    this.#settle.reject(new HttpFailure(reason, this.#controller !== null, { cause }));
  }
}

const GIVEN_UP = "no answer in time";
const SCHEME_END = "://".length;

/** Of an absolute URL. */
function partsOf(url: string): { readonly origin: string; readonly path: string } {
  const at = url.indexOf("/", url.indexOf("://") + SCHEME_END);
  return { origin: url.slice(0, at), path: url.slice(at) };
}

function flat(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const flattened: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flattened[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flattened;
}

/** One request to a server; the body is sent as it is. */
export type HttpRequest = {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Gives up waiting; what was sent stays sent. */
  readonly signal: AbortSignal;
};

export type HttpAnswer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * Sends a request; the first byte leaves in the same turn of the event loop when a connection is open. Rejects with
 * `HttpFailure` when there is no whole answer, whatever its status.
 */
export type SendHttp = (request: HttpRequest) => Promise<HttpAnswer>;

/** No whole answer came. `mayHaveArrived` is false only when not one byte of the request can have reached the server. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly mayHaveArrived: boolean;

  constructor(message: string, mayHaveArrived: boolean, options?: ErrorOptions) {
    super(message, options);
    this.mayHaveArrived = mayHaveArrived;
  }
}

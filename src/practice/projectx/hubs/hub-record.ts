/** Ends every record of the SignalR JSON protocol. */
export const RECORD_END = "\u001E";

/** What a client says. Types this gateway has no use for are `ignored`. */
export type ClientRecord =
  | {
      readonly kind: "invocation";
      readonly target: string;
      readonly args: readonly unknown[];
      /** Null when no answer is wanted. */
      readonly invocationId: string | null;
    }
  | { readonly kind: "stream"; readonly invocationId: string | null }
  | { readonly kind: "close" }
  | { readonly kind: "ignored" };

/** Reads one record; undefined for what is none. */
export function readRecord(text: string): ClientRecord | undefined {
  const value = readObject(text);
  if (value === undefined) return undefined;
  const { type, target, arguments: args } = value;
  const invocationId = typeof value["invocationId"] === "string" ? value["invocationId"] : null;
  if (type === 1) {
    if (typeof target !== "string" || !Array.isArray(args)) return undefined;
    return { kind: "invocation", target, args: args as readonly unknown[], invocationId };
  }
  if (type === 4) return { kind: "stream", invocationId };
  return { kind: type === 7 ? "close" : "ignored" };
}

/** Reads the first record; null when it is a handshake we take, else the reason why not. */
export function handshakeError(text: string): string | null {
  const value = readObject(text);
  if (value === undefined) return "The handshake request could not be read.";
  const { protocol, version } = value;
  if (protocol !== "json") return `The protocol '${String(protocol)}' is not supported.`;
  if (version === 1) return null;
  return `The server does not support version ${String(version)} of the 'json' protocol.`;
}

export function invocation(target: string, args: readonly unknown[]): string {
  return `${JSON.stringify({ type: 1, target, arguments: args })}${RECORD_END}`;
}

export function completion(invocationId: string, error: string | null): string {
  const outcome = error === null ? { result: null } : { error };
  return `${JSON.stringify({ type: 3, invocationId, ...outcome })}${RECORD_END}`;
}

export function closeRecord(error: string | null, allowReconnect: boolean): string {
  return `${JSON.stringify({
    type: 7,
    ...(error === null ? {} : { error }),
    ...(allowReconnect ? { allowReconnect } : {}),
  })}${RECORD_END}`;
}

export const PING = `{"type":6}${RECORD_END}`;

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

import { AddressTakenError, type LocalAddress } from "#ports/local-address.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { Gateway } from "./gateway.ts";

export type GatewayService = {
  /** A port of the loopback interface; port 0 takes a free one. */
  readonly address: Extract<LocalAddress, { host: string }>;
  /** Called with the URL once clients can connect. */
  readonly onListening: (url: string) => void;
  readonly stop: AbortSignal;
};

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * Runs the practice gateway until `stop`. Throws `AddressTakenError` when something else listens there, `RangeError`
 * for an address that others could reach: whoever can may log in, set its clock and break it.
 */
export async function serveGateway(parts: GatewayParts, service: GatewayService): Promise<void> {
  const { address, onListening, stop } = service;
  if (!LOOPBACK.has(address.host)) {
    throw new RangeError(`Expected an address of the loopback interface, found ${address.host}`);
  }
  const gateway = new Gateway(parts);
  try {
    onListening(await listen(gateway, address));
    await gateway.run(stop);
  } finally {
    await gateway.close();
  }
}

async function listen(gateway: Gateway, address: GatewayService["address"]): Promise<string> {
  try {
    return await gateway.http.listen(address);
  } catch (cause) {
    const isTaken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    throw isTaken ? new AddressTakenError(address, { cause }) : cause;
  }
}

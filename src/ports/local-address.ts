/** Where processes of one machine meet: a socket file or named pipe, or a port of the loopback interface. */
export type LocalAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

/** Another process listens where one was to listen. */
export class AddressTakenError extends Error {
  override readonly name = "AddressTakenError";

  constructor(address: LocalAddress, options?: ErrorOptions) {
    const where = "path" in address ? address.path : `${address.host}:${address.port}`;
    super(`Another process listens on ${where}; end it or choose another address`, options);
  }
}

/** An address as people write it: `./venue.sock`, `127.0.0.1:7400`. Throws `RangeError` for what is not local. */
export function localAddress(text: string): LocalAddress {
  if (/[/\\]/u.test(text)) return { path: text };
  const [, host = "", port = ""] = /^(127\.0\.0\.1|localhost|\[::1\]):(\d+)$/u.exec(text) ?? [];
  const number = Number(port);
  if (host === "" || number > 65_535) {
    throw new RangeError(
      `Expected a local address such as ./venue.sock or 127.0.0.1:7400, found ${JSON.stringify(text)}`,
    );
  }
  return { host: host.replaceAll(/[[\]]/gu, ""), port: number };
}

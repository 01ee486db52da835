import { expect, test } from "vitest";
import { localAddress } from "./local-address.ts";

test.each([
  ["./venue.sock", { path: "./venue.sock" }],
  ["\\\\.\\pipe\\venue", { path: "\\\\.\\pipe\\venue" }],
  ["127.0.0.1:7400", { host: "127.0.0.1", port: 7_400 }],
  ["[::1]:7400", { host: "::1", port: 7_400 }],
])("%s is an address of this machine", (text, address) => {
  expect(localAddress(text)).toEqual(address);
});

test.each(["0.0.0.0:7400", "example.org:7400", "127.0.0.1:99999", "venue", ""])(
  "%j is none, and the message shows what is",
  (text) => {
    expect(() => localAddress(text)).toThrow("such as ./venue.sock or 127.0.0.1:7400");
  },
);

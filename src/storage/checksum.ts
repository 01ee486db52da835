import { crc32 } from "node:zlib";

/** Binds the parts of a stored row together, so that a row proves itself without its neighbours. */
export function checksum(...parts: readonly (string | number)[]): number {
  return crc32(parts.join(" "));
}

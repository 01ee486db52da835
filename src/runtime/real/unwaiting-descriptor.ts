import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { isatty } from "node:tty";

/** Somebody may read again, or make room on the disk. */
const TAKES_NOTHING_NOW = new Set(["EAGAIN", "EINTR", "ENOBUFS", "ENOSPC", "EDQUOT"]);
/** No such path, no permission for a terminal of another user, not a thing that can be opened, nobody there. */
const NOT_TO_BE_OPENED = new Set(["ENOENT", "EACCES", "ENXIO", "ENOTDIR"]);
const STDIN = 0;

/**
 * Another way to what a descriptor leads to, on which a write never waits for a reader: opened anew, since changing the
 * descriptor itself would change it for every process at the same terminal. Undefined where the system has no such way,
 * as for sockets and on Windows.
 */
export function unwaitingDescriptor(descriptor: number): number | undefined {
  if (process.platform === "win32") return undefined;
  const stat = fstatSync(descriptor);
  const isTerminal = isatty(descriptor);
  if (stat.isFile() || (stat.isCharacterDevice() && !isTerminal)) return descriptor;
  // One that belongs to another user, as under sudo, is still open to its processes under this name.
  const isOurs = isTerminal && stat.rdev === fstatSync(STDIN).rdev;
  for (const path of [`/proc/self/fd/${descriptor}`, ...(isOurs ? ["/dev/tty"] : [])]) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch (error) {
      if (!NOT_TO_BE_OPENED.has(errorCode(error) ?? "")) throw error;
    }
  }
  return undefined;
}

/** How many of the bytes were taken; throws when none ever will be again. */
export function writeUnwaiting(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if (TAKES_NOTHING_NOW.has(errorCode(error) ?? "")) return 0;
    throw error;
  }
}

/** What the system calls its refusal, if it was the system's. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

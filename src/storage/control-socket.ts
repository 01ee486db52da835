import { hash } from "node:crypto";
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export type SocketPlace = {
  readonly platform: NodeJS.Platform;
  /** A folder for temporary files, where names are short. */
  readonly temporary: string;
};

/**
 * Where the desk of a data folder listens: `keel.sock` in the folder; on Windows a named pipe; for a folder whose
 * path is too long for the system, a socket in a private folder under the temporary one. The same for both ends.
 */
export function controlSocket(
  dataFolderPath: string,
  { platform, temporary }: SocketPlace = { platform: process.platform, temporary: tmpdir() },
): string {
  const root = resolve(dataFolderPath);
  if (platform === "win32") return `\\\\.\\pipe\\keel-${nameFor(root)}`;
  const direct = join(root, SOCKET);
  if (Buffer.byteLength(direct) <= PATH_BYTES_MAX) return direct;
  const folder = join(temporary, `keel-${process.getuid?.() ?? 0}-${nameFor(root)}`);
  const short = join(folder, SOCKET);
  if (Buffer.byteLength(short) > PATH_BYTES_MAX) {
    throw new Error(
      `Expected a path of at most ${PATH_BYTES_MAX} bytes for the control socket, found ${direct} and ${short}; use a data folder with a shorter path`,
    );
  }
  makePrivate(folder);
  return short;
}

const SOCKET = "keel.sock";
/** The smallest limit is that of macOS, 103. */
const PATH_BYTES_MAX = 100;
const PRIVATE = 0o700;

/** The same whichever way leads to the folder. */
function nameFor(root: string): string {
  return hash("sha256", realPath(root)).slice(0, 16);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return path;
    throw error;
  }
}

/** Others may write to the temporary folder, and may have been there first. */
function makePrivate(folder: string): void {
  try {
    mkdirSync(folder, { mode: PRIVATE });
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  const status = lstatSync(folder);
  const { mode, uid } = status;
  if (status.isDirectory() && uid === process.getuid?.() && (mode & 0o077) === 0) return;
  throw new Error(
    `Expected ${folder} to be a folder that only you may use, found one of user ${uid} with mode ${(mode & 0o777).toString(8)}; delete it or use a data folder with a shorter path`,
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

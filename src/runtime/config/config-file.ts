import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError } from "./config-problem.ts";

/** Where a configuration comes from. */
export type ConfigSource =
  | { readonly path: string }
  /** `name` stands for the file in messages; files it names are looked for in `folder`. */
  | { readonly text: string; readonly name: string; readonly folder: string };

/** A configuration as it was found, with the folder that paths in it count from. */
export type ConfigFile = {
  readonly name: string;
  readonly text: string;
  readonly folder: string;
  readonly hash: string;
};

const CONFIG_BYTES_MAX = 1024 * 1024;

/** Throws `ConfigError` for what is no text file or too large to be a configuration. */
export async function readConfigFile(source: ConfigSource): Promise<ConfigFile> {
  const text = "path" in source ? await readText(source.path) : source.text;
  const hash = createHash("sha256").update(text).digest("hex");
  if (!("path" in source)) return { ...source, hash };
  return { name: source.path, folder: dirname(source.path), text, hash };
}

/** The text of a file, which must be UTF-8 and small. */
async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes.length > CONFIG_BYTES_MAX) {
    throw unreadable(path, `a file of at most ${CONFIG_BYTES_MAX} bytes`, "a larger one");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw unreadable(path, "text in UTF-8", "other bytes");
  }
}

/** At most one byte more than allowed, so that a mistaken path to something huge costs nothing. */
async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      return await firstBytes(file, CONFIG_BYTES_MAX + 1);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code === "ENOENT") throw unreadable(path, "a configuration file", "no such file");
    if (code === "EISDIR") throw unreadable(path, "a configuration file", "a folder");
    if (code === "EACCES" || code === "EPERM")
      throw unreadable(path, "a file that may be read", "no permission");
    throw error;
  }
}

async function firstBytes(file: FileHandle, count: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(count);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, count - length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
}

function unreadable(path: string, expected: string, found: string): ConfigError {
  const place = { kind: "unread" } as const;
  return new ConfigError(path, [{ kind: "config", place, path: [], expected, found, hint: null }]);
}

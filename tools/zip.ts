// Reads one entry of a zip archive, stored or deflated. Enough for market data archives: no ZIP64, no encryption.
import { crc32, inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06_05_4b_50;
const DIRECTORY_ENTRY = 0x02_01_4b_50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const STORED = 0;
const DEFLATED = 8;

type Entry = {
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly localHeaderAt: number;
};

/** The content of the entry called `name`; an error names the entries that there are. */
export function readZipEntry(zip: Buffer, name: string): Buffer {
  const entries = directory(zip);
  const entry = entries.get(name);
  if (entry === undefined) {
    throw new Error(`Expected a zip entry ${name}, found ${[...entries.keys()].join(", ")}`);
  }
  const content = decompressed(zip, entry);
  if (crc32(content) !== entry.crc) {
    throw new Error(
      `Expected ${name} to match its checksum, found other content; copy the archive again`,
    );
  }
  return content;
}

function directory(zip: Buffer): Map<string, Entry> {
  const end = endOfDirectory(zip);
  const entries = new Map<string, Entry>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY) throw broken("a directory entry", at);
    const nameBytes = zip.readUInt16LE(at + 28);
    entries.set(zip.toString("utf8", at + 46, at + 46 + nameBytes), {
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      compressedBytes: zip.readUInt32LE(at + 20),
      localHeaderAt: zip.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function endOfDirectory(zip: Buffer): number {
  const first = Math.max(0, zip.length - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = zip.length - END_BYTES; at >= first; at -= 1) {
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw broken("the end of a zip directory", zip.length);
}

/** The name and extra field in the local header may differ in length from those of the directory. */
function decompressed(zip: Buffer, { method, compressedBytes, localHeaderAt }: Entry): Buffer {
  const at =
    localHeaderAt +
    30 +
    zip.readUInt16LE(localHeaderAt + 26) +
    zip.readUInt16LE(localHeaderAt + 28);
  const content = zip.subarray(at, at + compressedBytes);
  if (method === STORED) return content;
  if (method === DEFLATED) return inflateRawSync(content);
  throw new Error(`Expected a stored or deflated zip entry, found compression method ${method}`);
}

function broken(expected: string, at: number): Error {
  return new Error(
    `Expected ${expected} at byte ${at}, found something else; this is no whole zip archive`,
  );
}

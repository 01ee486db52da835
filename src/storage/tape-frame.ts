import { crc32 } from "node:zlib";

/*
 * A tape is a head of 16 bytes and frames behind each other. Everything is little-endian.
 *
 *   head    "KEELTAPE", version u32, CRC-32 of these 12 bytes u32
 *   frame   "FRAM", number from 0 u32, kind u32, count u32, payload length u32, CRC-32 of these 20 bytes and
 *           the payload u32; payload
 *   names   (kind 1) instrument ids as a JSON list, appended to those of earlier frames
 *   rows    (kind 2) seven columns of `count` numbers: seq, at, price, qty, askPrice, askQty, label
 *   column  width u32, 0 u32, first value f64, then the distances from it as i8, i16 or i32 by the width (nothing
 *           for 0, all are equal), or the values themselves as f64 when the width is 8. Padded to 8 bytes
 *   label   kind + 4 * aggressor + 16 * index of the instrument
 */

export const TAPE_VERSION = 1;
export const HEAD_BYTES = 16;
export const FRAME_HEADER_BYTES = 24;
export const FRAME_ROWS = 2_048;
export const COLUMNS = 7;
export const NAMES = 1;
export const ROWS = 2;
/** Names and rows stay far below. */
export const PAYLOAD_BYTES_MAX = COLUMNS * (16 + 8 * FRAME_ROWS);

export type FrameHeader = {
  readonly number: number;
  readonly kind: number;
  readonly count: number;
  readonly length: number;
};

export function tapeHead(version: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write("KEELTAPE", "latin1");
  head.writeUInt32LE(version, 8);
  head.writeUInt32LE(crc32(head.subarray(0, 12)), 12);
  return head;
}

/** The version of a tape, or `undefined` when this is not the head of one. */
export function versionIn(head: Buffer): number | undefined {
  if (head.length < HEAD_BYTES || head.toString("latin1", 0, 8) !== "KEELTAPE") return undefined;
  if (head.readUInt32LE(12) !== crc32(head.subarray(0, 12))) return undefined;
  return head.readUInt32LE(8);
}

/** Completes a frame whose payload is in its place behind the header. */
export function sealFrame(frame: Buffer, { number, kind, count, length }: FrameHeader): void {
  frame.write(FRAME_MAGIC, "latin1");
  frame.writeUInt32LE(number, 4);
  frame.writeUInt32LE(kind, 8);
  frame.writeUInt32LE(count, 12);
  frame.writeUInt32LE(length, 16);
  frame.writeUInt32LE(frameChecksum(frame, length), 20);
}

/** The header of a frame that may be sound, or `undefined`. */
export function frameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER_BYTES || bytes.toString("latin1", 0, 4) !== FRAME_MAGIC) {
    return undefined;
  }
  const [number, kind, count] = [
    bytes.readUInt32LE(4),
    bytes.readUInt32LE(8),
    bytes.readUInt32LE(12),
  ];
  const length = bytes.readUInt32LE(16);
  return length > PAYLOAD_BYTES_MAX ? undefined : { number, kind, count, length };
}

/** Whether a whole frame, header and payload, is what was sealed. */
export function isSealed(frame: Buffer, { length }: FrameHeader): boolean {
  if (frame.length < FRAME_HEADER_BYTES + length) return false;
  return frame.readUInt32LE(20) === frameChecksum(frame, length);
}

export const FRAME_MAGIC = "FRAM";

function frameChecksum(frame: Buffer, length: number): number {
  const payload = frame.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length);
  return crc32(payload, crc32(frame.subarray(0, 20)));
}

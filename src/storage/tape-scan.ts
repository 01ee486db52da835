import { readSync } from "node:fs";
import {
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  type FrameHeader,
  frameHeader,
  HEAD_BYTES,
  isSealed,
  PAYLOAD_BYTES_MAX,
  TAPE_VERSION,
  versionIn,
} from "./tape-frame.ts";

/** A sound frame. Its bytes are valid until the next one is asked for. */
export type ScannedFrame = FrameHeader & { readonly bytes: Buffer };

/** The tape was written by a newer program. */
export class TapeVersionError extends Error {
  override readonly name = "TapeVersionError";
}

/** Goes through the sound frames of an open tape, front to back, and stops at the first that is not. */
export class TapeScan {
  readonly #file: number;
  readonly #path: string;
  readonly #frame = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + PAYLOAD_BYTES_MAX);
  #end = 0;
  #problem: string | undefined;

  constructor(file: number, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Where the sound part ends, in bytes. */
  get end(): number {
    return this.#end;
  }

  /** Why it ends there, if not because the file does. */
  get problem(): string | undefined {
    return this.#problem;
  }

  *frames(): Generator<ScannedFrame> {
    if (!this.#readHead()) return;
    for (let number = 0; ; number += 1) {
      const header = this.#soundFrame(number);
      if (header === undefined) return;
      const size = FRAME_HEADER_BYTES + header.length;
      this.#end += size;
      yield { ...header, bytes: this.#frame.subarray(0, size) };
    }
  }

  /** Whether a sound frame stands somewhere at or behind a position. */
  hasFramesBeyond(position: number): boolean {
    const window = Buffer.allocUnsafe(SEARCH_BYTES);
    for (let from = position; ; from += SEARCH_BYTES - FRAME_MAGIC.length + 1) {
      const found = readSync(this.#file, window, 0, SEARCH_BYTES, from);
      for (let hit = -1; (hit = window.indexOf(FRAME_MAGIC, hit + 1, "latin1")) >= 0;) {
        if (hit < found && this.#frameAt(from + hit).kind === "sound") return true;
      }
      if (found < SEARCH_BYTES) return false;
    }
  }

  #readHead(): boolean {
    const bytes = this.#read(0, HEAD_BYTES);
    if (bytes.length === 0) return false;
    const version = versionIn(bytes);
    if (version === undefined) {
      this.#problem = "expected the head of a tape, found something else";
      return false;
    }
    if (version > TAPE_VERSION) {
      throw new TapeVersionError(
        `Expected a tape of version ${TAPE_VERSION} or older in ${this.#path}, found version ${version}; start the program that wrote it or a newer one`,
      );
    }
    this.#end = HEAD_BYTES;
    return true;
  }

  #soundFrame(number: number): FrameHeader | undefined {
    const found = this.#frameAt(this.#end);
    switch (found.kind) {
      case "end":
        return undefined;
      case "unsound":
        this.#problem = found.problem;
        return undefined;
      case "sound":
        if (found.header.number === number) return found.header;
        this.#problem = `expected frame ${number}, found frame ${found.header.number}`;
        return undefined;
    }
  }

  #frameAt(position: number): FrameAt {
    const start = this.#read(position, FRAME_HEADER_BYTES);
    if (start.length === 0) return { kind: "end" };
    if (start.length < FRAME_HEADER_BYTES) return CUT_OFF;
    const header = frameHeader(start);
    if (header === undefined)
      return { kind: "unsound", problem: "expected a frame, found other bytes" };
    const frame = this.#read(position, FRAME_HEADER_BYTES + header.length);
    if (frame.length < FRAME_HEADER_BYTES + header.length) return CUT_OFF;
    if (isSealed(frame, header)) return { kind: "sound", header };
    return {
      kind: "unsound",
      problem: `expected the checksum of frame ${header.number}, found another`,
    };
  }

  #read(position: number, size: number): Buffer {
    return this.#frame.subarray(0, readSync(this.#file, this.#frame, 0, size, position));
  }
}

type FrameAt =
  | { readonly kind: "sound"; readonly header: FrameHeader }
  | { readonly kind: "unsound"; readonly problem: string }
  | { readonly kind: "end" };

const CUT_OFF: FrameAt = { kind: "unsound", problem: "the tape ends in the middle of a frame" };
const SEARCH_BYTES = 65_536;

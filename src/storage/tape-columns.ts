import { FRAME_HEADER_BYTES, FRAME_ROWS } from "./tape-frame.ts";

/** The columns of a frame, in the order they are stored. */
export class TapeColumns {
  readonly seq = new Float64Array(FRAME_ROWS);
  readonly at = new Float64Array(FRAME_ROWS);
  readonly price = new Float64Array(FRAME_ROWS);
  readonly qty = new Float64Array(FRAME_ROWS);
  readonly askPrice = new Float64Array(FRAME_ROWS);
  readonly askQty = new Float64Array(FRAME_ROWS);
  readonly label = new Float64Array(FRAME_ROWS);
  readonly all = [
    this.seq,
    this.at,
    this.price,
    this.qty,
    this.askPrice,
    this.askQty,
    this.label,
  ] as const;

  readonly #offsets = new Int32Array(FRAME_ROWS);

  /** Packs the first `count` rows behind the header of a frame; returns the length of the payload. */
  pack(frame: Buffer, count: number): number {
    let end = FRAME_HEADER_BYTES;
    const offsets = this.#offsets.subarray(0, count);
    for (const column of this.all) {
      end = packColumn(frame, end, column.subarray(0, count), offsets);
    }
    return end - FRAME_HEADER_BYTES;
  }

  /** Unpacks a sealed frame; whether it fits the count it gives. */
  unpack(frame: Buffer, count: number): boolean {
    if (count > FRAME_ROWS) return false;
    let start: number | undefined = FRAME_HEADER_BYTES;
    for (const column of this.all) {
      start = unpackColumn(frame, start, column.subarray(0, count));
      if (start === undefined) return false;
    }
    return start === frame.length;
  }
}

const COLUMN_HEADER_BYTES = 16;
const RAW = 8;

function packColumn(
  frame: Buffer,
  start: number,
  values: Float64Array,
  offsets: Int32Array,
): number {
  const base = values[0] ?? 0;
  const width = offsetsFrom(base, values, offsets);
  frame.writeUInt32LE(width, start);
  frame.writeUInt32LE(0, start + 4);
  frame.writeDoubleLE(base, start + 8);
  const data = start + COLUMN_HEADER_BYTES;
  const filled = data + width * values.length;
  const end = padded(filled);
  frame.fill(0, filled, end);
  cellsIn(frame, data, width, values.length)?.set(width === RAW ? values : offsets);
  return end;
}

/** Fills the values and returns where the next column starts; `undefined` for what no writer makes. */
function unpackColumn(frame: Buffer, start: number, values: Float64Array): number | undefined {
  const data = start + COLUMN_HEADER_BYTES;
  if (data > frame.length) return undefined;
  const width = frame.readUInt32LE(start);
  const base = frame.readDoubleLE(start + 8);
  const end = padded(data + width * values.length);
  if (!WIDTHS.has(width) || end > frame.length) return undefined;
  const cells = cellsIn(frame, data, width, values.length);
  if (cells === undefined) values.fill(base);
  else values.set(cells);
  if (cells === undefined || width === RAW) return end;
  for (let row = 0; row < values.length; row += 1) values[row] = base + (values[row] ?? 0);
  return end;
}

/**
 * Finds the offsets of a column from its first value. Returns the bytes that hold each of them; `RAW` when adding
 * them to the base would not give back every value (fractions, distances beyond 32 bits).
 */
function offsetsFrom(base: number, values: Float64Array, offsets: Int32Array): number {
  let used = 0;
  let magnitude = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? 0;
    const offset = (value - base) | 0;
    if (base + offset !== value) return RAW;
    offsets[row] = offset;
    used |= offset;
    magnitude |= offset ^ (offset >> 31);
  }
  if (used === 0) return 0;
  if (magnitude <= 0x7f) return 1;
  return magnitude <= 0x7fff ? 2 : 4;
}

const WIDTHS: ReadonlySet<number> = new Set([0, 1, 2, 4, RAW]);

/** A view of the cells in the frame, which begins at a multiple of 8 in memory, as does every column in it. */
function cellsIn(frame: Buffer, start: number, width: number, count: number) {
  const offset = frame.byteOffset + start;
  if (width === 1) return new Int8Array(frame.buffer, offset, count);
  if (width === 2) return new Int16Array(frame.buffer, offset, count);
  if (width === 4) return new Int32Array(frame.buffer, offset, count);
  if (width === RAW) return new Float64Array(frame.buffer, offset, count);
  return undefined;
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

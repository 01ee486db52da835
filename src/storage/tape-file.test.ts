import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type InstrumentId, instrumentId } from "#core/domain/ids.ts";
import { InvariantError } from "#core/domain/invariant.ts";
import type { TapeEvent } from "#ports/tape.ts";
import { openTapeReader, openTapeWriter } from "./tape-file.ts";
import { tapeHead } from "./tape-frame.ts";
import { TapeVersionError } from "./tape-scan.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const MNQ = instrumentId("MNQ");
const BTC = instrumentId("BTC_USDT");

test("what was appended is read back, trades, quotes and clock events alike", () => {
  const path = new TemporaryFolder().file("tape.bin");
  const events = [
    trade({ seq: 3, price: 80_001, aggressor: 2 }),
    quote({ seq: 4, instrument: BTC, price: -12, qty: 3_000_000_000 }),
    { ...trade({ seq: 7 }), kind: 2 as const, instrument: instrumentId("-"), price: 0, qty: 0 },
    quote({ seq: 9_007_199_254_740_991, at: 1_700_000_000_123, askPrice: 0.25 }),
  ];

  write(path, events);

  expect(read(path)).toEqual({ events, shortAfter: undefined });
});

test("any numbers come back, however they are divided into frames and processes", () => {
  const folder = new TemporaryFolder();
  const number = fc.oneof(
    fc.integer({ min: -1_000, max: 1_000 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).map((value) => value + 0),
  );
  const event = fc.record({
    step: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2 ** 34 })),
    kind: fc.constantFrom(0 as const, 1 as const, 2 as const),
    aggressor: fc.constantFrom(0 as const, 1 as const, 2 as const),
    instrument: fc.constantFrom(MNQ, BTC, instrumentId("-")),
    at: number,
    price: number,
    qty: number,
    askPrice: number,
    askQty: number,
    after: fc.constantFrom("append", "flush", "reopen"),
  });

  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (steps) => {
      const path = folder.file("tape.bin");
      writeFileSync(path, "");
      let tape = openTape(path);
      let seq = 0;
      const events: TapeEvent[] = [];
      for (const { step, after, ...rest } of steps) {
        seq += step;
        const row = { seq, ...rest };
        events.push(row);
        tape.append(row);
        if (after !== "append") tape.flush();
        if (after !== "reopen") continue;
        tape.close();
        tape = openTape(path);
        expect(tape.lastSeq).toBe(seq);
      }
      tape.close();

      expect(read(path)).toEqual({ events, shortAfter: undefined });
    }),
    { numRuns: 100 },
  );
});

test("a long tape fills frames and stays small", () => {
  const path = new TemporaryFolder().file("tape.bin");
  const events = Array.from({ length: 20_000 }, (_, index) =>
    quote({
      seq: index + 1,
      at: 1_700_000_000_000 + index * 40,
      price: 80_000 + (index % 300),
      instrument: index % 100 < 50 ? MNQ : BTC,
    }),
  );

  write(path, events);

  expect(read(path)).toEqual({ events, shortAfter: undefined });
  expect(statSync(path).size).toBeLessThan(20_000 * 14);
});

test("what is flushed is there for a reader while the writer goes on", () => {
  const path = new TemporaryFolder().file("tape.bin");
  const tape = openTape(path);
  tape.append(trade({ seq: 1 }));
  expect(read(path).events).toEqual([]);

  tape.flush();
  tape.append(trade({ seq: 2 }));
  expect(read(path)).toEqual({ events: [trade({ seq: 1 })], shortAfter: undefined });

  tape.close();
  expect(read(path).events).toHaveLength(2);
});

test("an event whose number does not rise is a mistake of the program, also after a restart", () => {
  const path = new TemporaryFolder().file("tape.bin");
  write(path, [trade({ seq: 5 })]);
  const tape = openTape(path);

  expect(tape.lastSeq).toBe(5);
  expect(() => tape.append(trade({ seq: 5 }))).toThrow(InvariantError);
  tape.append(trade({ seq: 6 }));
  tape.close();
});

test("a tape that is not there has no events and says so", () => {
  const path = new TemporaryFolder().file("tape.bin");

  expect(read(path)).toEqual({
    events: [],
    shortAfter: { seq: 0, reason: `Tape ${path}: expected a tape, found none` },
  });
  expect(existsSync(path)).toBe(false);
});

test("the tape of a newer program is refused and not changed", () => {
  const path = new TemporaryFolder().file("tape.bin");
  writeFileSync(path, tapeHead(2));

  expect(() => openTape(path)).toThrow(TapeVersionError);
  expect(() => read(path)).toThrow(
    `Expected a tape of version 1 or older in ${path}, found version 2; start the program that wrote it or a newer one`,
  );
  expect(readFileSync(path)).toEqual(tapeHead(2));
});

test("wherever a tape is cut off, whole frames are read, and the next writer goes on behind them", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("tape.bin");
  const events = severalFrames(path);
  const whole = readFileSync(path);
  const ends = frameEnds(whole);

  const lengths = new Set(ends);
  for (let length = 0; length < whole.length; length += 5) lengths.add(length);
  for (const end of ends) lengths.add(Math.min(end + 1, whole.length)).add(Math.max(0, end - 1));
  for (const length of lengths) {
    const copy = folder.file("copy.bin");
    writeFileSync(copy, whole.subarray(0, length));
    const { events: left, shortAfter } = read(copy);
    expect(left).toEqual(events.slice(0, left.length));
    const last = left.at(-1)?.seq ?? 0;
    if (ends.has(length)) expect(shortAfter).toBeUndefined();
    else expect(shortAfter).toMatchObject({ seq: last });

    const tape = openTape(copy);
    expect(tape.lastSeq).toBe(last);
    tape.append(trade({ seq: 100 }));
    tape.close();
    expect(read(copy)).toEqual({ events: [...left, trade({ seq: 100 })], shortAfter: undefined });
  }
  expect(readdirSync(folder.path)).toEqual(["copy.bin", "tape.bin"]);
});

test("every changed byte stops the reader at the frame before", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("tape.bin");
  const events = severalFrames(path);
  const whole = readFileSync(path);

  for (let at = 0; at < whole.length; at += 3) {
    const copy = folder.file("copy.bin");
    writeFileSync(copy, withFlip(whole, at));
    const { events: left, shortAfter } = read(copy);

    expect(left).toEqual(events.slice(0, left.length));
    expect(left.length).toBeLessThan(events.length);
    expect(shortAfter).toMatchObject({ seq: left.at(-1)?.seq ?? 0 });
  }
});

test("frames that are missing, doubled or foreign stop the reader", () => {
  const path = new TemporaryFolder().file("tape.bin");
  const events = severalFrames(path);
  const whole = readFileSync(path);
  const [head = 0, names = 0, first = 0, second = 0] = [...frameEnds(whole)].filter(
    (end) => end > 0,
  );

  for (const { bytes, sound, reason } of [
    {
      bytes: [whole.subarray(0, first), whole.subarray(second)],
      sound: 2,
      reason: "expected frame 2, found frame 3",
    },
    {
      bytes: [whole.subarray(0, first), whole.subarray(names)],
      sound: 2,
      reason: "expected frame 2, found frame 1",
    },
    {
      bytes: [whole.subarray(0, head), whole.subarray(names)],
      sound: 0,
      reason: "expected frame 0, found frame 1",
    },
    {
      bytes: [whole, Buffer.alloc(64)],
      sound: events.length,
      reason: "expected a frame, found other bytes",
    },
    {
      bytes: [Buffer.from("something else altogether")],
      sound: 0,
      reason: "expected the head of a tape, found something else",
    },
  ]) {
    writeFileSync(path, Buffer.concat(bytes));
    expect(read(path)).toEqual({
      events: events.slice(0, sound),
      shortAfter: { seq: events[sound - 1]?.seq ?? 0, reason: `Tape ${path}: ${reason}` },
    });
  }
});

test("a tape that is damaged before sound frames is kept whole before the writer goes on", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("tape.bin");
  const events = severalFrames(path);
  const damaged = withFlip(readFileSync(path), 200);

  for (const aside of ["tape.bin.damaged-1", "tape.bin.damaged-2"]) {
    writeFileSync(path, damaged);
    write(path, [trade({ seq: 100 })]);
    expect(readFileSync(folder.file(aside))).toEqual(damaged);
  }
  expect(read(path).events.at(-1)).toEqual(trade({ seq: 100 }));
  expect(read(path).events.length).toBeLessThan(events.length);
  expect(read(path).shortAfter).toBeUndefined();
});

test("rubbish behind a torn end is cut off and not kept", () => {
  const folder = new TemporaryFolder();
  const path = folder.file("tape.bin");
  const events = severalFrames(path);
  appendFileSync(path, "FRAM FRAM FRAM and so on");

  write(path, [trade({ seq: 100 })]);

  expect(read(path)).toEqual({ events: [...events, trade({ seq: 100 })], shortAfter: undefined });
  expect(readdirSync(folder.path)).toEqual(["tape.bin"]);
});

function trade(change: Partial<TapeEvent> = {}): TapeEvent {
  const event = { seq: 1, kind: 0 as const, at: 1_700_000_000_000, instrument: MNQ, price: 80_000 };
  return { ...event, qty: 2, askPrice: 0, askQty: 0, aggressor: 1, ...change };
}

function quote(change: Partial<TapeEvent> = {}): TapeEvent {
  return { ...trade(), kind: 1, askPrice: 80_001, askQty: 7, aggressor: 0, ...change };
}

function openTape(path: string, instruments: readonly InstrumentId[] = [MNQ]) {
  return openTapeWriter({
    path,
    instruments,
    onLost: ({ cause }) => {
      throw new Error("Expected every event to be written", { cause });
    },
  });
}

function write(path: string, events: readonly TapeEvent[]): void {
  const tape = openTape(path);
  for (const event of events) tape.append(event);
  tape.close();
}

function read(path: string) {
  const tape = openTapeReader(path);
  return { events: [...tape.events()], shortAfter: tape.shortAfter() };
}

/** A tape of names and three frames of two events. */
function severalFrames(path: string): readonly TapeEvent[] {
  const events = Array.from({ length: 6 }, (_, index) =>
    quote({ seq: index + 1, price: index * 100 }),
  );
  const tape = openTape(path);
  for (const event of events) {
    tape.append(event);
    if (event.seq % 2 === 0) tape.flush();
  }
  tape.close();
  return events;
}

/** Where a tape may end without anything missing: the file's start, the head's end, each frame's end. */
function frameEnds(tape: Buffer): ReadonlySet<number> {
  const ends = new Set([0]);
  for (let end = 16; end <= tape.length; end += 24 + tape.readUInt32LE(end + 16)) {
    ends.add(end);
    if (end === tape.length) break;
  }
  return ends;
}

function withFlip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 8)), at);
  return changed;
}

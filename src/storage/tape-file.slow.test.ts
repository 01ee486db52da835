import { expect, test } from "vitest";
import { instrumentId } from "#core/domain/ids.ts";
import type { TapeEvent } from "#ports/tape.ts";
import { SmallDisk } from "./small-disk.ts";
import { openTapeReader, openTapeWriter } from "./tape-file.ts";
import type { TapeLoss } from "./tape-writer.ts";

test("a full disk costs the events it does not take, and the tape goes on when there is room", ({
  skip,
}) => {
  const disk = new SmallDisk();
  if (!disk.mount("256k")) skip("mounting a small disk is not permitted here");
  const losses: TapeLoss[] = [];
  const path = disk.file("tape.bin");
  const tape = openTapeWriter({ path, instruments: [], onLost: (loss) => losses.push(loss) });
  appendTo(tape, 1, 10);
  disk.fill(4_096);

  appendTo(tape, 11, 30_000);
  const [first] = losses;
  expect(first?.fromSeq).toBeGreaterThanOrEqual(11);
  expect(String(first?.cause)).toContain("ENOSPC");
  expect(tape.lastSeq).toBe(30_000);

  disk.free();
  appendTo(tape, 30_001, 30_010);
  tape.close();
  const lost = (seq: number) => losses.some(({ fromSeq, toSeq }) => seq >= fromSeq && seq <= toSeq);
  const expected = Array.from({ length: 30_010 }, (_, index) => index + 1).filter(
    (seq) => !lost(seq),
  );
  const reader = openTapeReader(path);
  expect([...reader.events()].map(({ seq }) => seq)).toEqual(expected);
  expect(reader.shortAfter()).toBeUndefined();
  expect(expected.length).toBeGreaterThan(15);
  expect(expected.length).toBeLessThan(20_000);
});

/** Appends and flushes events whose columns do not pack. */
function appendTo(tape: ReturnType<typeof openTapeWriter>, from: number, to: number): void {
  const zero = { qty: 0, askPrice: 0, askQty: 0, aggressor: 0 as const };
  for (let seq = from; seq <= to; seq += 1) {
    const event: TapeEvent = {
      seq,
      kind: 0,
      at: seq / 3,
      instrument: instrumentId("MNQ"),
      price: seq / 7,
      ...zero,
    };
    tape.append(event);
  }
  tape.flush();
}

import { expect, test } from "vitest";
import { goldTape } from "#bench/gold-tape.ts";

const ROWS = 5_000;

test("a tape is the same for the same seed and another for another", () => {
  const tape = goldTape(ROWS, 1);

  expect(goldTape(ROWS, 1)).toEqual(tape);
  expect(goldTape(ROWS, 2).blocks[0]?.price).not.toEqual(tape.blocks[0]?.price);
});

test("a tape has the rows it was asked for, in order of time", () => {
  const { blocks, rows } = goldTape(ROWS, 1);

  const times = blocks.flatMap(({ at, count }) => [...at.subarray(0, count)]);
  expect(rows).toBe(ROWS);
  expect(times).toHaveLength(ROWS);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

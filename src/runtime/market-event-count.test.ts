import { expect, test } from "vitest";
import type { DeskEvent } from "#core/desk/event.ts";
import { OPENING } from "#test/kit/builders.ts";
import { MarketEventCount } from "./market-event-count.ts";

const at = OPENING;
const opened = { kind: "sessionOpened", at } as DeskEvent;
const started: DeskEvent = { kind: "deskStarted", at, epoch: 1 };
const began: DeskEvent = { kind: "warmupBegan", at };
const ended: DeskEvent = { kind: "warmupEnded", at };
const passed: DeskEvent = { kind: "clockAdvanced", at };
const fired: DeskEvent = { kind: "timerFired", at, dueAt: at };

/** Counts what these records tell up to a number. */
function counted(records: readonly (readonly [seq: number, event: DeskEvent])[], upTo: number) {
  const count = new MarketEventCount();
  for (const [seq, event] of records) count.add(seq, event);
  return count.upTo(upTo);
}

test.each([
  ["nothing", [], 0, 0],
  [
    "market events without a record",
    [
      [1, opened],
      [2, started],
    ],
    12,
    10,
  ],
  [
    "those with one, and no other event",
    [
      [1, opened],
      [2, started],
      [5, passed],
      [8, fired],
    ],
    9,
    6,
  ],
  [
    "no history",
    [
      [1, opened],
      [2, started],
      [3, began],
      [50, passed],
      [99, ended],
    ],
    101,
    2,
  ],
  [
    "no history that was broken off",
    [
      [1, opened],
      [2, started],
      [3, began],
      [60, started],
    ],
    61,
    1,
  ],
  [
    "what the next process is told again once",
    [
      [1, started],
      [5, fired],
      [9, started],
    ],
    10,
    4,
  ],
] as const)("%s", (_what, records, upTo, count) => {
  expect(counted(records, upTo)).toBe(count);
});

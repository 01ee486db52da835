import { evolve } from "#core/desk/evolve.ts";
import { emptyState } from "#core/desk/state.ts";
import type { Journal, JournalRecord } from "#ports/journal.ts";
import { Recorder } from "#runtime/recorder.ts";
import { decodeRecord } from "#runtime/recovery.ts";
import { goldPlan, playTape, sha256 } from "./gold-session.ts";
import { goldTape } from "./gold-tape.ts";
import { type Finding, atMost, cpuMs, interleaved, median } from "./measure.ts";

const TICKS = 1_000_000;
const REPEATS = 9;
const GOAL = 2;

/** Reading a journal back into a state, against only parsing the same records. */
export function benchFold(): readonly Finding[] {
  const bodies = recorded();
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  let parsed = 0;
  const { floorMs, subjectMs } = interleaved(REPEATS, cpuMs, {
    floor: () => {
      for (const body of bodies) parsed += decodeRecord(body).facts.length;
    },
    subject: () => {
      const state = emptyState();
      for (const body of bodies) {
        for (const fact of decodeRecord(body).facts) evolve(state, fact);
      }
    },
  });
  const perSecond = Math.round(bodies.length / (median(subjectMs) / 1_000));
  return [
    atMost(GOAL, {
      name: "fold",
      value: median(subjectMs),
      unit: "ms",
      floor: median(floorMs),
      note: `${bodies.length} records of ${Math.round(bytes / bodies.length)} bytes, ${parsed / REPEATS} facts; ${perSecond} records/s`,
    }),
  ];
}

/** The records of a session that trades often. */
function recorded(): readonly string[] {
  const bodies: string[] = [];
  const tape = goldTape(TICKS, 2);
  const plan = goldPlan(tape, { bars: "1m", dollarRiskPerTrade: 100 });
  playTape(tape, plan, new Recorder({ journal: keeping(bodies), tape: null }, sha256));
  return bodies;
}

/** A journal that keeps its records in memory, to be read as often as wanted. */
function keeping(bodies: string[]): Journal {
  const nothing = () => undefined;
  return {
    append: ({ body }: JournalRecord) => void bodies.push(body),
    commit: nothing,
    head: () => ({ seq: 0, hash: "" }),
    read: () => [],
    saveSnapshot: nothing,
    loadSnapshot: nothing,
    checkpoint: nothing,
    close: nothing,
  };
}

import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { encodeState } from "#core/desk/snapshot.ts";
import { writableJournal } from "#storage/journal-samples.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { passUnseen } from "./crash-point.ts";
import { Recorder } from "./recorder.ts";
import { recover, takeSnapshot } from "./recovery.ts";

test("a session that ended with a snapshot goes on at the instant of its last record", () => {
  const desk = new TestDesk();
  desk.place();
  const journal = recorded(desk);
  takeSnapshot(journal, desk.state, passUnseen);

  const { origin, lastAt, folded } = recover({ journal, damage: null, setAside: () => undefined });

  expect(origin === null ? "" : encodeState(origin.state)).toBe(encodeState(desk.state));
  expect({ lastAt, folded }).toEqual({ lastAt: desk.now, folded: 0 });
});

test("records after a snapshot count until the next one", () => {
  const desk = new TestDesk();
  const journal = recorded(desk);

  const { folded } = recover({ journal, damage: null, setAside: () => undefined });

  expect(folded).toBe(desk.steps.filter(hasOutcome).length);
});

function recorded(desk: TestDesk) {
  const journal = writableJournal(new TemporaryFolder().file("journal.db"));
  const recorder = new Recorder({ journal, tape: null }, (text) => hash("sha256", text));
  for (const step of desk.steps.filter(hasOutcome)) recorder.journal(step.event, step);
  recorder.commit();
  return journal;
}

function hasOutcome({ facts, commands }: TestDesk["steps"][number]): boolean {
  return facts.length > 0 || commands.length > 0;
}

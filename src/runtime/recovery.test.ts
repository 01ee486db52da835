import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import { decodeState, encodeState } from "#core/desk/snapshot.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import { type Journal, JournalDamagedError } from "#ports/journal.ts";
import { readOnlyJournal, writableJournal } from "#storage/journal-samples.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { aBracket } from "#test/kit/builders.ts";
import { spoil } from "#test/kit/spoil.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { passUnseen } from "./crash-point.ts";
import { Recorder } from "./recorder.ts";
import { recover, takeSnapshot } from "./recovery.ts";

test("a session that ended with a snapshot goes on at the instant of its last record", () => {
  const desk = new TestDesk();
  desk.place();
  const journal = recorded(desk);
  takeSnapshot(journal, desk.state, passUnseen);

  const { origin, lastAt, folded } = recover(undamaged(journal));

  expect(origin === null ? "" : encodeState(origin.state)).toBe(encodeState(desk.state));
  expect({ lastAt, folded }).toEqual({ lastAt: desk.now, folded: 0 });
});

test("records after a snapshot count until the next one", () => {
  const desk = new TestDesk();
  const journal = recorded(desk);

  const { folded } = recover(undamaged(journal));

  expect(folded).toBe(desk.steps.filter(hasOutcome).length);
});

test("a new journal brings no state", () => {
  const journal = writableJournal(new TemporaryFolder().file("journal.db"));

  const recovered = recover(undamaged(journal));

  expect(recovered).toEqual({
    origin: null,
    lastAt: null,
    folded: 0,
    distrust: null,
    wasHeard: false,
  });
});

test("whoever wants the records too is told them in the same reading, where folding begins with them", () => {
  const desk = new TestDesk();
  const journal = recorded(desk);
  const heard: number[] = [];
  const add = ({ seq }: { readonly seq: number }) => void heard.push(seq);

  const whole = recover(undamaged(journal), { after: 0, add });
  const later = recover(undamaged(journal), { after: 1, add });

  expect(heard).toEqual([...journal.read(0)].map(({ seq }) => seq));
  expect([whole.wasHeard, later.wasHeard]).toEqual([true, false]);
});

test("a snapshot and the rest make the whole, wherever the snapshot was taken", () => {
  const desk = busyDesk();
  const steps = desk.steps.filter(hasOutcome);

  for (let cut = 1; cut < steps.length; cut += 7) {
    const journal = writableJournal(new TemporaryFolder().file("journal.db"));
    const recorder = new Recorder({ journal, tape: null }, sha256);
    for (const step of steps.slice(0, cut)) recorder.journal(step.event, step);
    recorder.commit();
    const { origin } = recover(undamaged(journal));
    if (origin === null) throw new Error("a state");
    takeSnapshot(journal, origin.state, passUnseen);
    for (const step of steps.slice(cut)) recorder.journal(step.event, step);
    recorder.commit();

    const recovered = recover(undamaged(journal));

    expect(textOf(recovered)).toBe(encodeState(desk.state));
    expect(recovered.folded).toBe(steps.length - cut);
    journal.close();
  }
});

describe("a journal that cannot be trusted to its end", () => {
  test("is set aside, and the state before a record that breaks a rule is kept", () => {
    const desk = busyDesk();
    const journal = recorded(desk);
    const seq = append(journal, desk, [
      // A record is a step: what of it could be folded counts as little as the rest.
      { kind: "deskStopping", at: desk.now },
      rejectionOf("k9-9", desk),
    ]);
    const aside: string[] = [];

    const recovered = recover({ journal, damage: null, setAside: () => void aside.push("once") });

    expect(textOf(recovered)).toBe(encodeState(desk.state));
    expect(recovered.origin?.seq).toBe(seq - 1);
    expect(recovered.distrust).toBe(
      `record after ${seq - 1}: Broken invariant: a fact names a known order, found k9-9`,
    );
    expect(aside).toEqual(["once"]);
  });

  test("is folded from its snapshot, though what was before it can no longer be read", () => {
    const desk = busyDesk();
    const path = new TemporaryFolder().file("journal.db");
    const journal = recorded(desk, path);
    takeSnapshot(journal, desk.state, passUnseen);
    // More than a start looks at: what was long ago is folded already.
    append(journal, desk, ...Array.from({ length: 300 }, () => []), [rejectionOf("k9-9", desk)]);
    journal.close();
    spoil(path, '"kind":"sessionOpened"');

    const opened = writableJournal(path);
    expect(() => [...opened.read(0)]).toThrow(JournalDamagedError);

    const recovered = recover(undamaged(opened));

    expect(textOf(recovered)).toBe(encodeState(desk.state));
    expect(recovered).toMatchObject({ lastAt: desk.now, folded: 300 });
    expect(recovered.distrust).toMatch(/found k9-9$/u);
  });

  test("yields what is sound before the damage, and why", () => {
    const desk = busyDesk();
    const path = new TemporaryFolder().file("journal.db");
    const journal = recorded(desk, path);
    const seq = append(journal, desk, [{ kind: "deskStopping", at: desk.now }]);
    journal.close();
    spoil(path, `"seq":${seq}}`);
    const damage = { sound: readOnlyJournal(path), reason: "it is damaged" };

    const recovered = recover({ journal, damage, setAside: () => undefined });

    expect(textOf(recovered)).toBe(encodeState(desk.state));
    expect(recovered).toMatchObject({ lastAt: desk.now, distrust: "it is damaged" });
    expect(recovered.origin?.seq).toBe(seq - 1);
  });
});

test("a snapshot whose shape is that of another release is passed over", () => {
  const desk = busyDesk();
  const journal = recorded(desk);
  const { accounts: _missing, ...others } = desk.state;
  const body = encodeState({ ...others } as never);
  expect(() => decodeState(body)).toThrow("Expected a desk state with accounts");
  journal.saveSnapshot({ ...journal.head(), body });

  const recovered = recover(undamaged(journal));

  expect(textOf(recovered)).toBe(encodeState(desk.state));
  expect(recovered.distrust).toBeNull();
});

const sha256 = (text: string): string => hash("sha256", text);

/** Orders, fills, a bracket, a denial, a lost answer and a restart. */
function busyDesk(): TestDesk {
  const desk = new TestDesk();
  desk.place({ bracket: aBracket(20, 40) });
  desk.trade(26_520);
  desk.orders = () => "lose";
  desk.place({ qty: lots(2) });
  desk.advance(3_000);
  desk.orders = () => "send";
  desk.restart();
  desk.trade(26_545);
  return desk;
}

function recorded(desk: TestDesk, path = new TemporaryFolder().file("journal.db")) {
  const journal = writableJournal(path);
  const recorder = new Recorder({ journal, tape: null }, sha256);
  for (const step of desk.steps.filter(hasOutcome)) recorder.journal(step.event, step);
  recorder.commit();
  return journal;
}

/** More records, as sound as the others for whoever only looks at hashes. Returns the number of the last. */
function append(journal: Journal, desk: TestDesk, ...records: readonly (readonly Fact[])[]) {
  const recorder = new Recorder({ journal, tape: null }, sha256);
  let { seq } = journal.head();
  for (const facts of records) {
    seq += 1;
    recorder.journal({ kind: "warmupEnded", at: desk.now }, { seq, facts, commands: [] });
  }
  recorder.commit();
  return seq;
}

function undamaged(journal: Journal): Parameters<typeof recover>[0] {
  return { journal, damage: null, setAside: () => undefined };
}

function rejectionOf(id: string, { now: at }: TestDesk): Fact {
  return { kind: "orderRejected", clientOrderId: clientOrderId(id), at, reason: "?" };
}

function textOf({ origin }: ReturnType<typeof recover>): string {
  return origin === null ? "" : encodeState(origin.state);
}

function hasOutcome({ facts, commands }: TestDesk["steps"][number]): boolean {
  return facts.length > 0 || commands.length > 0;
}

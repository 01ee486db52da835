import { describe, expect, test } from "vitest";
import { encodeState } from "#core/desk/snapshot.ts";
import { venueOrderId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, OPENING, anEntry, limitAt } from "#test/kit/builders.ts";
import { aLoop } from "#test/kit/test-loop.ts";
import { recover } from "./recovery.ts";

describe("while the journal cannot be written", () => {
  test("an entry is not accepted and not sent, and a person is told", () => {
    const { loop, journal, left, ask, replies } = aLoop();
    journal.isFull = true;

    ask(anEntry());
    loop.release();

    expect(replies).toEqual([
      {
        kind: "impossible",
        reason: "the journal cannot be written, so nothing is entered; make room on the disk",
      },
    ]);
    expect(left()).toContain("critical: No entries: the disk is full");
    expect(left().filter((line) => line.startsWith("submitOrder"))).toEqual([]);
    expect(loop.desk.state.journalWritable).toBe(false);
  });

  test("further entries are denied by the gate", () => {
    const { loop, journal, ask, replies } = aLoop();
    journal.isFull = true;
    ask(anEntry());
    loop.release();

    ask(anEntry({ qty: lots(2) }));
    loop.release();

    expect(replies.at(-1)).toMatchObject({
      kind: "denied",
      denial: { code: "journalNotWritable" },
    });
  });

  test("a working entry does not grow", () => {
    const { loop, journal, left, ask, replies } = aLoop();
    ask(anEntry({ terms: limitAt(26_400) }));
    loop.release();
    const [clientOrderId] = [...loop.desk.state.openOrders.keys()];
    if (clientOrderId === undefined) throw new Error("Expected a working order");
    const report = { kind: "accepted", clientOrderId, venueOrderId: venueOrderId("O1") } as const;
    loop.apply({ kind: "orderReported", at: OPENING, report });
    loop.release();
    left();
    journal.isFull = true;

    ask({ kind: "modify", clientOrderId, qty: lots(5), terms: limitAt(26_400) });
    loop.release();

    expect(left().filter((line) => line.startsWith("modifyOrder"))).toEqual([]);
    expect(replies.at(-1)).toMatchObject({ kind: "impossible" });
    expect(loop.desk.state.openOrders.get(clientOrderId)).toMatchObject({ qty: 1, change: null });
  });

  test("what reduces risk is answered and sent all the same", () => {
    const { loop, journal, left, ask, replies } = aLoop();
    ask(anEntry({ terms: limitAt(26_400) }));
    loop.release();
    left();
    journal.isFull = true;

    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();

    expect(replies.at(-1)).toEqual({ kind: "accepted", clientOrderIds: [], note: null });
    expect(left().some((line) => line.startsWith("cancelOrder"))).toBe(true);
  });

  test("nothing is lost: it is recorded when there is room, and entries are taken again", () => {
    const { loop, journal, ask, replies, recorded } = aLoop();
    journal.isFull = true;
    ask(anEntry());
    loop.release();
    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();

    journal.isFull = false;
    loop.release();
    ask(anEntry({ qty: lots(3), terms: limitAt(26_300) }));
    loop.release();

    const kinds = recorded().map(({ event }) => event.kind);
    expect(kinds.slice(-6)).toEqual([
      "requestReceived",
      "journalChanged",
      "sendWithheld",
      "requestReceived",
      "journalChanged",
      "requestReceived",
    ]);
    expect(replies.at(-1)).toMatchObject({ kind: "accepted" });
    const { origin } = recover({ journal, damage: null, setAside: () => undefined });
    expect(origin === null ? "" : encodeState(origin.state)).toBe(encodeState(loop.desk.state));
  });
});

test("a desk that was recovered from a time without journal takes entries when it can be written", () => {
  const { loop, ask, replies } = aLoop();
  loop.apply({ kind: "journalChanged", at: OPENING, writable: false, reason: "the disk is full" });

  loop.release();
  ask(anEntry());
  loop.release();

  expect(replies).toMatchObject([{ kind: "accepted" }]);
});

describe("once the journal is damaged", () => {
  test("nothing is entered any more, though it can be written again, and a flatten goes out", () => {
    const { loop, journal, left, ask, replies } = aLoop();
    ask(anEntry({ terms: limitAt(26_400) }));
    loop.release();
    left();
    journal.isDamaged = true;

    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();
    const told = left();
    journal.isDamaged = false;
    loop.release();
    ask(anEntry());
    loop.release();

    expect(told).toContain("critical: No entries: record 1 is damaged");
    expect(told.some((line) => line.startsWith("cancelOrder"))).toBe(true);
    expect(replies.slice(1)).toMatchObject([
      { kind: "accepted" },
      { kind: "denied", denial: { code: "journalNotWritable" } },
    ]);
  });

  test("it counts as well when only tidying has found it", () => {
    const { loop, journal, left } = aLoop();
    journal.isDamaged = true;

    loop.tidy(() => journal.checkpoint("idle"));
    journal.isDamaged = false;
    loop.release();

    expect(loop.desk.state.journalWritable).toBe(false);
    expect(left()).toContain("critical: No entries: record 1 is damaged");
  });
});

describe("once more records wait than the journal holds", () => {
  test("a flatten still goes out, nothing is entered, and a person is told once", () => {
    const { loop, left, ask, replies } = anOverfullLoop();

    ask(anEntry({ qty: lots(2) }));
    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();
    const told = left();
    loop.release();

    expect(replies.slice(-2)).toMatchObject([
      { kind: "denied", denial: { code: "journalNotWritable" } },
      { kind: "accepted" },
    ]);
    expect(told.some((line) => line.startsWith("cancelOrder"))).toBe(true);
    expect(told).toContain("critical: No entries: too many records wait");
    expect(left()).toEqual([]);
  });

  test("what waited is recorded when there is room, nothing after a gap is, and it is no good end", () => {
    const { loop, journal, recorder, ask, replies, recorded } = anOverfullLoop();
    const { seq } = loop.desk;
    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();

    journal.isFull = false;
    loop.release();
    ask(anEntry({ qty: lots(3) }));
    loop.release();

    expect(recorded().at(-1)?.seq).toBe(seq);
    expect(replies.at(-1)).toMatchObject({ kind: "denied" });
    expect(() => recorder.commit()).toThrow("too many records wait");
    const { distrust } = recover({ journal, damage: null, setAside: () => undefined });
    expect(distrust).toBeNull();
  });
});

/** A working order and a full disk, with as many records waiting as may. */
function anOverfullLoop() {
  const scene = aLoop();
  scene.ask(anEntry({ terms: limitAt(26_400) }));
  scene.loop.release();
  scene.journal.isFull = true;
  scene.ask(anEntry());
  scene.loop.release();
  scene.journal.waitingMax = 0;
  scene.left();
  return scene;
}

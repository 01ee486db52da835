import { describe, expect, test } from "vitest";
import { clientOrderId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { OPENING, aSessionConfig, anEntry, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { Desk } from "./desk.ts";

const PARTS = { strategies: new Map() };

describe("an event", () => {
  test("takes a number, whether or not it leads to anything", () => {
    const desk = new Desk(PARTS);
    const config = aSessionConfig();

    const numbers = [
      desk.apply({ kind: "sessionOpened", at: OPENING, config }).seq,
      desk.apply({ kind: "clockAdvanced", at: OPENING }).seq,
      desk.apply({ kind: "clockAdvanced", at: OPENING }).seq,
      desk.seq,
    ];

    expect(numbers).toEqual([1, 2, 3, 3]);
  });

  test("of the market that nobody listens to leads to nothing", () => {
    const desk = new TestDesk();

    desk.trade(26_500);
    desk.quote(26_500, 26_501);

    const last = desk.steps.slice(-2).map(({ facts, commands }) => [...facts, ...commands]);
    expect(last).toEqual([[], []]);
    expect(desk.desk.market.touch(anEntry().instrument)).toEqual({
      bidPrice: 26_500,
      askPrice: 26_501,
      lastPrice: 26_500,
    });
  });

  test("tells the desk what time it is", () => {
    const desk = new TestDesk();

    desk.advance(1_234);
    desk.trade(26_500);

    expect(desk.desk.now).toBe(OPENING + 1_234);
  });
});

describe("a desk that goes on from a journal", () => {
  test("counts on from its last number", () => {
    const { state } = new TestDesk();

    const desk = new Desk(PARTS, { state, seq: 41 });

    expect(desk.apply({ kind: "clockAdvanced", at: OPENING }).seq).toBe(42);
  });

  test("knows the instruments of its session", () => {
    const { state } = new TestDesk();

    const desk = new Desk(PARTS, { state, seq: 1 });

    expect(desk.market.instrument(anEntry().instrument)).toEqual(aSessionConfig().instruments[0]);
  });
});

describe("the wake-up", () => {
  test("is asked for once per deadline, and again when an earlier one comes up", () => {
    const desk = new TestDesk();
    const ids = [26_400, 26_300].map((price) => desk.place({ terms: limitAt(price) }));
    desk.answers = () => "lose";

    const asked = [
      timersOf(desk, () => desk.apply({ kind: "linkChanged", at: desk.now, up: true, reason: "" })),
      ...ids.map((id) => timersOf(desk, () => desk.request({ kind: "cancel", clientOrderId: id }))),
    ];

    expect(asked).toEqual([[OPENING + 4_000], [OPENING + 2_000], []]);
  });

  test("follows when a look leads to the next one without a fact", () => {
    const desk = new TestDesk();
    desk.answers = () => "lose";
    desk.place({ terms: limitAt(26_400) });
    desk.advance(2_000);

    const asked = timersOf(desk, () => desk.advance(2_000));

    expect(desk.steps.at(-1)?.facts).toEqual([]);
    expect(asked).toEqual([OPENING + 6_000]);
  });

  test("that comes to nothing is harmless", () => {
    const desk = new TestDesk();

    const { facts, commands } = desk.apply({
      kind: "timerFired",
      at: epochMs(OPENING + 9),
      dueAt: epochMs(OPENING + 9),
    });

    expect([facts, commands]).toEqual([[], []]);
  });
});

describe("in the same turn as the socket write", () => {
  test("an order may go as long as nothing has changed", () => {
    const desk = new TestDesk();
    desk.orders = () => "lose";
    const id = desk.place({ terms: limitAt(26_400) });

    const before = desk.desk.maySend(id);
    desk.apply({ kind: "journalChanged", at: desk.now, writable: false, reason: "disk full" });

    expect([before, desk.desk.maySend(id)]).toEqual([undefined, "journalNotWritable"]);
  });

  test("an order that nobody knows may not go", () => {
    expect(new TestDesk().desk.maySend(clientOrderId("k9-9"))).toBe("accountUnknown");
  });
});

function timersOf(desk: TestDesk, act: () => void): readonly number[] {
  return desk.commandsOf(act).flatMap((one) => (one.kind === "setTimer" ? [one.dueAt] : []));
}

import { describe, expect, test } from "vitest";
import { accountOf } from "#core/desk/state.ts";
import { accountId, clientOrderId, fillId, venueOrderId } from "#core/domain/ids.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { epochMs, lots, money, ticks } from "#core/domain/units.ts";
import { ACCOUNT, NASDAQ, OPENING, aFill, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const BID = { terms: limitAt(26_400), qty: lots(2) } as const;
/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;

describe("a fill", () => {
  test("is booked once, with whom it belongs to", () => {
    const desk = new TestDesk();
    const id = desk.place();

    const booked = desk.facts.filter(({ kind }) => kind === "fillBooked");

    expect(booked).toEqual([
      {
        kind: "fillBooked",
        fill: aFill({ clientOrderId: id, price: ticks(26_501), fee: money(960_000n) }),
        tradingDay: "2026-03-11",
        owner: { kind: "person", name: "ann" },
        grossPnl: 0n,
        position: desk.position(),
        roundTrip: null,
      },
    ]);
  });

  test("that may have been booked and forgotten since is not booked again", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    const account = accountOf(desk.state, ACCOUNT);
    desk.state.accounts.set(ACCOUNT, { ...account, fillsForgottenUntil: epochMs(1_000) });
    const fillAt = (at: number) =>
      aFill({ clientOrderId: id, fillId: fillId(`F${at}`), at: epochMs(at) });

    desk.report({ kind: "filled", clientOrderId: id, fill: fillAt(1_000) });
    const forgotten = desk.order(id).filledQty;
    desk.report({ kind: "filled", clientOrderId: id, fill: fillAt(1_001) });

    expect([forgotten, desk.order(id).filledQty]).toEqual([0, 1]);
  });

  test("before the acceptance makes the order work", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);

    desk.report({ kind: "filled", clientOrderId: id, fill: aFill({ clientOrderId: id }) });
    desk.advance(TIMEOUT);

    expect(desk.order(id)).toMatchObject({ status: { kind: "working" }, filledQty: 1 });
    expect(desk.facts.some(({ kind }) => kind === "orderUnconfirmed")).toBe(false);
  });

  test("of an order that nobody knows is booked to one placed elsewhere", () => {
    const desk = new TestDesk();
    const id = clientOrderId("web-1");

    const step = desk.report({
      kind: "filled",
      clientOrderId: id,
      fill: aFill({ clientOrderId: id, qty: lots(2) }),
    });

    expect(step.facts.map(({ kind }) => kind).slice(0, 2)).toEqual(["orderAdopted", "fillBooked"]);
    expect(desk.order(id)).toMatchObject({
      source: { kind: "external" },
      status: { kind: "filled" },
      qty: 2,
    });
    expect(desk.position()).toMatchObject({ qty: 2, trip: { owner: { kind: "external" } } });
  });

  test("of an account that is not configured is none of ours", () => {
    const desk = new TestDesk();

    const step = desk.report({
      kind: "filled",
      clientOrderId: clientOrderId("x"),
      fill: aFill({ accountId: accountId("OTHER") }),
    });

    expect([step.facts, step.commands]).toEqual([[], []]);
  });

  test("of an instrument that the session does not know is told to a person", () => {
    const desk = new TestDesk();

    const step = desk.report({
      kind: "filled",
      clientOrderId: clientOrderId("x"),
      fill: aFill({ instrument: NASDAQ.id }),
    });

    const text = "fill F1 of MNQ, which the session does not know";
    expect(step.facts).toEqual([
      { kind: "findingRaised", accountId: ACCOUNT, code: "unknownInstrument", text },
      { kind: "fillPassedOver", accountId: ACCOUNT, fillId: "F1", at: OPENING },
    ]);
    expect(step.commands).toEqual([
      {
        kind: "alert",
        severity: "warning",
        code: "unknownInstrument",
        text: `${ACCOUNT}: ${text}`,
      },
    ]);
    expect(desk.state.positions.size).toBe(0);
  });

  test("that is owed after an end and does not come is looked for again", () => {
    const desk = new TestDesk();
    const id = desk.place({ ...BID, qty: lots(3) });
    desk.report({ kind: "canceled", clientOrderId: id, venueFilledQty: lots(2), reason: "asked" });

    const step = desk.report({
      kind: "filled",
      clientOrderId: id,
      fill: aFill({ clientOrderId: id, fillId: fillId("F9") }),
    });

    expect(step.commands.map(({ kind }) => kind)).not.toContain("requestSnapshot");
    expect(looksIn(desk, TIMEOUT)).toBe(1);
  });
});

test("a report of an order that nobody knows makes the desk look", () => {
  const desk = new TestDesk();
  const id = clientOrderId("web-1");

  const reports: readonly OrderReport[] = [
    { kind: "accepted", clientOrderId: id, venueOrderId: venueOrderId("O7") },
    { kind: "canceled", clientOrderId: id, venueFilledQty: lots(0), reason: "by hand" },
  ];
  const steps = reports.map((report) => desk.report(report));

  expect(steps.flatMap(({ facts }) => facts)).toEqual([]);
  expect(steps.flatMap(({ commands }) => commands)).toEqual([
    { kind: "setTimer", dueAt: desk.now + TIMEOUT },
  ]);
  expect(looksIn(desk, TIMEOUT)).toBe(1);
});

function deskWithLostAnswers(): TestDesk {
  const desk = new TestDesk();
  desk.answers = () => "lose";
  return desk;
}

/** How often the desk asks for the venue's truth in some time. */
function looksIn(desk: TestDesk, ms: number): number {
  const commands = desk.commandsOf(() => desk.advance(ms));
  return commands.filter(({ kind }) => kind === "requestSnapshot").length;
}

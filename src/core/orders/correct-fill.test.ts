import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyDay } from "#core/desk/state.ts";
import { fillId, instrumentId } from "#core/domain/ids.ts";
import type { Fill, Side } from "#core/domain/order.ts";
import { tradingDay } from "#core/domain/trading-day.ts";
import { epochMs, lots, money, moneyFrom, ticks } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, OPENING, aFill, anAccountConfig } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

// A tick of gold is worth one, a side costs 0.96.

const NO_DAY = emptyDay(tradingDay("2026-03-11"));

describe("a fill that the venue voids", () => {
  test("takes back the gain that it closed with, and the position is open again at its cost", () => {
    const desk = new TestDesk();
    const opened = executed("buy", 1, 26_500);
    const closed = executed("sell", 2, 26_520);
    desk.report(opened);
    const before = desk.position();
    desk.report(closed);
    expect(today(desk)).toMatchObject({ grossPnl: moneyFrom(20), roundTrips: 1, wins: 1 });

    desk.report(voided(closed.fill));

    const nothing = { grossPnl: 0n, fees: 0n, fills: 1, roundTrips: 0, wins: 0 };
    expect(today(desk)).toMatchObject(nothing);
    expect(desk.position()).toEqual(before);
    expect(balance(desk)).toBe(moneyFrom(50_000));
  });

  test("takes back the loss that it closed with", () => {
    const desk = new TestDesk();
    desk.report(executed("buy", 1, 26_500));
    const closed = executed("sell", 2, 26_400);
    desk.report(closed);

    desk.report(voided(closed.fill));

    expect(today(desk)?.grossPnl).toBe(0n);
    expect(desk.position()).toMatchObject({ qty: 1, cost: 26_500_000_000n });
  });

  test("and that opened leaves what closed it as what it then was: it opened the other side", () => {
    const desk = new TestDesk();
    const opened = executed("buy", 1, 26_500);
    desk.report(opened);
    desk.report(executed("sell", 2, 26_520));

    desk.report(voided(opened.fill));

    expect(today(desk)).toMatchObject({ grossPnl: 0n, fills: 1, roundTrips: 0, wins: 0 });
    expect(desk.position()).toMatchObject({ qty: -1, cost: 26_520_000_000n });
  });

  test("changes what later fills have realized against the average that it was part of", () => {
    const desk = new TestDesk();
    const second = executed("buy", 2, 26_510);
    desk.report(executed("buy", 1, 26_500));
    desk.report(second);
    desk.report(executed("sell", 3, 26_508));
    expect(today(desk)?.grossPnl).toBe(moneyFrom(3));

    desk.report(voided(second.fill));

    expect(today(desk)).toMatchObject({ grossPnl: moneyFrom(8), fills: 2, roundTrips: 1 });
    expect(desk.position()).toMatchObject({ qty: 0, cost: 0n });
  });

  test("can be one of several: what is left is as if they had never been", () => {
    const aDeal = fc.record({
      side: fc.constantFrom<Side>("buy", "sell"),
      price: fc.integer({ min: 26_400, max: 26_600 }),
      isVoided: fc.boolean(),
      turn: fc.nat(),
    });

    fc.assert(
      fc.property(fc.array(aDeal, { maxLength: 12 }), (deals) => {
        const [desk, other] = [new TestDesk(), new TestDesk()];
        const all = deals.map((deal, index) => ({
          ...deal,
          report: executed(deal.side, index + 1, deal.price),
        }));
        for (const { report } of all) desk.report(report);
        for (const { isVoided, report } of all) if (!isVoided) other.report(report);

        const taken = all.filter(({ isVoided }) => isVoided).sort((a, b) => a.turn - b.turn);
        for (const { report } of taken) desk.report(voided(report.fill));

        expect(today(desk) ?? NO_DAY).toEqual(today(other) ?? NO_DAY);
        expect(balance(desk)).toBe(balance(other));
        expect(heldBy(desk)).toEqual(heldBy(other));
        expect(desk.folded()).toEqual(desk.state);
      }),
      { numRuns: 60 },
    );
  });

  test("does so once, however often and wherever it is told", () => {
    const desk = new TestDesk();
    const closed = executed("sell", 2, 26_520);
    desk.report(executed("buy", 1, 26_500));
    desk.report(closed);
    desk.report(voided(closed.fill));
    const after = desk.state.accounts.get(ACCOUNT)?.days;

    const again = desk.factsOf(() => {
      desk.report(voided(closed.fill));
      desk.report(closed);
      desk.advance(3_000);
      const positions = [{ instrument: GOLD.id, qty: 1 as never, avgEntryTicks: 26_500 }];
      desk.list({ voided: [closed.fill], positions });
    });

    expect(again.filter(({ kind }) => /^(fill|position)/u.test(kind))).toEqual([]);
    expect(desk.state.accounts.get(ACCOUNT)?.days).toEqual(after);
    expect(desk.folded()).toEqual(desk.state);
  });

  test("is told to a person, and the venue is asked what it holds", () => {
    const desk = new TestDesk();
    const closed = executed("sell", 2, 26_520);
    desk.report(executed("buy", 1, 26_500));
    desk.report(closed);

    const commands = desk.commandsOf(() => {
      desk.report(voided(closed.fill));
      desk.advance(2_000);
    });

    expect(commands.filter(({ kind }) => kind !== "setTimer")).toMatchObject([
      {
        kind: "alert",
        code: "fillVoided",
        text: "PRACTICE-1: the venue voided fill F2, sell 1 MGC: its 20 after fees does not count any more",
      },
      { kind: "requestSnapshot" },
    ]);
  });

  test("before the venue's position replaced ours changes the money alone: the lists hold the rest", () => {
    const desk = new TestDesk();
    const closed = { ...executed("sell", 1, 26_500).fill, grossPnl: moneyFrom(-500) };
    desk.report({ ...executed("sell", 1, 26_500), fill: closed });
    desk.advance(3_000);
    desk.list({ fills: [closed], positions: [] });

    desk.report(voided(closed));
    expect(desk.position()?.qty).toBe(0);
    desk.advance(3_000);
    desk.list({
      voided: [closed],
      positions: [{ instrument: GOLD.id, qty: 1 as never, avgEntryTicks: 27_000 }],
    });

    expect(today(desk)).toMatchObject({ grossPnl: 0n, fills: 0 });
    expect(desk.position()).toMatchObject({ qty: 1, cost: 27_000_000_000n });
  });

  test("of an instrument that nobody here can value is nothing", () => {
    const desk = new TestDesk();
    const fill = { ...executed("buy", 1, 26_500).fill, instrument: instrumentId("MGCJ26") };
    desk.report({ kind: "filled", clientOrderId: fill.clientOrderId, fill });

    const { facts } = desk.report(voided(fill));

    expect(facts).toEqual([]);
  });

  test("that nobody here has booked is nothing", () => {
    const desk = new TestDesk();

    const { facts } = desk.report(voided(executed("buy", 1, 26_500).fill));

    expect(facts).toEqual([]);
  });
});

describe("what a fill costs", () => {
  const LIMITED = anAccountConfig({ rules: { daily_realized_loss: { limit: 1.5 } } });

  test("is at least what the table has, where the venue has not told all of it", () => {
    const desk = new TestDesk({ session: { accounts: [LIMITED] } });

    desk.report(executed("buy", 1, 26_500, estimated(0n)));
    desk.report(executed("sell", 2, 26_500, estimated(0n)));

    expect(today(desk)?.fees).toBe(moneyFrom(1.92));
    expect([...desk.state.lockouts.values()].map(({ rule }) => rule)).toEqual(["RULE-003"]);
  });

  test("is what the venue told, where a part of it is more than the table has", () => {
    const desk = new TestDesk();

    desk.report(executed("buy", 1, 26_500, estimated(1_400_000n)));

    expect(today(desk)?.fees).toBe(moneyFrom(1.4));
  });

  test.each([
    { name: "less", fee: 610_000n },
    { name: "more", fee: 1_610_000n },
  ])("is corrected when the true fee comes, to $name", ({ fee }) => {
    const desk = new TestDesk();
    desk.report(executed("buy", 1, 26_500, estimated(360_000n)));

    desk.report(executed("buy", 1, 26_500, { fee: money(fee) }));
    const again = desk.report(executed("buy", 1, 26_500, { fee: money(fee) }));

    expect(today(desk)).toMatchObject({ fees: fee, fills: 1 });
    expect(balance(desk)).toBe(moneyFrom(50_000) - fee);
    expect(again.facts).toEqual([]);
  });

  test("is not taken back by a list that lacks a part of it", () => {
    const desk = new TestDesk();
    desk.report(executed("buy", 1, 26_500, { fee: money(1_500_000n) }));

    desk.report(executed("buy", 1, 26_500, estimated(360_000n)));
    desk.report(executed("buy", 1, 26_500, { fee: money(360_000n) }));

    expect(today(desk)?.fees).toBe(1_500_000n);
  });

  test("turns a trip that was won into one that was not", () => {
    const desk = new TestDesk();
    desk.report(executed("buy", 1, 26_500));
    desk.report(executed("sell", 2, 26_501, estimated(0n)));
    expect(today(desk)).toMatchObject({ roundTrips: 1, wins: 1 });

    desk.report(executed("sell", 2, 26_501, { fee: moneyFrom(1.2) }));

    expect(today(desk)).toMatchObject({ roundTrips: 1, wins: 0 });
  });
});

test("what the venue says later that a fill has realized replaces what it said before", () => {
  const desk = new TestDesk();
  desk.report(executed("buy", 1, 26_500));
  desk.report(executed("sell", 2, 26_510));

  desk.report(executed("sell", 2, 26_510, { grossPnl: moneyFrom(-4) }));
  desk.report(executed("sell", 2, 26_510, { grossPnl: moneyFrom(-4) }));

  expect(today(desk)).toMatchObject({ grossPnl: moneyFrom(-4), roundTrips: 1, wins: 0 });
  expect(desk.folded()).toEqual(desk.state);
});

/** One lot, executed elsewhere, without a fee. */
function executed(side: Side, number: number, price: number, changed: Partial<Fill> = {}) {
  const clientOrderId = `ext-${number}` as never;
  const fill = aFill({
    fillId: fillId(`F${number}`),
    clientOrderId,
    side,
    qty: lots(1),
    price: ticks(price),
    at: epochMs(OPENING + number),
    ...changed,
  });
  return { kind: "filled", clientOrderId, fill } as const;
}

function estimated(fee: bigint): Partial<Fill> {
  return { fee: money(fee), isFeeEstimated: true };
}

function voided(fill: Fill) {
  return { kind: "voided", clientOrderId: fill.clientOrderId, fill } as const;
}

function today(desk: TestDesk) {
  return desk.state.accounts.get(ACCOUNT)?.days.at(-1);
}

function balance(desk: TestDesk) {
  return desk.state.accounts.get(ACCOUNT)?.balance;
}

/** Without when it became flat: a fill that never was has no time. */
function heldBy(desk: TestDesk) {
  const { qty = 0, cost = 0n, trip = null, openedAt = 0 } = desk.position() ?? {};
  return { qty, cost, trip, openedAt: qty === 0 ? null : openedAt };
}

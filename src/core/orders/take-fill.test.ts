import { describe, expect, test } from "vitest";
import { fillId } from "#core/domain/ids.ts";
import type { Fill } from "#core/domain/order.ts";
import { epochMs, lots, money, moneyFrom, ticks } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, OPENING, aFill, anAccountConfig } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const LIMITED = anAccountConfig({ rules: { daily_realized_loss: { limit: 400 } } });

describe("a position from before the session", () => {
  test("that was closed today counts what the venue says it lost, and the day ends by it", () => {
    const desk = new TestDesk({ session: { accounts: [LIMITED] } });
    desk.advance(10);

    desk.list({ fills: [sold({ qty: 3, gross: -500 })], positions: [] });

    expect(today(desk)).toMatchObject({ grossPnl: moneyFrom(-500), fills: 1 });
    expect(desk.state.accounts.get(ACCOUNT)?.balance).toBe(moneyFrom(50_000 - 500));
    expect([...desk.state.lockouts.values()].map(({ rule }) => rule)).toEqual(["RULE-003"]);
  });

  test("of which a part was closed today counts that part, and the rest from its average", () => {
    const desk = new TestDesk();
    // Lists of positions are believed when the last fill is older than an answer may be.
    desk.advance(3_000);
    const avgEntryTicks = 26_600.5;

    desk.list({
      fills: [sold({ qty: 1, gross: -100.5 })],
      positions: [{ instrument: GOLD.id, qty: 2 as never, avgEntryTicks }],
    });
    desk.report(told(sold({ id: "F2", qty: 2, at: 3_000 })));

    // A tick is worth one: 100.5 lost by the first lot, twice that by the other two.
    expect(today(desk)).toMatchObject({ grossPnl: moneyFrom(-301.5), roundTrips: 1 });
    expect(desk.position()?.qty).toBe(0);
  });

  test("counts at once where its fill is told before any list", () => {
    const desk = new TestDesk();

    desk.report(told(sold({ qty: 1, gross: -250 })));

    expect(today(desk)?.grossPnl).toBe(moneyFrom(-250));
  });
});

test("where the venue's cost of a position is another than ours, its word counts for the trip too", () => {
  const desk = new TestDesk();
  desk.place();

  const { facts } = desk.report(told(sold({ qty: 1, gross: -40 })));

  const booked = facts.find((fact) => fact.kind === "fillBooked");
  const fees = desk.facts.find((fact) => fact.kind === "fillBooked")?.fill.fee ?? 0n;
  expect(booked).toMatchObject({
    grossPnl: moneyFrom(-40),
    roundTrip: { grossPnl: moneyFrom(-40), netPnl: moneyFrom(-40) - fees },
  });
});

type Sold = {
  readonly id?: string;
  readonly qty: number;
  readonly gross?: number;
  readonly at?: number;
};

/** A sale at 2,650.0 that nobody here has asked for. */
function sold({ id = "V1", qty, gross, at = 5 }: Sold): Fill {
  const fill = aFill({
    fillId: fillId(id),
    clientOrderId: `ext-${id}` as never,
    side: "sell",
    qty: lots(qty),
    price: ticks(26_500),
    fee: money(0n),
    at: epochMs(OPENING + at),
  });
  return gross === undefined ? fill : { ...fill, grossPnl: moneyFrom(gross) };
}

function told(fill: Fill) {
  return { kind: "filled", clientOrderId: fill.clientOrderId, fill } as const;
}

function today(desk: TestDesk) {
  return desk.state.accounts.get(ACCOUNT)?.days.at(-1);
}

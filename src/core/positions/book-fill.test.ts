import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Fill, type OrderSource, type Side, sideSign } from "#core/domain/order.ts";
import type { Position } from "#core/domain/position.ts";
import { epochMs, lots, money, ticks } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, aFill } from "#test/kit/builders.ts";
import {
  type Booking,
  averageEntryTicks,
  bookFill,
  flatPosition,
  unrealizedPnl,
  valueOf,
} from "./book-fill.ts";

/** Two millionths a tick, so that amounts are read at a glance. */
const TICK = money(2n);
const ANN: OrderSource = { kind: "person", name: "ann" };
const DESK: OrderSource = { kind: "desk" };
const FLAT = flatPosition(ACCOUNT, GOLD.id);

type Deal = readonly [side: Side, qty: number, price: number, fee?: bigint];

describe("average cost", () => {
  test("a sale of half realizes its distance from the average, and the rest keeps the average", () => {
    const { bookings, position } = booked([
      ["buy", 1, 100],
      ["buy", 1, 110],
      ["sell", 1, 108],
    ]);

    expect(bookings.map(({ grossPnl }) => grossPnl)).toEqual([0n, 0n, 6n]);
    expect(position).toMatchObject({ qty: 1, cost: 210n });
    expect(averageEntryTicks(position, TICK)).toBe(105);
    expect(unrealizedPnl(position, ticks(108), TICK)).toBe(6n);
  });

  test("a short gains when it is bought back lower", () => {
    const { bookings, position } = booked([
      ["sell", 2, 110],
      ["buy", 1, 100],
    ]);

    expect(bookings.map(({ grossPnl }) => grossPnl)).toEqual([0n, 20n]);
    expect(position).toMatchObject({ qty: -1, cost: 220n });
    expect(averageEntryTicks(position, TICK)).toBe(110);
    expect(unrealizedPnl(position, ticks(113), TICK)).toBe(-6n);
  });

  test("what does not divide stays with the open lots and comes out even at the end", () => {
    const third = booked([
      ["buy", 1, 100],
      ["buy", 2, 101],
      ["sell", 1, 100],
    ]);
    const whole = booked([
      ["buy", 1, 100],
      ["buy", 2, 101],
      ["sell", 1, 100],
      ["sell", 1, 100],
      ["sell", 1, 100],
    ]);

    // 604 paid for three lots is 201.33 each.
    expect(third.bookings[2]?.grossPnl).toBe(-1n);
    expect(third.position.cost).toBe(403n);
    expect(whole.bookings.map(({ grossPnl }) => grossPnl)).toEqual([0n, 0n, -1n, -2n, -1n]);
    expect(whole.position).toMatchObject({ qty: 0, cost: 0n, trip: null });
  });

  test("prices below zero are prices", () => {
    const { bookings, position } = booked([
      ["buy", 1, -3],
      ["buy", 1, -4],
      ["sell", 1, -5],
      ["sell", 1, 2],
    ]);

    // 14 received for two lots is 7 each.
    expect(bookings.map(({ grossPnl }) => grossPnl)).toEqual([0n, 0n, -3n, 11n]);
    expect(position).toMatchObject({ qty: 0, cost: 0n });
  });

  test("half of an odd cost is rounded away from zero, long and below zero alike", () => {
    const odd = money(1n);
    const long = bookFill({ ...FLAT, qty: 2 as Position["qty"], cost: money(3n) }, sale(1, 1), odd);
    const below = bookFill(
      { ...FLAT, qty: 2 as Position["qty"], cost: money(-3n) },
      sale(1, -1),
      odd,
    );

    expect([long.grossPnl, long.position.cost]).toEqual([-1n, 1n]);
    expect([below.grossPnl, below.position.cost]).toEqual([1n, -1n]);
  });
});

describe("a fill beyond flat", () => {
  test("closes one trip and opens the next, and its fee is split by lots", () => {
    const { bookings, position } = booked([
      ["buy", 2, 100, 4n],
      ["sell", 5, 110, 11n],
    ]);

    expect(bookings[1]?.grossPnl).toBe(40n);
    // 11 over 5 lots: 6 go with the three that open, the rest with the two that close.
    expect(bookings[1]?.roundTrip).toMatchObject({ maxQty: 2, fees: 9n, netPnl: 31n });
    expect(position).toEqual({
      ...FLAT,
      qty: -3,
      cost: 660n,
      openedAt: 2,
      trip: {
        owner: ANN,
        side: "sell",
        maxQty: 3,
        entryQty: 3,
        entryValue: 660n,
        exitQty: 0,
        exitValue: 0n,
        grossPnl: 0n,
        fees: 6n,
      },
    });
  });

  test("leaves the new trip to whoever sent it", () => {
    const long = bookFill(FLAT, { fill: aFill(), owner: ANN }, TICK).position;

    const { roundTrip, position } = bookFill(
      long,
      { fill: aFill({ side: "sell", qty: lots(2) }), owner: DESK },
      TICK,
    );

    expect(roundTrip?.owner).toEqual(ANN);
    expect(position.trip?.owner).toEqual(DESK);
  });
});

describe("a round trip", () => {
  test("tells everything from flat to flat", () => {
    const { bookings } = booked([
      ["buy", 1, 100, 1n],
      ["buy", 2, 103, 2n],
      ["sell", 2, 105, 2n],
      ["buy", 1, 104, 1n],
      ["sell", 2, 101, 2n],
    ]);

    expect(bookings.map(({ roundTrip }) => roundTrip)).toEqual([
      null,
      null,
      null,
      null,
      {
        owner: ANN,
        accountId: ACCOUNT,
        instrument: GOLD.id,
        side: "buy",
        openedAt: 1,
        closedAt: 5,
        maxQty: 3,
        entryQty: 4,
        entryValue: 820n,
        exitQty: 4,
        exitValue: 824n,
        grossPnl: 4n,
        fees: 8n,
        netPnl: -4n,
      },
    ]);
  });

  test("begins when the position left flat and ends when it is flat again", () => {
    const { position } = booked([
      ["buy", 1, 100],
      ["buy", 1, 100],
      ["sell", 2, 100],
    ]);
    const open = booked([
      ["buy", 1, 100],
      ["buy", 1, 100],
      ["sell", 1, 100],
    ]);

    expect(open.position.openedAt).toBe(1);
    expect(position.openedAt).toBe(3);
  });

  test("is counted anew for a position that was adopted without one", () => {
    const adopted: Position = { ...FLAT, qty: -2 as Position["qty"], cost: money(400n) };

    const { roundTrip } = bookFill(
      adopted,
      { fill: aFill({ side: "buy", qty: lots(2), price: ticks(90) }), owner: DESK },
      TICK,
    );

    expect(roundTrip).toMatchObject({ owner: DESK, side: "sell", maxQty: 0, grossPnl: 40n });
  });
});

test("a flat position is worth nothing and has no average", () => {
  expect(unrealizedPnl(FLAT, ticks(100), TICK)).toBe(0n);
  expect(averageEntryTicks(FLAT, TICK)).toBeNaN();
  expect(valueOf(lots(3), ticks(-7), TICK)).toBe(-42n);
});

describe("whatever the fills", () => {
  const aDeal = fc.tuple(
    fc.constantFrom<Side>("buy", "sell"),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: -50, max: 500 }),
    fc.bigInt({ min: 0n, max: 20n }),
  );

  test("realized and unrealized together are the cash that flowed plus the worth of what is held", () => {
    fc.assert(
      fc.property(fc.array(aDeal, { maxLength: 30 }), fc.integer(), (deals, mark) => {
        const { bookings, position } = booked(deals);

        const realized = bookings.reduce((sum, { grossPnl }) => sum + grossPnl, 0n);
        const held = deals.reduce((sum, [side, qty]) => sum + sideSign(side) * qty, 0);
        const cash = deals.reduce(
          (sum, [side, qty, price]) => sum - BigInt(sideSign(side) * qty * price) * TICK,
          0n,
        );
        expect(position.qty + 0).toBe(held + 0);
        expect(realized + unrealizedPnl(position, ticks(mark % 1_000), TICK)).toBe(
          cash + BigInt(held) * BigInt(mark % 1_000) * TICK,
        );
      }),
    );
  });

  test("round trips hold all that was realized and paid between flat and flat", () => {
    fc.assert(
      fc.property(fc.array(aDeal, { maxLength: 30 }), (deals) => {
        const { bookings, position } = booked(deals);

        const trips = bookings.flatMap(({ roundTrip }) => roundTrip ?? []);
        const gross = bookings.reduce((sum, { grossPnl }) => sum + grossPnl, 0n);
        const fees = deals.reduce((sum, [, , , fee]) => sum + fee, 0n);
        const ofTrips = { gross: 0n, fees: 0n };
        for (const trip of [...trips, ...(position.trip === null ? [] : [position.trip])]) {
          ofTrips.gross += trip.grossPnl;
          ofTrips.fees += trip.fees;
        }
        expect(ofTrips).toEqual({ gross, fees });
        for (const trip of trips) {
          const sign = BigInt(sideSign(trip.side));
          expect(trip.netPnl).toBe(sign * (trip.exitValue - trip.entryValue) - trip.fees);
          expect(trip.entryQty).toBe(trip.exitQty);
        }
      }),
    );
  });

  test("a flat position has no cost and no trip, an open one has both sides right", () => {
    fc.assert(
      fc.property(fc.array(aDeal, { maxLength: 30 }), (deals) => {
        const { position } = booked(deals);

        if (position.qty === 0) expect(position).toMatchObject({ cost: 0n, trip: null });
        else {
          const held = (position.trip?.entryQty ?? 0) - (position.trip?.exitQty ?? 0);
          expect(position.trip?.side).toBe(position.qty > 0 ? "buy" : "sell");
          expect(held).toBe(Math.abs(position.qty));
        }
      }),
    );
  });
});

/** Books deals one after the other, at the instants 1, 2, 3. */
function booked(deals: readonly Deal[]): {
  readonly bookings: readonly Booking[];
  readonly position: Position;
} {
  let position: Position = FLAT;
  const bookings = deals.map(([side, qty, price, fee = 0n], index) => {
    const at = epochMs(index + 1);
    const fill = aFill({ side, qty: lots(qty), price: ticks(price), fee: money(fee), at });
    const booking = bookFill(position, { fill, owner: ANN }, TICK);
    ({ position } = booking);
    return booking;
  });
  return { bookings, position };
}

function sale(qty: number, price: number): { readonly fill: Fill; readonly owner: OrderSource } {
  return { fill: aFill({ side: "sell", qty: lots(qty), price: ticks(price) }), owner: ANN };
}

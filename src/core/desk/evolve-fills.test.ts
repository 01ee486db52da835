import { describe, expect, test } from "vitest";
import { botId, fillId } from "#core/domain/ids.ts";
import type { OrderSource } from "#core/domain/order.ts";
import { type TradingDay, tradingDay } from "#core/domain/trading-day.ts";
import { epochMs, lots, money } from "#core/domain/units.ts";
import { flatPosition } from "#core/positions/book-fill.ts";
import { ACCOUNT, GOLD, aBotConfig, aFill, aSessionConfig, anOrder } from "#test/kit/builders.ts";
import { evolve } from "./evolve.ts";
import type { Fact } from "./fact.ts";
import { DAYS_KEPT, type DeskState, FILLS_KEPT, RECENT_FILLS_KEPT, emptyState } from "./state.ts";

const BOT = botId("bot-1");
const WEDNESDAY = tradingDay("2026-03-11");
const THURSDAY = tradingDay("2026-03-12");

describe("a booked fill", () => {
  test("moves the balance by what it realized after its fee, and counts for its day", () => {
    const state = opened();

    evolve(state, booked({ id: "F1", gross: 100n, fee: 30n, at: 7 }));
    evolve(state, booked({ id: "F2", gross: -50n, fee: 20n, at: 5, netPnl: 1n }));
    evolve(state, booked({ id: "F3", gross: 9n, day: THURSDAY, at: 9, netPnl: 0n }));

    expect(state.accounts.get(ACCOUNT)).toMatchObject({
      balance: 50_000_000_000n + 100n - 30n - 50n - 20n + 9n,
      lastFill: { fillId: "F3", at: 9 },
      days: [
        { tradingDay: WEDNESDAY, grossPnl: 50n, fees: 50n, fills: 2, roundTrips: 1, wins: 1 },
        { tradingDay: THURSDAY, grossPnl: 9n, fees: 0n, fills: 1, roundTrips: 1, wins: 0 },
      ],
    });
    expect([...state.bookedFills.keys()]).toEqual([
      "PRACTICE-1/F1",
      "PRACTICE-1/F2",
      "PRACTICE-1/F3",
    ]);
  });

  test("that is told late counts for its own day, and the days stay in order", () => {
    const state = opened();

    evolve(state, booked({ day: THURSDAY }));
    evolve(state, booked({ day: WEDNESDAY }));
    evolve(state, booked({ day: THURSDAY }));

    expect(state.accounts.get(ACCOUNT)?.days.map((day) => [day.tradingDay, day.fills])).toEqual([
      [WEDNESDAY, 1],
      [THURSDAY, 2],
    ]);
  });

  test(`leaves ${DAYS_KEPT} days and ${FILLS_KEPT} fills in mind`, () => {
    const state = opened();
    for (let day = 1; day <= DAYS_KEPT + 1; day += 1) {
      const text = `2026-${day <= 31 ? "01" : "02"}-${String(((day - 1) % 31) + 1).padStart(2, "0")}`;
      evolve(state, booked({ day: text as TradingDay }));
    }
    for (let number = 0; number <= FILLS_KEPT; number += 1) {
      evolve(state, booked({ id: `F${number}`, at: 1_000 + number }));
    }

    const days = state.accounts.get(ACCOUNT)?.days ?? [];
    expect([days.length, days[0]?.tradingDay]).toEqual([DAYS_KEPT, "2026-01-03"]);
    expect(state.bookedFills.size).toBe(FILLS_KEPT);
    expect(state.recentFills.size).toBe(RECENT_FILLS_KEPT);
    expect(state.accounts.get(ACCOUNT)?.fillsForgottenUntil).toBe(1_000);
  });

  test("of a bot's trip counts for the bot, each day anew", () => {
    const state = opened();
    const owner: OrderSource = { kind: "bot", botId: BOT };

    evolve(state, booked({ owner, gross: 100n, fee: 10n }));
    evolve(state, booked({ owner, gross: -70n, fee: 10n }));
    evolve(state, booked({ gross: 999n }));
    const wednesday = state.bots.get(BOT)?.ledger;
    evolve(state, booked({ owner, gross: 5n, day: THURSDAY }));
    evolve(state, booked({ owner: { kind: "bot", botId: botId("gone") }, gross: 5n }));

    expect(wednesday).toEqual({ tradingDay: WEDNESDAY, dayNet: 10n, totalNet: 10n, peakNet: 90n });
    expect(state.bots.get(BOT)?.ledger).toEqual({
      tradingDay: THURSDAY,
      dayNet: 5n,
      totalNet: 15n,
      peakNet: 90n,
    });
  });
});

test("what is corrected of a day that is over changes the bot's total, not its day", () => {
  const state = opened();
  const owner: OrderSource = { kind: "bot", botId: BOT };
  evolve(state, booked({ id: "F1", owner, gross: 100n, fee: 10n }));
  evolve(state, booked({ id: "F2", owner, gross: 7n, day: THURSDAY }));
  const known = state.recentFills.get("PRACTICE-1/F1");
  if (known === undefined) throw new Error("Expected the first fill to be remembered");

  evolve(state, {
    kind: "fillCorrected",
    at: epochMs(9),
    booked: { ...known, grossPnl: money(-50n) },
    added: { grossPnl: money(-150n), fees: money(0n), fills: 0, roundTrips: 0, wins: 0 },
  });

  expect(state.bots.get(BOT)?.ledger).toMatchObject({
    tradingDay: THURSDAY,
    dayNet: 7n,
    totalNet: -53n,
  });
  expect(state.accounts.get(ACCOUNT)?.days[0]?.grossPnl).toBe(-50n);
  expect(state.recentFills.get("PRACTICE-1/F1")?.grossPnl).toBe(-50n);
});

/** An open session with a bot and an order that everything is filled to. */
function opened(): DeskState {
  const config = aSessionConfig({ bots: [aBotConfig()] });
  const state = emptyState();
  evolve(state, { kind: "sessionOpened", config });
  evolve(state, { kind: "orderAdopted", order: anOrder({ qty: lots(1_000_000) }) });
  return state;
}

type Booked = {
  readonly id?: string;
  readonly gross?: bigint;
  readonly fee?: bigint;
  readonly day?: TradingDay;
  readonly at?: number;
  readonly owner?: OrderSource;
  /** Of the round trip it ended. */
  readonly netPnl?: bigint;
};

function booked(told: Booked): Fact {
  const { id = "F0", gross = 0n, fee = 0n, day = WEDNESDAY, at = 1, owner, netPnl } = told;
  return {
    kind: "fillBooked",
    fill: aFill({ fillId: fillId(id), fee: money(fee), at: epochMs(at) }),
    tradingDay: day,
    owner: owner ?? { kind: "desk" },
    grossPnl: money(gross),
    position: flatPosition(ACCOUNT, GOLD.id),
    roundTrip: netPnl === undefined ? null : ({ netPnl: money(netPnl) } as never),
  };
}

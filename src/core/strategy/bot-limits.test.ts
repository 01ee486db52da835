import { describe, expect, test } from "vitest";
import type { PlainData } from "#core/domain/plain-data.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { OPENING, limitAt } from "#test/kit/builders.ts";
import { quoteAt } from "#test/kit/risk-desk.ts";
import { BotDesk, anEntryOf, far } from "#test/kit/scripted-bot.ts";

const denial = (code: string, limit: unknown, value: unknown) => ({
  rule: "BOT",
  code,
  limit,
  value,
});

const withParams = (params: PlainData) =>
  new BotDesk({
    bot: { params: { riskRewardRatio: null, slippageTicks: 0, ...(params as object) } },
  });
const withRisk = (risk: PlainData) => new BotDesk({ bot: { risk } });

test("an entry that nothing speaks against becomes an order with a stop", () => {
  const desk = new BotDesk();

  expect(desk.enter({ qty: lots(2) })).toBe(undefined);
  expect(desk.position()?.qty).toBe(2);
  expect([...desk.state.openOrders.values()].map(({ terms, qty }) => [terms, qty])).toEqual([
    [{ type: "stop", stopPrice: 26_481 }, 2],
  ]);
});

describe("size from risk", () => {
  test.each([
    [20, 4],
    [23, 4],
    [24, 3],
    [98, 1],
  ])("a stop %i ticks away with 100 at risk buys %i lots, costs included", (stop, qty) => {
    const desk = new BotDesk();

    desk.enter(far(stop));

    expect(desk.position()?.qty).toBe(qty);
  });

  test("one that cannot buy a single lot is denied", () => {
    expect(new BotDesk().enter(far(99))).toEqual(denial("riskTooSmallForOneLot", 1, 0));
  });

  test("slippage is kept back", () => {
    const desk = withParams({ slippageTicks: 5 });

    desk.enter(far(20));

    expect(desk.position()?.qty).toBe(3);
  });

  test("it stays within what the bot may hold", () => {
    const desk = withRisk({ maxPositions: 3 });

    expect(desk.enter(far(5))).toBe(undefined);
    expect(desk.position()?.qty).toBe(3);
  });
});

describe("stop and target", () => {
  test.each([
    [0, denial("stopRequired", 1, 0)],
    [-5, denial("stopRequired", 1, -5)],
    [1, undefined],
  ])("a stop %i ticks away", (stop, expected) => {
    expect(new BotDesk().enter({ ...far(stop), qty: lots(1) })).toEqual(expected);
  });

  test.each([
    [50, undefined],
    [51, denial("stopTooFar", 5, 51)],
  ])("a stop %i ticks away where 5 points may be risked", (stop, expected) => {
    expect(withParams({ maxRiskPoints: 5 }).enter(far(stop))).toEqual(expected);
  });

  test("the target follows from the ratio unless it is given", () => {
    const desk = withParams({ riskRewardRatio: 1.5 });

    desk.enter({ ...far(21), qty: lots(1) });

    expect([...desk.state.openOrders.values()].map(({ terms }) => terms)).toEqual([
      { type: "stop", stopPrice: 26_480 },
      { type: "limit", limitPrice: 26_532 },
    ]);
  });

  test.each([
    [null, undefined],
    [30, undefined],
    [29, denial("rewardTooSmall", 30, 29)],
  ])("a target of %s ticks for a stop of 20 at 1.5 to 1", (target, expected) => {
    const takeProfitTicks = target === null ? null : ticks(target);

    expect(withParams({ riskRewardRatio: 1.5 }).enter({ takeProfitTicks })).toEqual(expected);
  });

  test("without a ratio any target will do", () => {
    expect(new BotDesk().enter({ takeProfitTicks: ticks(1) })).toBe(undefined);
  });
});

describe("limits of the bot", () => {
  test("lots it may reach, everything that may still fill included", () => {
    const desk = withRisk({ maxPositions: 3 });

    expect(desk.enter({ qty: lots(2) })).toBe(undefined);
    desk.advance(1_000);
    expect(desk.enter({ qty: lots(1), terms: limitAt(26_400) })).toBe(undefined);
    desk.advance(1_000);
    expect(desk.enter({ qty: lots(1) })).toEqual(denial("botPositionLimitExceeded", 3, 4));
    expect(desk.enter({ side: "sell", qty: lots(4) })).toEqual(
      denial("botPositionLimitExceeded", 3, 4),
    );
  });

  test("regular hours, where it keeps to them", () => {
    const inside = withRisk({ tradingHours: "regular" });
    const outside = withRisk({ tradingHours: "regular" });
    const anytime = withRisk({ tradingHours: "extended" });
    for (const desk of [outside, anytime]) {
      desk.advance(epochMs(Date.UTC(2026, 2, 11, 19)) - OPENING);
      quoteAt(desk, 26_500);
    }

    expect(inside.enter()).toBe(undefined);
    expect(outside.enter()).toEqual(denial("botOutsideHours", "regular", "MGC"));
    expect(anytime.enter()).toBe(undefined);
  });

  /** Buys one lot and sells it so many ticks lower; the entry pays 26,501. */
  function lose(desk: BotDesk, loss: number): void {
    desk.advance(1_000);
    desk.act((ctx) => ctx.enter(anEntryOf({ qty: lots(1), ...far(500) })));
    desk.act((ctx) => ctx.exit(), 26_501 - loss);
    quoteAt(desk, 26_500);
  }

  test.each([
    [60, undefined],
    [61, denial("botDailyLossReached", 62.92, 62.92)],
    [62, denial("botDailyLossReached", 62.92, 63.92)],
  ])("a loss of %i ticks and fees where 62.92 may be lost in a day", (loss, expected) => {
    const desk = withRisk({ maxDailyLoss: 62.92 });

    lose(desk, loss);
    desk.advance(1_000);

    expect(desk.enter({ terms: limitAt(26_400) })).toEqual(expected);
  });

  test("a new day begins with nothing lost", () => {
    const desk = withRisk({ maxDailyLoss: 10 });
    lose(desk, 50);
    const denied = desk.enter({ terms: limitAt(26_400) });

    desk.advance(24 * 3_600_000);
    quoteAt(desk, 26_500);

    expect(denied?.code).toBe("botDailyLossReached");
    expect(desk.enter({ terms: limitAt(26_400) })).toBe(undefined);
  });

  test.each([
    [28, undefined],
    [29, denial("botDrawdownReached", 30.92, 30.92)],
  ])("a fall of %i ticks and fees from its best where 30.92 is the most", (loss, expected) => {
    const desk = withRisk({ maxDrawdown: 30.92 });
    lose(desk, -100);
    expect(desk.bot.ledger).toMatchObject({ totalNet: 97_080_000n, peakNet: 97_080_000n });

    lose(desk, loss);
    desk.advance(24 * 3_600_000);
    quoteAt(desk, 26_500);

    expect(desk.enter({ terms: limitAt(26_400) })).toEqual(expected);
  });

  test("a drawdown from the start counts as one from nothing", () => {
    const desk = withRisk({ maxDrawdown: 20 });

    lose(desk, 30);
    desk.advance(1_000);

    expect(desk.enter({ terms: limitAt(26_400) })?.code).toBe("botDrawdownReached");
  });

  test("signals of the day: those beyond the limit bring no entries", () => {
    const desk = withRisk({ maxSignalsPerDay: 2 });
    const signal = { section: "entry", side: "buy", numbers: {} } as const;
    const next = () => {
      desk.advance(1_000);
      desk.act((ctx) => ctx.signal(signal));
      return desk.enter({ qty: lots(1), terms: limitAt(26_400 - desk.bot.signals.count) });
    };

    expect([next(), next(), next()]).toEqual([
      undefined,
      undefined,
      denial("botSignalLimitReached", 2, 3),
    ]);

    desk.advance(24 * 3_600_000);
    quoteAt(desk, 26_500);

    expect(next()).toBe(undefined);
    expect(desk.bot.signals).toEqual({ tradingDay: "2026-03-12", count: 1 });
  });

  test("never stand in the way of an exit", () => {
    const desk = withRisk({ maxSignalsPerDay: 1, maxPositions: 1, maxDailyLoss: 0.01 });
    desk.enter({ qty: lots(1) });
    desk.act((ctx) => {
      for (const section of ["exit", "exit"] as const)
        ctx.signal({ section, side: "sell", numbers: {} });
      ctx.exit();
    });

    expect(desk.position()?.qty).toBe(0);
  });

  test("the gate comes after them, for bots as for everybody", () => {
    const desk = new BotDesk();
    desk.request({ kind: "setTradingState", scope: { kind: "desk" }, state: "reducing" });

    expect(desk.enter()).toEqual({
      rule: "GATE",
      code: "tradingReducing",
      limit: null,
      value: "desk",
    });
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlainData } from "#core/domain/plain-data.ts";
import { readSetting } from "#core/domain/settings.ts";
import { lots, ticks } from "#core/domain/units.ts";
import type { Signal } from "#core/strategy/bot-state.ts";
import { GOLD, aBotConfig } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { STRATEGIES } from "./catalogue.ts";
import { emaCross } from "./ema-cross.ts";

/** Bars of one trade, so that prices are closes; averages over one and three of them, the range of one. */
const QUICK = { bars: "1t", fast: 1, slow: 3, atr: 1, stopAtrs: 2, minStopTicks: 5 };

function aDesk(params: PlainData = {}): TestDesk {
  const bot = aBotConfig({ params: { ...QUICK, ...(params as object) } });
  return new TestDesk({ session: { bots: [bot] }, parts: { strategies: STRATEGIES } });
}

function follow(desk: TestDesk, prices: readonly number[]): TestDesk {
  for (const price of prices) {
    desk.advance(1_000);
    desk.trade(price);
  }
  return desk;
}

const signalsOf = (desk: TestDesk, since = 0): readonly Omit<Signal, "at">[] =>
  desk.facts
    .slice(since)
    .flatMap((fact) => (fact.kind === "signalGenerated" ? [fact.signal] : []))
    .map(({ section, side, numbers }) => ({ section, side, numbers }));

const ordersOf = (desk: TestDesk, since = 0): readonly string[] =>
  desk.steps
    .slice(since)
    .flatMap(({ commands }) => commands)
    .flatMap((one) =>
      one.kind === "submitOrder" ? [`${one.side} ${one.qty} ${one.terms.type}`] : [],
    );

describe("settings", () => {
  test("all have defaults, the sizing of every bot among them", () => {
    expect(readSetting(emaCross.params, {})).toEqual({
      ok: true,
      value: {
        dollarRiskPerTrade: 100_000_000n,
        maxRiskPoints: null,
        riskRewardRatio: 2,
        slippageTicks: 1,
        bars: "5m",
        fast: 12,
        slow: 26,
        atr: 14,
        stopAtrs: 1.5,
        minStopTicks: 10,
      },
    });
    expect(STRATEGIES.get("ema-cross")).toBe(emaCross);
  });

  test.each([
    [{ fast: 26 }, "Expected fast below slow, found 26 and 26"],
    [{ fast: 27 }, "Expected fast below slow, found 27 and 26"],
    [{ bars: "5min" }, 'Expected a bar such as 30s, 5m, 1h, 1d, 500t or 1000v, found "5min"'],
  ])("%j cannot be started with", (written, message) => {
    const read = readSetting(emaCross.params, written);

    expect(() => (read.ok ? emaCross.create(read.value, GOLD) : undefined)).toThrow(
      new RangeError(message),
    );
  });
});

describe("a cross", () => {
  test("is told with its numbers, when it happens and never again", () => {
    const desk = follow(aDesk(), [26_500, 26_496, 26_492, 26_500, 26_504, 26_508]);

    expect(signalsOf(desk)).toEqual([
      { section: "entry", side: "buy", numbers: { fast: 26_500, slow: 26_497.5, atr: 8 } },
    ]);
  });

  test("before the averages are warm is none", () => {
    expect(signalsOf(follow(aDesk({ slow: 4 }), [26_500, 26_496, 26_508]))).toEqual([]);
    expect(signalsOf(follow(aDesk(), [26_500, 26_496, 26_508]))).toHaveLength(1);
    expect(signalsOf(follow(aDesk({ atr: 5 }), [26_500, 26_496, 26_492, 26_500]))).toEqual([]);
    expect(signalsOf(follow(aDesk({ atr: 4 }), [26_500, 26_496, 26_492, 26_500]))).toHaveLength(1);
  });

  test("needs a side to come from: a market that begins flat gives its first side only", () => {
    const desk = follow(aDesk(), [26_500, 26_500, 26_500, 26_500, 26_504, 26_496]);

    expect(signalsOf(desk).map(({ side }) => side)).toEqual(["sell"]);
  });

  test("that only touches is none", () => {
    const desk = follow(aDesk({ slow: 2 }), [26_503, 26_500, 26_500, 26_500, 26_500]);

    expect(signalsOf(desk)).toEqual([]);
  });

  test("upward buys with a stop of some average ranges and a target in proportion", () => {
    const desk = follow(aDesk(), [26_500, 26_496, 26_492, 26_500]);

    expect(ordersOf(desk)).toEqual(["buy 5 market", "sell 5 stop", "sell 5 limit"]);
    expect(desk.position()).toMatchObject({ qty: 5 });
    const legs = [...desk.state.openOrders.values()].map(({ terms }) => terms);
    expect(legs).toEqual([
      { type: "stop", stopPrice: 26_484 },
      { type: "limit", limitPrice: 26_532 },
    ]);
  });

  test("downward sells", () => {
    const desk = follow(aDesk(), [26_500, 26_504, 26_508, 26_500]);

    expect(ordersOf(desk)).toEqual(["sell 5 market", "buy 5 stop", "buy 5 limit"]);
  });

  test.each([
    [{ stopAtrs: 2 }, 16],
    [{ stopAtrs: 1.9 }, 16],
    [{ stopAtrs: 1.2 }, 10],
    [{ stopAtrs: 0.7 }, 6],
    [{ stopAtrs: 0.1 }, 5],
    [{ stopAtrs: 0.5, minStopTicks: 4 }, 4],
  ])("with %j on a range of 8 stops %i ticks away", (params, distance) => {
    const desk = follow(aDesk(params), [26_500, 26_496, 26_492, 26_500]);

    const entry = desk.facts.find((fact) => fact.kind === "orderApproved");
    expect(entry).toMatchObject({ order: { bracket: { stopLossTicks: distance } } });
  });

  test("in the direction of what is held already is told and brings nothing", () => {
    const desk = aDesk();
    desk.place({ qty: lots(1) });

    follow(desk, [26_500, 26_496, 26_492, 26_500]);

    expect(signalsOf(desk)).toHaveLength(1);
    expect(ordersOf(desk)).toEqual(["buy 1 market"]);
  });
});

describe("a cross against what is held", () => {
  const UP = [26_500, 26_496, 26_492, 26_500];

  test("closes and turns", () => {
    const desk = follow(aDesk(), UP);
    const since = desk.steps.length;

    follow(desk, [26_490]);

    expect(ordersOf(desk, since)).toEqual([
      "sell 5 market",
      "sell 4 market",
      "buy 4 stop",
      "buy 4 limit",
    ]);
    expect(desk.position()?.qty).toBe(-4);
    expect(desk.state.bots.get(aBotConfig().botId)?.store).toEqual({ reversal: null });
  });

  test("does not turn any more when the next bar comes before the close has filled", () => {
    const desk = follow(aDesk(), UP);
    desk.answers = () => "hold";
    follow(desk, [26_490, 26_489]);
    desk.answers = () => "tell";
    const since = desk.steps.length;

    desk.tellHeld();
    desk.advance(5_000);

    expect(desk.position()?.qty).toBe(0);
    expect(ordersOf(desk, since)).toEqual([]);
  });

  test("does not turn when the position was closed while nobody watched", () => {
    const desk = follow(aDesk(), UP);
    desk.answers = () => "lose";
    follow(desk, [26_490]);
    desk.answers = () => "tell";
    const since = desk.steps.length;

    desk.restart();
    warmUp(desk, [...UP, 26_490]);
    desk.advance(5_000);

    expect(desk.position()?.qty).toBe(0);
    expect(ordersOf(desk, since)).toEqual([]);
    expect(desk.state.bots.get(aBotConfig().botId)?.store).toEqual({ reversal: null });
  });

  test("turns after a restart when the close fills then", () => {
    const desk = follow(aDesk(), UP);
    const held: string[] = [];
    desk.orders = (command) => {
      if (command.kind !== "submitOrder" || command.terms.type !== "market") return "send";
      held.push(command.clientOrderId);
      return "lose";
    };
    follow(desk, [26_490]);
    desk.orders = () => "send";
    const position = desk.position()?.qty;

    expect([position, held.length]).toEqual([5, 1]);
    expect(desk.state.bots.get(aBotConfig().botId)?.store).toEqual({ reversal: "sell" });
    desk.restart();
    warmUp(desk, [...UP, 26_490]);
    desk.advance(5_000);
    desk.request({
      kind: "close",
      accountId: aBotConfig().accountId,
      instrument: GOLD.id,
      qty: lots(5),
    });

    expect(desk.state.bots.get(aBotConfig().botId)?.store).toEqual({ reversal: null });
    expect(desk.position()?.qty).toBe(-4);
  });
});

/** Gives a restarted desk the bars of before, as history. */
function warmUp(desk: TestDesk, prices: readonly number[]): void {
  desk.apply({ kind: "warmupBegan", at: desk.now });
  for (const price of prices) {
    const tick = { price: ticks(price), qty: lots(1), aggressor: "unknown" } as const;
    desk.apply({ kind: "tradeTick", at: desk.now, instrument: GOLD.id, ...tick });
  }
  desk.apply({ kind: "warmupEnded", at: desk.now });
}

test("a restart at any bar gives the same next signals and orders", () => {
  const prices = fc.array(fc.integer({ min: 26_480, max: 26_520 }), {
    minLength: 2,
    maxLength: 60,
    size: "max",
  });
  const params = fc.record({
    fast: fc.integer({ min: 1, max: 4 }),
    slow: fc.integer({ min: 5, max: 9 }),
    atr: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(prices, params, fc.nat(), (walk, settings, at) => {
      const cut = at % walk.length;
      const straight = follow(aDesk(settings), walk.slice(0, cut));
      const restarted = follow(aDesk(settings), walk.slice(0, cut));

      restarted.restart();
      warmUp(restarted, walk.slice(0, cut));
      const [facts, steps] = [straight.facts.length, straight.steps.length];
      const [factsRestarted, stepsRestarted] = [restarted.facts.length, restarted.steps.length];
      follow(straight, walk.slice(cut));
      follow(restarted, walk.slice(cut));

      expect(signalsOf(restarted, factsRestarted)).toEqual(signalsOf(straight, facts));
      expect(ordersOf(restarted, stepsRestarted)).toEqual(ordersOf(straight, steps));
      expect(restarted.position()?.qty).toBe(straight.position()?.qty);
    }),
  );
});

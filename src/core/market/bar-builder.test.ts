import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instrumentId } from "#core/domain/ids.ts";
import { InvariantError } from "#core/domain/invariant.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { BarBuilder } from "./bar-builder.ts";
import { type Bar, barSpecKey, parseBarSpec } from "./bar.ts";
import type { TradeTick } from "./trade-tick.ts";

const MGC = instrumentId("MGC");
const MINUTE = 60_000;
const HOUR = 3_600_000;

type Print = readonly [at: number, price: number, qty: number];

function aTrade([at, price, qty]: Print): TradeTick {
  return {
    kind: "tradeTick",
    at: epochMs(at),
    instrument: MGC,
    price: ticks(price),
    qty: lots(qty),
    aggressor: "unknown",
  };
}

/** The builder as its owner drives it: due bars close before the trade, and at `until`. */
function barsOf(builder: BarBuilder, prints: readonly Print[], until = 0): Bar[] {
  const bars: Bar[] = [];
  const keep = (bar: Bar | undefined) => (bar === undefined ? 0 : bars.push(bar));
  for (const print of prints) {
    const tick = aTrade(print);
    keep(builder.closeDue(tick.at));
    keep(builder.onTrade(tick));
  }
  keep(builder.closeDue(epochMs(until)));
  return bars;
}

const aBuilder = (text: string) => new BarBuilder(MGC, parseBarSpec(text));

describe("time bars", () => {
  test("a bar holds open, high, low, close, volume and trades of its interval", () => {
    const prints: Print[] = [
      [60_000, 10, 1],
      [70_000, 14, 2],
      [80_000, 7, 3],
      [119_999, 9, 4],
    ];

    const bars = barsOf(aBuilder("1m"), prints, 120_000);

    expect(bars).toEqual([
      {
        instrument: "MGC",
        spec: { kind: "time", everyMs: 60_000 },
        barStart: 60_000,
        barEnd: 120_000,
        open: 10,
        high: 14,
        low: 7,
        close: 9,
        volume: 10,
        trades: 4,
      },
    ]);
  });

  test("a trade exactly at the end of a bar belongs to the next", () => {
    const bars = barsOf(
      aBuilder("1m"),
      [
        [0, 10, 1],
        [MINUTE, 11, 1],
      ],
      2 * MINUTE,
    );

    expect(bars).toMatchObject([
      { barEnd: MINUTE, close: 10, volume: 1 },
      { barEnd: 2 * MINUTE, open: 11, volume: 1 },
    ]);
  });

  test("an interval without trades yields no bar", () => {
    const bars = barsOf(
      aBuilder("1m"),
      [
        [0, 10, 1],
        [5 * MINUTE + 1, 11, 1],
      ],
      9 * MINUTE,
    );

    expect(bars.map((bar) => [bar.barStart, bar.barEnd])).toEqual([
      [0, MINUTE],
      [5 * MINUTE, 6 * MINUTE],
    ]);
  });

  test("a bar that holds a trade is due at its end, and nothing is due without one", () => {
    const builder = aBuilder("5m");

    const dueAts = [builder.dueAt];
    builder.onTrade(aTrade([MINUTE, 10, 1]));
    dueAts.push(builder.dueAt);
    const early = builder.closeDue(epochMs(5 * MINUTE - 1));
    const onTime = builder.closeDue(epochMs(5 * MINUTE));
    dueAts.push(builder.dueAt);

    expect(dueAts).toEqual([Infinity, 5 * MINUTE, Infinity]);
    expect(early).toBeUndefined();
    expect(onTime).toMatchObject({ barStart: 0, barEnd: 5 * MINUTE });
  });

  test("the roll of the trading day clips the bar before it and the bar after it", () => {
    const builder = aBuilder("4h");
    builder.startTradingDay(epochMs(-2 * HOUR), epochMs(22 * HOUR));

    const before = barsOf(builder, [[21 * HOUR, 10, 1]], 22 * HOUR);
    builder.startTradingDay(epochMs(22 * HOUR), epochMs(46 * HOUR));
    const after = barsOf(builder, [[22 * HOUR, 11, 1]], 24 * HOUR);

    expect([...before, ...after]).toMatchObject([
      { barStart: 20 * HOUR, barEnd: 22 * HOUR },
      { barStart: 22 * HOUR, barEnd: 24 * HOUR },
    ]);
  });

  test("starting a trading day closes the open bar at the roll, or at its own earlier end", () => {
    const late = aBuilder("4h");
    late.onTrade(aTrade([21 * HOUR, 10, 1]));
    const early = aBuilder("1m");
    early.onTrade(aTrade([21 * HOUR, 10, 1]));

    const bars = [late, early, aBuilder("1m")].map((builder) =>
      builder.startTradingDay(epochMs(22 * HOUR), epochMs(46 * HOUR)),
    );

    expect(bars).toMatchObject([
      { barStart: 20 * HOUR, barEnd: 22 * HOUR },
      { barStart: 21 * HOUR, barEnd: 21 * HOUR + MINUTE },
      undefined,
    ]);
  });

  test("prints without a quantity move prices but neither volume nor trades", () => {
    const bars = barsOf(
      aBuilder("1m"),
      [
        [0, 10, 0],
        [1, 12, 1],
        [2, 8, 0],
      ],
      MINUTE,
    );

    expect(bars).toMatchObject([{ open: 10, high: 12, low: 8, close: 8, volume: 1, trades: 1 }]);
  });
});

describe("tick bars", () => {
  test("a bar closes with its last trade and is stamped by it", () => {
    const bars = barsOf(aBuilder("2t"), [
      [1, 10, 5],
      [2, 11, 5],
      [3, 12, 5],
    ]);

    expect(bars).toMatchObject([{ barStart: 1, barEnd: 2, open: 10, close: 11, trades: 2 }]);
  });

  test("prints without a quantity do not count towards completion", () => {
    const bars = barsOf(aBuilder("2t"), [
      [1, 10, 1],
      [2, 5, 0],
      [3, 12, 1],
    ]);

    expect(bars).toMatchObject([{ barStart: 1, barEnd: 3, low: 5, volume: 2, trades: 2 }]);
  });

  test("an incomplete bar closes at the roll of the trading day", () => {
    const builder = aBuilder("500t");
    builder.startTradingDay(epochMs(0), epochMs(HOUR));

    const bars = barsOf(builder, [[1, 10, 1]], HOUR);

    expect(bars).toMatchObject([{ barStart: 1, barEnd: HOUR, trades: 1 }]);
  });
});

describe("volume bars", () => {
  test("a trade larger than the rest of a bar closes it and is not split", () => {
    const bars = barsOf(aBuilder("10v"), [
      [1, 10, 9],
      [2, 11, 25],
      [3, 12, 10],
    ]);

    expect(bars).toMatchObject([
      { barStart: 1, barEnd: 2, close: 11, volume: 34, trades: 2 },
      { barStart: 3, barEnd: 3, open: 12, volume: 10, trades: 1 },
    ]);
  });
});

describe("what the owner must do", () => {
  test("a trade at or after the end of the open bar is refused until that bar is closed", () => {
    const builder = aBuilder("1m");
    builder.onTrade(aTrade([0, 10, 1]));

    expect(() => builder.onTrade(aTrade([MINUTE, 10, 1]))).toThrow(InvariantError);
  });

  test("a trade at or after the roll is refused until the next trading day is started", () => {
    const builder = aBuilder("1m");
    builder.startTradingDay(epochMs(0), epochMs(HOUR));

    expect(() => builder.onTrade(aTrade([HOUR, 10, 1]))).toThrow(InvariantError);
  });

  test("a trading day that does not last and a bar without length are refused", () => {
    expect(() => aBuilder("1m").startTradingDay(epochMs(5), epochMs(5))).toThrow(InvariantError);
    expect(() => new BarBuilder(MGC, { kind: "tick", count: 0 })).toThrow(InvariantError);
  });
});

describe("whatever the trades", () => {
  const prints = fc
    .array(fc.tuple(fc.nat(90_000), fc.integer({ min: -50, max: 50 }), fc.nat(12)), {
      minLength: 1,
      maxLength: 200,
    })
    .map((steps) => {
      let at = 0;
      return steps.map(([waitMs, price, qty]): Print => [(at += waitMs), price, qty]);
    });
  const specs = fc.constantFrom("1m", "7s", "1h", "3t", "1t", "20v").map(parseBarSpec);

  test("bars partition the trades: volume, trades, extremes and order are kept", () => {
    fc.assert(
      fc.property(prints, specs, (rows, spec) => {
        const builder = new BarBuilder(MGC, spec);
        const bars = barsOf(builder, rows);
        const rest = builder.startTradingDay(epochMs(1e12), epochMs(2e12));

        const all = rest === undefined ? bars : [...bars, rest];
        const sum = (of: (bar: Bar) => number) => all.reduce((total, bar) => total + of(bar), 0);

        expect(sum((bar) => bar.volume)).toBe(rows.reduce((total, row) => total + row[2], 0));
        expect(sum((bar) => bar.trades)).toBe(rows.filter((row) => row[2] > 0).length);
        expect(Math.max(...all.map((bar) => bar.high))).toBe(Math.max(...rows.map((r) => r[1])));
        expect(Math.min(...all.map((bar) => bar.low))).toBe(Math.min(...rows.map((r) => r[1])));
        expect(all.at(0)?.open).toBe(rows.at(0)?.[1]);
        expect(all.at(-1)?.close).toBe(rows.at(-1)?.[1]);
      }),
    );
  });

  test("no bar spans a roll, and a time bar is aligned or clipped", () => {
    const roll = 20 * MINUTE + 12_345;
    fc.assert(
      fc.property(prints, specs, (rows, spec) => {
        const builder = new BarBuilder(MGC, spec);
        builder.startTradingDay(epochMs(-1), epochMs(roll));
        const before = barsOf(
          builder,
          rows.filter(([at]) => at < roll),
          roll,
        );
        builder.startTradingDay(epochMs(roll), epochMs(1e12));
        const after = barsOf(
          builder,
          rows.filter(([at]) => at >= roll),
          1e12,
        );

        const everyMs = spec.kind === "time" ? spec.everyMs : 1;
        const edges = [...before, ...after].flatMap((bar) => [bar.barStart, bar.barEnd]);
        expect(before.every((bar) => bar.barEnd <= roll)).toBe(true);
        expect(after.every((bar) => bar.barStart >= roll)).toBe(true);
        expect(edges.filter((at) => at % everyMs !== 0 && at !== roll && at !== -1)).toEqual([]);
      }),
      { examples: [[[[0, 1, 1]], parseBarSpec("1h")]] },
    );
  });
});

test("a spec's key reads back as the same spec, in its shortest form", () => {
  const keys = ["30s", "1m", "5m", "60m", "24h", "1d", "250ms", "500t", "1000v"];

  const shortest = keys.map((key) => barSpecKey(parseBarSpec(key)));

  expect(shortest).toEqual(["30s", "1m", "5m", "1h", "1d", "1d", "250ms", "500t", "1000v"]);
});

test.each(["", "m", "0m", "5", "-5m", "1.5m", "05m", "5M", "5 m", "5w", "1000000000m"])(
  "%j is not a bar",
  (text) => {
    expect(() => parseBarSpec(text)).toThrow(RangeError);
  },
);

test("a bar of a fraction of a millisecond has no key", () => {
  const spec = { ...parseBarSpec("1m"), everyMs: 0.5 } as Parameters<typeof barSpecKey>[0];

  expect(() => barSpecKey(spec)).toThrow("whole milliseconds");
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { TopOfBook } from "#core/market/top-of-book.ts";
import {
  DEFAULT_FILL_MODEL,
  displayedAhead,
  fixedSlippage,
  isMarketable,
  printBudget,
  randomSlippage,
  touchPrice,
  worsened,
} from "./fill-model.ts";
import { GOLD } from "./venue-scenario.ts";

const OPTIMISTIC = { ...DEFAULT_FILL_MODEL, limitFill: "touch" } as const;

describe("slippage", () => {
  test("of a fixed number of ticks is the same for every fill", () => {
    const slippage = fixedSlippage(2);

    expect([slippage(GOLD, 1), slippage(GOLD, 99)]).toEqual([2, 2]);
  });

  test("that is drawn depends on the seed and the fill alone", () => {
    const draw = (seed: number): readonly number[] =>
      Array.from({ length: 50 }, (_, fill) => randomSlippage(seed, [1, 1, 1, 1])(GOLD, fill));

    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test("that is drawn follows its chances", () => {
    const slippage = randomSlippage(1, [6, 0, 3, 1]);
    const counts = [0, 0, 0, 0];

    for (let fill = 0; fill < 10_000; fill += 1) {
      const drawn = slippage(GOLD, fill);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }

    const expected = [6_000, 0, 3_000, 1_000];
    for (const [count, wanted] of expected.entries()) {
      expect(Math.abs((counts[count] ?? 0) - wanted)).toBeLessThan(200);
    }
  });

  test("that is drawn is one of the ticks that have a chance", () => {
    const chances = fc
      .array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 1 })
      .filter((all) => all.some((chance) => chance > 0));
    fc.assert(
      fc.property(fc.integer(), chances, fc.nat(), (seed, all, fill) => {
        expect(all[randomSlippage(seed, all)(GOLD, fill)]).toBeGreaterThan(0);
      }),
    );
  });

  test.each([[-1], [0.5], [Number.NaN]])("of %s ticks is refused", (count) => {
    expect(() => fixedSlippage(count)).toThrow("slippage is zero or more whole ticks");
    expect(() => worsened("buy", ticks(100), count)).toThrow("zero or more whole ticks");
  });

  test.each([[[]], [[0, 0]], [[3, -1]]])("with the chances %j is refused", (chances) => {
    expect(() => randomSlippage(1, chances)).toThrow("slippage has chances");
  });

  test("makes a buy dearer and a sale cheaper", () => {
    expect([worsened("buy", ticks(100), 2), worsened("sell", ticks(100), 2)]).toEqual([102, 98]);
  });
});

test.each([
  { qty: 10, participation: 1, budget: 10 },
  { qty: 10, participation: 0.25, budget: 2 },
  { qty: 3, participation: 0.25, budget: 0 },
  { qty: 30, participation: 0.1, budget: 3 },
])("orders may take $budget of $qty lots at a share of $participation", (row) => {
  expect(printBudget(lots(row.qty), row.participation)).toBe(row.budget);
});

describe("an order meets", () => {
  test("the touch of the other side", () => {
    const top = marketOf({ quote: [99, 101] });

    expect([touchPrice(top, "buy"), touchPrice(top, "sell")]).toEqual([101, 99]);
  });

  test("the last price without quotes", () => {
    const top = marketOf({ last: 100 });

    expect([touchPrice(top, "buy"), touchPrice(top, "sell")]).toEqual([100, 100]);
  });
});

describe("a limit order", () => {
  test.each([
    { side: "buy", limit: 100, trades: false },
    { side: "buy", limit: 101, trades: true },
    { side: "sell", limit: 100, trades: false },
    { side: "sell", limit: 99, trades: true },
  ] as const)("to $side at $limit trades at once in 99/101: $trades", (row) => {
    const top = marketOf({ quote: [99, 101] });

    expect(isMarketable(row.side, ticks(row.limit), top, DEFAULT_FILL_MODEL)).toBe(row.trades);
  });

  test.each([
    { limit: 99, careful: false, optimistic: false },
    { limit: 100, careful: false, optimistic: true },
    { limit: 101, careful: true, optimistic: true },
  ])("to buy at $limit, after a trade at 100 and without quotes", (row) => {
    const top = marketOf({ last: 100 });

    expect(isMarketable("buy", ticks(row.limit), top, DEFAULT_FILL_MODEL)).toBe(row.careful);
    expect(isMarketable("buy", ticks(row.limit), top, OPTIMISTIC)).toBe(row.optimistic);
  });

  test("does not trade at once where no price is known", () => {
    expect(isMarketable("buy", ticks(100), marketOf({}), OPTIMISTIC)).toBe(false);
  });

  test.each([
    { side: "buy", limit: 98, ahead: null },
    { side: "buy", limit: 99, ahead: 7 },
    { side: "buy", limit: 100, ahead: 0 },
    { side: "sell", limit: 100, ahead: 0 },
    { side: "sell", limit: 101, ahead: 9 },
    { side: "sell", limit: 102, ahead: null },
  ] as const)("to $side at $limit stands behind $ahead lots in 99/101", (row) => {
    const top = marketOf({ quote: [99, 101] });

    expect(displayedAhead(row.side, ticks(row.limit), top)).toBe(row.ahead);
  });

  test("cannot know how many lots stand before it where no quote tells", () => {
    const top = marketOf({ quote: [99, 101], last: 98 });

    expect(displayedAhead("buy", ticks(98), top)).toBeNull();
    expect(displayedAhead("buy", ticks(98), marketOf({ last: 98 }))).toBeNull();
  });
});

/** A market after a quote of 7 lots bid and 9 offered, then a trade. */
function marketOf({ quote, last }: { quote?: [number, number]; last?: number }): TopOfBook {
  const top = new TopOfBook();
  const at = epochMs(1);
  if (quote !== undefined) {
    const prices = { bidPrice: ticks(quote[0]), askPrice: ticks(quote[1]) };
    const qtys = { bidQty: lots(7), askQty: lots(9) };
    top.onQuote({ kind: "quote", at, instrument: GOLD, ...prices, ...qtys });
  }
  if (last !== undefined) {
    const trade = { at, instrument: GOLD, price: ticks(last), qty: lots(1) };
    top.onTrade({ kind: "tradeTick", aggressor: "unknown", ...trade });
  }
  return top;
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instrumentId } from "#core/domain/ids.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { NO_PRICE, type Quote } from "./quote.ts";
import { TopOfBook } from "./top-of-book.ts";
import type { TradeTick } from "./trade-tick.ts";

const MGC = instrumentId("MGC");

function aQuote(bidPrice: number, askPrice: number, at = 1): Quote {
  return {
    kind: "quote",
    at: epochMs(at),
    instrument: MGC,
    bidPrice: ticks(bidPrice),
    bidQty: lots(7),
    askPrice: ticks(askPrice),
    askQty: lots(8),
  };
}

function aTrade(price: number, qty = 1, at = 2): TradeTick {
  return {
    kind: "tradeTick",
    at: epochMs(at),
    instrument: MGC,
    price: ticks(price),
    qty: lots(qty),
    aggressor: "unknown",
  };
}

function quoted(bidPrice: number, askPrice: number): TopOfBook {
  const top = new TopOfBook();
  top.onQuote(aQuote(bidPrice, askPrice));
  return top;
}

describe("before the first quote", () => {
  test("touches are unknown and the last price is known from trades", () => {
    const top = new TopOfBook();

    top.onTrade(aTrade(100));

    expect(top).toMatchObject({
      bidPrice: NO_PRICE,
      askPrice: NO_PRICE,
      lastPrice: 100,
      lastTradeAt: 2,
      updatedAt: 2,
    });
  });
});

describe("quotes", () => {
  test("a quote sets both touches", () => {
    const top = quoted(100, 102);

    expect(top).toMatchObject({ bidPrice: 100, bidQty: 7, askPrice: 102, askQty: 8, updatedAt: 1 });
    expect(top).toMatchObject({ lastPrice: NO_PRICE, lastTradeAt: 0 });
  });

  test("locked, crossed and one-sided quotes are counted and change nothing else", () => {
    const top = quoted(100, 102);

    top.onQuote(aQuote(101, 101, 5));
    top.onQuote(aQuote(103, 101, 5));
    top.onQuote(aQuote(104, 101, 5));
    top.onQuote(aQuote(NO_PRICE, 101, 5));
    top.onQuote(aQuote(101, NO_PRICE, 5));
    top.onQuote(aQuote(NO_PRICE, NO_PRICE, 5));

    expect(top).toMatchObject({ bidPrice: 100, askPrice: 102, updatedAt: 1 });
    expect(top).toMatchObject({ lockedQuotes: 1, crossedQuotes: 2, oneSidedQuotes: 3 });
  });
});

describe("trades between quotes", () => {
  test.each([
    [
      "above the ask lifts both touches",
      105,
      { bidPrice: 103, askPrice: 105, bidQty: 0, askQty: 0 },
    ],
    ["below the bid lowers both touches", 97, { bidPrice: 97, askPrice: 99, bidQty: 0, askQty: 0 }],
    [
      "at the ask confirms the touches",
      102,
      { bidPrice: 100, askPrice: 102, bidQty: 7, askQty: 8 },
    ],
    [
      "at the bid confirms the touches",
      100,
      { bidPrice: 100, askPrice: 102, bidQty: 7, askQty: 8 },
    ],
    [
      "inside the spread moves nothing",
      101,
      { bidPrice: 100, askPrice: 102, bidQty: 7, askQty: 8 },
    ],
  ])("a trade %s", (_, price, touches) => {
    const top = quoted(100, 102);

    top.onTrade(aTrade(price));

    expect(top).toMatchObject({ ...touches, lastPrice: price, lastTradeAt: 2, updatedAt: 2 });
  });

  test("a print without a quantity moves nothing", () => {
    const top = quoted(100, 102);

    top.onTrade(aTrade(110, 0));

    expect(top).toMatchObject({ bidPrice: 100, askPrice: 102, lastPrice: NO_PRICE, updatedAt: 1 });
  });
});

test("whatever comes, bid is below ask and the spread is the last one quoted", () => {
  const price = fc.integer({ min: -30, max: 30 });
  const side = fc.oneof({ arbitrary: price, weight: 9 }, fc.constant<number>(NO_PRICE));
  const quote = fc.tuple(side, side).map(([bid, ask]) => aQuote(bid, ask));
  const trade = fc.tuple(price, fc.nat(2)).map(([at, qty]) => aTrade(at, qty));
  fc.assert(
    fc.property(fc.array(fc.oneof(quote, trade)), (events) => {
      const top = new TopOfBook();
      let spread = 0;
      for (const event of events) {
        if (event.kind === "tradeTick") {
          top.onTrade(event);
        } else {
          top.onQuote(event);
          const isTwoSided = event.bidPrice !== NO_PRICE && event.askPrice !== NO_PRICE;
          if (isTwoSided && event.bidPrice < event.askPrice)
            spread = event.askPrice - event.bidPrice;
        }
        expect(top.askPrice - top.bidPrice).toBe(spread);
        expect(top.bidPrice === NO_PRICE).toBe(spread === 0);
      }
    }),
  );
});

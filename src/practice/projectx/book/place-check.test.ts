import { expect, test } from "vitest";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { TopOfBook } from "#core/market/top-of-book.ts";
import { GOLD } from "#test/kit/builders.ts";
import { aFirmAccount } from "#test/kit/practice-gateway.ts";
import { firmAccount } from "./firm-account.ts";
import { placementText, termsOf } from "./place-check.ts";
import type { PlaceRequest } from "./place-request.ts";

const ACCOUNT = firmAccount(aFirmAccount(), 0);

function request(overrides: Partial<PlaceRequest> = {}): PlaceRequest {
  return {
    accountId: ACCOUNT.id,
    contractId: "CON.F.US.MGC.J26",
    type: 2,
    side: 0,
    size: 1,
    limitPrice: null,
    stopPrice: null,
    trailPrice: null,
    customTag: null,
    stopLossBracket: null,
    takeProfitBracket: null,
    ...overrides,
  };
}

/** 2,650.0 at 2,650.1, the last trade at 2,650.1. */
function market(): TopOfBook {
  const top = new TopOfBook();
  const at = epochMs(0);
  const prices = { bidPrice: ticks(26_500), askPrice: ticks(26_501) };
  top.onQuote({
    kind: "quote",
    at,
    instrument: GOLD.id,
    ...prices,
    bidQty: lots(1),
    askQty: lots(1),
  });
  const trade = { at, instrument: GOLD.id, price: ticks(26_501), qty: lots(1) };
  top.onTrade({ kind: "tradeTick", aggressor: "unknown", ...trade });
  return top;
}

test.each([
  [{ type: 0 }, "Invalid order type specified"],
  [{ type: 3 }, "Invalid order type specified"],
  [{ type: 8 }, "Invalid order type specified"],
  [{ size: 0 }, "Invalid order size specified"],
  [{ size: -1 }, "Invalid order size specified"],
  [{ side: 2 }, "Invalid order side specified"],
  [
    { stopLossBracket: { ticks: 40, type: 4 } },
    "Invalid stop loss ticks (40). Ticks should be less than zero when longing.",
  ],
  [
    { side: 1, stopLossBracket: { ticks: -40, type: 4 } },
    "Invalid stop loss ticks (-40). Ticks should be greater than zero when going short.",
  ],
  [
    { stopLossBracket: { ticks: -3, type: 4 } },
    "Invalid stop loss ticks (-3). Stop loss tick value should be at least 4 ticks.",
  ],
  [{ stopLossBracket: { ticks: -40, type: 1 } }, "Invalid stop loss type (Limit)"],
  [{ stopLossBracket: { ticks: -40, type: 5 } }, "Invalid stop loss type (TrailingStop)"],
  [
    { side: 1, takeProfitBracket: { ticks: 30, type: 1 } },
    "Invalid take profit ticks (30). Ticks should be less than zero when going short.",
  ],
  [
    { takeProfitBracket: { ticks: -30, type: 1 } },
    "Invalid take profit ticks (-30). Ticks should be greater than zero when longing.",
  ],
  [{ takeProfitBracket: { ticks: 30, type: 4 } }, "Invalid take profit type (Stop)"],
  [{ stopLossBracket: { ticks: -4, type: 4 } }, undefined],
])("%o is refused with the venue's words", (overrides, text) => {
  expect(placementText(request(overrides), ACCOUNT)).toBe(text);
});

const OUTSIDE = "Invalid price. Price is outside allowed range.";

test.each([
  [
    { type: 1, limitPrice: 2650.1 },
    { type: "limit", limitPrice: 26_501 },
  ],
  [{ type: 1, limitPrice: 2650.05 }, OUTSIDE],
  [{ type: 1, limitPrice: 2300 }, OUTSIDE],
  [{ type: 1 }, OUTSIDE],
  [
    { type: 4, stopPrice: 2660 },
    { type: "stop", stopPrice: 26_600 },
  ],
  [{ type: 4, limitPrice: 2660 }, OUTSIDE],
  [
    { type: 5, trailPrice: 2651.1 },
    { type: "trailingStop", stopPrice: 26_511, trailTicks: 10 },
  ],
  [{ type: 5, trailPrice: 2640 }, OUTSIDE],
  [{ type: 5, trailPrice: 2751 }, OUTSIDE],
  [{ type: 6 }, { type: "limit", limitPrice: 26_500 }],
  [{ type: 7 }, { type: "limit", limitPrice: 26_501 }],
])("the terms of %o", (overrides, terms) => {
  expect(termsOf(request(overrides), GOLD, market())).toEqual(terms);
});

test("where no price is known there is no bid to join", () => {
  expect(termsOf(request({ type: 6 }), GOLD, new TopOfBook())).toContain("currently unavailable");
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { venueOrderId } from "#core/domain/ids.ts";
import type { OrderTerms } from "#core/domain/order.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { type BookOrder, bookOrder, type Phase } from "./book-order.ts";
import { DEFAULT_FILL_MODEL } from "./fill-model.ts";
import { GOLD, limitAt, stopAt, stopLimitAt, submitOf, trailingAt } from "./venue-scenario.ts";
import { WorkingBook } from "./working-book.ts";

const TOUCH = { ...DEFAULT_FILL_MODEL, marketDepth: "touch" } as const;

test("a trade concerns an order exactly when it reaches or moves one", () => {
  fc.assert(
    fc.property(someOrders(), fc.integer({ min: 85, max: 115 }), (orders, price) => {
      const book = bookOf(orders);

      const concerns = book.onTrade(tradeAt(price));

      expect(concerns).toBe(orders.some((order) => isConcerned(order, price)));
    }),
    { numRuns: 1_000 },
  );
});

test("a quote concerns an order exactly when it reaches a limit, or one waits for a market", () => {
  const bids = fc.integer({ min: 85, max: 115 });
  fc.assert(
    fc.property(
      fc.array(anOrder()),
      bids,
      fc.integer({ min: 1, max: 4 }),
      (orders, bid, spread) => {
        const book = bookOf(orders);

        const concerns = book.onQuote(quoteOf(bid, bid + spread));

        const isMet = ({ phase, side, terms }: BookOrder): boolean => {
          if (phase === "market") return true;
          if (phase !== "limit" || !("limitPrice" in terms)) return false;
          return side === "buy" ? bid + spread <= terms.limitPrice : bid >= terms.limitPrice;
        };
        expect(concerns).toBe(orders.some(isMet));
      },
    ),
  );
});

test("an order that left the book concerns nothing any more", () => {
  const [order] = fc.sample(anOrder(), { numRuns: 1, seed: 1 });
  if (order === undefined) throw new Error("one order was asked for");
  const book = bookOf([order]);

  book.remove(order);

  expect(book.onTrade(tradeAt(-1_000_000))).toBe(false);
  expect(book.onTrade(tradeAt(1_000_000))).toBe(false);
  expect(() => book.remove(order)).toThrow("an order that ends was working in its book");
});

test("what was taken from a touch comes back when that touch is shown anew", () => {
  const book = bookOf([]);
  book.onQuote(quoteOf(99, 101));

  book.take("buy", 3);
  book.take("sell", 2);
  const afterTaking = [book.depth("buy", TOUCH), book.depth("sell", TOUCH)];
  book.onQuote(quoteOf(98, 101));

  expect(afterTaking).toEqual([2, 3]);
  expect([book.depth("buy", TOUCH), book.depth("sell", TOUCH)]).toEqual([2, 5]);
  book.take("sell", 4);
  book.onQuote(quoteOf(98, 102));
  expect([book.depth("buy", TOUCH), book.depth("sell", TOUCH)]).toEqual([5, 1]);
  book.onQuote({ ...quoteOf(98, 102), bidQty: lots(6) });
  expect(book.depth("sell", TOUCH)).toBe(6);
  expect(book.depth("buy", DEFAULT_FILL_MODEL)).toBe(Number.POSITIVE_INFINITY);
});

test("a touch that a trade moved shows nothing to take", () => {
  const book = bookOf([]);
  book.onQuote(quoteOf(99, 101));
  book.take("buy", 3);

  book.onTrade(tradeAt(105));

  expect(book.depth("buy", TOUCH)).toBe(0);
});

function isConcerned({ phase, side, terms }: BookOrder, price: number): boolean {
  const sign = side === "buy" ? 1 : -1;
  if (phase === "market" || phase === "sweeping") return true;
  if (phase === "limit") return "limitPrice" in terms && sign * (terms.limitPrice - price) >= 0;
  if (!("stopPrice" in terms)) return false;
  if (sign * (price - terms.stopPrice) >= 0) return true;
  return "trailTicks" in terms && sign * (terms.stopPrice - price) > terms.trailTicks;
}

function bookOf(orders: readonly BookOrder[]): WorkingBook {
  const book = new WorkingBook(GOLD);
  for (const order of orders) book.add(order);
  return book;
}

function tradeAt(price: number): Parameters<WorkingBook["onTrade"]>[0] {
  const trade = { at: epochMs(1), instrument: GOLD, price: ticks(price), qty: lots(1) };
  return { kind: "tradeTick", aggressor: "unknown", ...trade };
}

/** Five lots on each side. */
function quoteOf(bid: number, ask: number): Parameters<WorkingBook["onQuote"]>[0] {
  const prices = { bidPrice: ticks(bid), askPrice: ticks(ask) };
  const qtys = { bidQty: lots(5), askQty: lots(5) };
  return { kind: "quote", at: epochMs(1), instrument: GOLD, ...prices, ...qtys };
}

/** Few, so that one does not hide what another does. */
function someOrders(): fc.Arbitrary<readonly BookOrder[]> {
  return fc.array(anOrder(), { maxLength: 2 });
}

function anOrder(): fc.Arbitrary<BookOrder> {
  const price = fc.integer({ min: 90, max: 110 });
  const waiting = fc.oneof(
    price.map((limit) => ["limit", limitAt(limit)] as const),
    price.map((stop) => ["stop", stopAt(stop)] as const),
    price.map((stop) => ["stop", stopLimitAt(stop, stop)] as const),
    price.map((limit) => ["limit", stopLimitAt(0, limit)] as const),
    fc.tuple(price, fc.integer({ min: 1, max: 5 })).map(trailing),
    fc.constantFrom<[Phase, OrderTerms]>(["market", stopAt(0)], ["sweeping", { type: "market" }]),
  );
  return fc.tuple(fc.constantFrom("buy" as const, "sell" as const), waiting).map(([side, what]) => {
    const [phase, terms] = what;
    const taken = { number: 1, venueOrderId: venueOrderId("O1"), takenAt: epochMs(0), leg: null };
    return { ...bookOrder(submitOf("A", { side, terms }), taken), phase };
  });
}

function trailing([stop, trail]: [number, number]): readonly [Phase, OrderTerms] {
  return ["stop", trailingAt(stop, trail)];
}

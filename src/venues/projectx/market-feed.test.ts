import { expect, test } from "vitest";
import { GOLD, OPENING } from "#test/kit/builders.ts";
import { ContractBook } from "./contract-book.ts";
import { readPublicTrades, readQuote } from "./hub-events.ts";
import { MarketFeed } from "./market-feed.ts";

const CONTRACT = "CON.F.US.MGC.Z26";
const NOW = OPENING;

test("quotes that name only what changed are put together", () => {
  const { quote } = feed();

  expect(quote({ bestBid: 2_650 })).toBe(null);
  expect(quote({ lastPrice: 2_650 })).toBe(null);
  expect(quote({ bestAsk: 2_650.1 })).toEqual({
    kind: "quote",
    at: NOW,
    instrument: GOLD.id,
    bidPrice: 26_500,
    bidQty: 0,
    askPrice: 26_501,
    askQty: 0,
  });
  expect(quote({ bestBid: 2_649.9, timestamp: "2026-03-11T15:00:00.250+00:00" })).toMatchObject({
    at: NOW + 250,
    bidPrice: 26_499,
    askPrice: 26_501,
  });
});

test("what was known before a new connection is not put together with what comes", () => {
  const { feed: made, quote } = feed();
  quote({ bestBid: 2_650, bestAsk: 2_650.1 });

  made.forget();

  expect(quote({ bestAsk: 2_650.2 })).toBe(null);
});

test("prices between two ticks are left out and counted", () => {
  const { feed: made, quote } = feed();

  const trades = made.trades(
    CONTRACT,
    readPublicTrades(CONTRACT, [trade(2_650.05), trade(2_650.1)]),
  );

  expect([quote({ bestBid: 2_650.05, bestAsk: 2_650.1 }), trades.length, made.offTick]).toEqual([
    null,
    1,
    2,
  ]);
});

test.each([
  [0, "buy"],
  [1, "sell"],
  [undefined, "unknown"],
])("type %s is a trade whose aggressor is %s", (type, aggressor) => {
  const { feed: made } = feed();

  const [tick] = made.trades(CONTRACT, readPublicTrades(CONTRACT, { ...trade(2_650), type }));

  expect(tick).toEqual({
    kind: "tradeTick",
    at: NOW,
    instrument: GOLD.id,
    price: 26_500,
    qty: 2,
    aggressor,
  });
});

test("contracts that nobody here knows are passed over", () => {
  const { feed: made } = feed();

  expect(made.trades("CON.F.US.XYZ.Z26", readPublicTrades("CON.F.US.XYZ.Z26", trade(1)))).toEqual(
    [],
  );
});

function feed() {
  const made = new MarketFeed(new ContractBook([{ instrument: GOLD, contractId: CONTRACT }]));
  return {
    feed: made,
    quote: (members: object) => made.quote(CONTRACT, readQuote(CONTRACT, members), NOW),
  };
}

function trade(price: number) {
  return { price, timestamp: "2026-03-11T15:00:00.000+00:00", type: 0, volume: 2 };
}

import { expect, test } from "vitest";
import { instrumentId } from "#core/domain/ids.ts";
import { QuoteView } from "./quote.ts";
import { QUOTE_ROW, TRADE_ROW, emptyTickBlock, loadQuote, loadTrade } from "./tick-block.ts";
import { TradeTickView } from "./trade-tick.ts";

const instruments = [instrumentId("MES"), instrumentId("MGC")];

test("a trade row fills a trade view", () => {
  const block = emptyTickBlock(2);
  block.kind[1] = TRADE_ROW;
  block.at[1] = 1_381_183_200_015;
  block.instrument[1] = 1;
  block.price[1] = 13_234;
  block.qty[1] = 2;
  block.aggressor[1] = 2;
  const view = new TradeTickView(instrumentId("MES"));

  loadTrade(block, 1, instruments, view);

  expect(view).toMatchObject({
    kind: "tradeTick",
    at: 1_381_183_200_015,
    instrument: "MGC",
    price: 13_234,
    qty: 2,
    aggressor: "sell",
  });
});

test("a quote row fills a quote view, the bid from price and quantity", () => {
  const block = emptyTickBlock(1);
  block.kind[0] = QUOTE_ROW;
  block.at[0] = 1_381_183_260_000;
  block.price[0] = 13_233;
  block.qty[0] = 3;
  block.askPrice[0] = 13_234;
  block.askQty[0] = 4;
  const view = new QuoteView(instrumentId("MGC"));

  loadQuote(block, 0, instruments, view);

  expect(view).toMatchObject({
    kind: "quote",
    at: 1_381_183_260_000,
    instrument: "MES",
    bidPrice: 13_233,
    bidQty: 3,
    askPrice: 13_234,
    askQty: 4,
  });
});

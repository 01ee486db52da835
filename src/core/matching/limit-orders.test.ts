import { describe, expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import { NO_PRICE } from "#core/market/quote.ts";
import { DEFAULT_FILL_MODEL, type FillModel, fixedSlippage } from "./fill-model.ts";
import { limitAt, submitOf, VenueScenario } from "./venue-scenario.ts";

describe("a limit order", () => {
  test("trades at once where it reaches the touch, at the touch", () => {
    const scenario = venue({ slippage: fixedSlippage(5) }).quote(99, 101);

    scenario.send(submitOf("A", { terms: limitAt(105) }));
    scenario.send(submitOf("B", { side: "sell", terms: limitAt(99) }));

    expect(fills(scenario)).toEqual(["0 A filled 1 @ 101", "0 B filled 1 @ 99"]);
  });

  test("rests until a print goes beyond its price, and fills at its price", () => {
    const scenario = venue().quote(99, 101);

    scenario.send(submitOf("A", { terms: limitAt(95) }));
    scenario.send(submitOf("B", { side: "sell", terms: limitAt(105) }));
    scenario.at(1).trade(96).trade(104).at(2).trade(94).at(3).trade(106);

    expect(fills(scenario)).toEqual(["2 A filled 1 @ 95", "3 B filled 1 @ 105"]);
  });

  test("fills no more than a print's quantity", () => {
    const scenario = venue()
      .quote(99, 101)
      .send(buyLimit("A", 95, 5));

    scenario.at(1).trade(94, 2).at(2).trade(93, 2).at(3).trade(94, 2).at(4).trade(94, 2);

    expect(fills(scenario)).toEqual([
      "1 A filled 2 @ 95",
      "2 A filled 2 @ 95",
      "3 A filled 1 @ 95",
    ]);
  });

  test("fills no more than its share of a print's quantity", () => {
    const scenario = venue({ participation: 0.5 })
      .quote(99, 101)
      .send(buyLimit("A", 95, 5));

    scenario.at(1).trade(94, 1).at(2).trade(94, 5);

    expect(fills(scenario)).toEqual(["2 A filled 2 @ 95"]);
  });

  test("at the bid waits until the quantity shown before it has traded", () => {
    const scenario = venue()
      .quote(99, 101, 5)
      .send(buyLimit("A", 99, 3));

    scenario.at(1).trade(99, 4).at(2).trade(99, 2).at(3).trade(99, 9);

    expect(fills(scenario)).toEqual(["2 A filled 1 @ 99", "3 A filled 2 @ 99"]);
  });

  test("between the touches is first in the queue", () => {
    const scenario = venue()
      .quote(99, 103)
      .send(buyLimit("A", 100, 3))
      .trade(100, 2);

    expect(fills(scenario)).toEqual(["0 A filled 2 @ 100"]);
  });

  test("below the bid learns its queue from the touch when a print reaches it", () => {
    const scenario = venue()
      .quote(99, 101)
      .send(buyLimit("A", 95, 3))
      .quote(95, 97, 4);

    scenario.at(1).trade(95, 3).at(2).trade(95, 3);

    expect(fills(scenario)).toEqual(["2 A filled 2 @ 95"]);
  });

  test("whose queue nothing tells waits for a print beyond its price", () => {
    const scenario = venue()
      .trade(100)
      .send(buyLimit("A", 95, 3));

    scenario.at(1).trade(95, 50).at(2).trade(94, 1).at(3).trade(95, 1);

    // After the print beyond it nobody is left before it.
    expect(fills(scenario)).toEqual(["2 A filled 1 @ 95", "3 A filled 1 @ 95"]);
  });

  test("fills at any print at its price where that is assumed", () => {
    const scenario = venue({ limitFill: "touch" })
      .quote(99, 101)
      .send(buyLimit("A", 95, 3));

    scenario.at(1).trade(96, 1).at(2).trade(95, 1);

    expect(fills(scenario)).toEqual(["2 A filled 1 @ 95"]);
  });

  test("is met by a quote that reaches it, at its price", () => {
    const scenario = venue().quote(99, 101);

    scenario.send(buyLimit("A", 95, 2), submitOf("B", { side: "sell", terms: limitAt(105) }));
    scenario.at(1).quote(94, 96).at(2).quote(93, 95).at(3).quote(106, 107);

    expect(fills(scenario)).toEqual(["2 A filled 2 @ 95", "3 B filled 1 @ 105"]);
  });

  test("met by a quote takes no more than the touch shows, and not twice", () => {
    const scenario = venue({ marketDepth: "touch" })
      .quote(99, 101)
      .send(buyLimit("A", 95, 5));

    scenario.at(1).quote(93, 95, 9, 2).at(2).quote(92, 95, 9, 2).at(3).quote(92, 94, 9, 2);

    expect(fills(scenario)).toEqual(["1 A filled 2 @ 95", "3 A filled 2 @ 95"]);
  });

  test("is not met by a quote that says nothing: locked, crossed or one-sided", () => {
    const scenario = venue()
      .quote(99, 101)
      .send(buyLimit("A", 95, 1));

    scenario.quote(95, 95).quote(96, 94).quote(NO_PRICE, 90);

    expect(fills(scenario)).toEqual([]);
  });

  test("shares a print by price, then by time", () => {
    const scenario = venue().quote(99, 101);

    scenario.send(buyLimit("A", 95, 2), buyLimit("B", 96, 2), buyLimit("C", 95, 2)).trade(94, 5);

    expect(fills(scenario)).toEqual([
      "0 B filled 2 @ 96",
      "0 A filled 2 @ 95",
      "0 C filled 1 @ 95",
    ]);
  });

  test("waits behind an earlier one of ours at its price", () => {
    const scenario = venue()
      .quote(95, 101, 8)
      .send(buyLimit("A", 95, 2));

    // Fewer lots are shown when B joins, but A stands before it.
    scenario.quote(95, 101, 1).send(buyLimit("B", 95, 2));
    scenario.at(1).trade(95, 7).at(2).trade(95, 4);

    expect(fills(scenario)).toEqual(["2 A filled 2 @ 95", "2 B filled 2 @ 95"]);
  });

  test("to sell waits behind an earlier one of ours too", () => {
    const scenario = venue().quote(99, 105, 1, 8);
    const sale = { side: "sell", qty: lots(2), terms: limitAt(105) } as const;

    scenario.send(submitOf("A", sale)).quote(99, 105, 1, 1).send(submitOf("B", sale));
    scenario.at(1).trade(105, 7).at(2).trade(105, 4);

    expect(fills(scenario)).toEqual(["2 A filled 2 @ 105", "2 B filled 2 @ 105"]);
  });

  test("gets what a print leaves after the queue before it and our better orders", () => {
    const scenario = venue().quote(99, 103, 3);

    scenario.send(buyLimit("A", 99, 5), buyLimit("B", 100, 2)).trade(99, 6);

    expect(fills(scenario)).toEqual(["0 B filled 2 @ 100", "0 A filled 1 @ 99"]);
  });

  test("keeps its queue when a print without a quantity goes beyond it", () => {
    const scenario = venue()
      .quote(99, 101, 5)
      .send(buyLimit("A", 99, 1));

    scenario.trade(90, 0).trade(99, 1);

    expect(fills(scenario)).toEqual([]);
  });

  test("is not met by a quote that says nothing where a trade took the touch beyond it", () => {
    const scenario = venue({ participation: 0.5 })
      .quote(99, 101)
      .send(buyLimit("A", 95, 5));

    // The market is at 90/92 now; the first two quotes repeat one side of it.
    scenario.trade(90, 2).quote(90, 89).quote(93, 92).quote(96, 94);

    expect(fills(scenario)).toEqual(["0 A filled 1 @ 95"]);
  });

  test("is not met by a quote of nothing where only a last price is known", () => {
    const scenario = venue()
      .trade(100)
      .send(buyLimit("A", 100, 1));

    scenario.quote(NO_PRICE, NO_PRICE, 0, 0);

    expect(fills(scenario)).toEqual([]);
  });

  test("counts what one of ours before it took from a print as traded before it", () => {
    const scenario = venue()
      .quote(99, 103)
      .send(buyLimit("A", 100, 2), buyLimit("B", 100, 2));

    scenario.trade(100, 3);

    expect(fills(scenario)).toEqual(["0 A filled 2 @ 100", "0 B filled 1 @ 100"]);
  });
});

function venue(model: Partial<FillModel> = {}): VenueScenario {
  return new VenueScenario({ fillModel: { ...DEFAULT_FILL_MODEL, ...model } });
}

function buyLimit(id: string, price: number, qty: number): ReturnType<typeof submitOf> {
  return submitOf(id, { qty: lots(qty), terms: limitAt(price) });
}

function fills(scenario: VenueScenario): readonly string[] {
  return scenario.told().filter((line) => line.includes(" filled "));
}

import { describe, expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL, type FillModel, fixedSlippage } from "./fill-model.ts";
import {
  limitAt,
  modifyOf,
  stopAt,
  stopLimitAt,
  submitOf,
  trailingAt,
  VenueScenario,
} from "./venue-scenario.ts";

describe("a stop order", () => {
  test("becomes a market order when a trade reaches its price", () => {
    const scenario = venue({ slippage: fixedSlippage(1) })
      .quote(99, 101)
      .trade(100);

    scenario.send(submitOf("A", { terms: stopAt(105) }));
    scenario.send(submitOf("B", { side: "sell", terms: stopAt(95) }));
    scenario.at(1).trade(104).at(2).trade(105).at(3).trade(96).at(4).trade(95);

    expect(fills(scenario)).toEqual(["2 A filled 1 @ 106", "4 B filled 1 @ 94"]);
  });

  test("fills beyond its price after a gap", () => {
    const scenario = venue().quote(99, 101).trade(100);

    scenario.send(submitOf("A", { side: "sell", terms: stopAt(95) })).trade(80);

    expect(fills(scenario)).toEqual(["0 A filled 1 @ 80"]);
  });

  test("does not look at quotes", () => {
    const scenario = venue().quote(99, 101).trade(100);

    scenario.send(submitOf("A", { side: "sell", terms: stopAt(95) })).quote(80, 82);

    expect(fills(scenario)).toEqual([]);
  });

  test("is not triggered, and a limit order not filled, by a print without a quantity", () => {
    const scenario = venue()
      .quote(99, 101)
      .trade(100)
      .send(buyLimit("A", 95, 1));

    scenario.send(submitOf("B", { side: "sell", terms: stopAt(95) })).trade(90, 0);

    expect(fills(scenario)).toEqual([]);
  });

  test("takes what the touch shows, then the prints after the one that triggered it", () => {
    const scenario = venue({ marketDepth: "touch" }).quote(94, 101, 2).trade(100);

    scenario.send(submitOf("A", { side: "sell", qty: lots(5), terms: stopAt(95) }));
    scenario.at(1).trade(95, 50).at(2).trade(94, 2).at(3).trade(93, 9);

    expect(fills(scenario)).toEqual([
      "1 A filled 2 @ 94",
      "2 A filled 2 @ 94",
      "3 A filled 1 @ 93",
    ]);
  });

  test("reached first is triggered first", () => {
    const scenario = venue().quote(99, 101).trade(100);

    scenario.send(submitOf("A", { side: "sell", terms: stopAt(95) }));
    scenario.send(submitOf("B", { side: "sell", terms: stopAt(96) })).trade(90);

    expect(fills(scenario)).toEqual(["0 B filled 1 @ 90", "0 A filled 1 @ 90"]);
  });

  test.each([
    { side: "buy", stop: 100 },
    { side: "buy", stop: 99 },
    { side: "sell", stop: 100 },
    { side: "sell", stop: 101 },
  ] as const)("to $side at $stop is refused after a trade at 100", ({ side, stop }) => {
    const scenario = venue()
      .trade(100)
      .send(submitOf("A", { side, terms: stopAt(stop) }));

    const where = side === "buy" ? "above" : "below";
    expect(scenario.told()).toEqual([
      `0 A rejected: invalid stop price: a ${side} stop must be ${where} the market at 100, found ${stop}`,
    ]);
  });

  test("is held against the touch where nothing has traded yet", () => {
    const scenario = venue().quote(99, 101);

    scenario.send(submitOf("A", { terms: stopAt(101) }), submitOf("B", { terms: stopAt(102) }));

    expect(scenario.told().map((line) => line.slice(0, 12))).toEqual([
      "0 A rejected",
      "0 B accepted",
    ]);
  });

  test("is taken where no price is known", () => {
    const scenario = venue()
      .send(submitOf("A", { terms: stopAt(100) }))
      .at(1)
      .trade(101);

    expect(scenario.told()).toEqual(["0 A accepted O1", "1 A filled 1 @ 101"]);
  });
});

describe("a stop-limit order", () => {
  test("becomes a limit order that trades at the touch or rests", () => {
    const scenario = venue().quote(99, 101).trade(100);

    scenario.send(submitOf("A", { terms: stopLimitAt(105, 106) }));
    scenario.send(submitOf("B", { terms: stopLimitAt(105, 103) }));
    scenario.at(1).trade(105).at(2).trade(102);

    expect(fills(scenario)).toEqual(["1 A filled 1 @ 105", "2 B filled 1 @ 103"]);
  });

  test("does not fill before its stop price, though its limit is reached", () => {
    const scenario = venue().quote(99, 101).trade(100);

    scenario
      .send(submitOf("A", { terms: stopLimitAt(105, 103) }))
      .trade(90)
      .quote(80, 81);

    expect(fills(scenario)).toEqual([]);
  });

  test("is refused on the wrong side of the market", () => {
    const scenario = venue()
      .trade(100)
      .send(submitOf("A", { terms: stopLimitAt(100, 103) }));

    expect(scenario.told()).toEqual([
      "0 A rejected: invalid stop price: a buy stop must be above the market at 100, found 100",
    ]);
  });
});

describe("a trailing stop", () => {
  test("follows the best price since it was placed and never goes back", () => {
    const scenario = venue().quote(99, 101).trade(100);
    scenario.send(submitOf("A", { side: "sell", terms: trailingAt(90, 5) }));

    // 95 behind 100, 98 behind 103, still 98 at 99.
    const stops = [100, 103, 99].map((price) => stopOfFirst(scenario.trade(price)));
    scenario.at(1).trade(98);

    expect(stops).toEqual([95, 98, 98]);
    expect(fills(scenario)).toEqual(["1 A filled 1 @ 98"]);
  });

  test("to buy follows the market down", () => {
    const scenario = venue().quote(99, 101).trade(100);
    scenario.send(submitOf("A", { terms: trailingAt(110, 5) }));

    const stops = [100, 97, 99].map((price) => stopOfFirst(scenario.trade(price)));
    scenario.at(1).trade(102);

    expect(stops).toEqual([105, 102, 102]);
    expect(fills(scenario)).toEqual(["1 A filled 1 @ 102"]);
  });

  test("keeps an initial stop price that is closer than its distance", () => {
    const scenario = venue().trade(100);
    scenario.send(submitOf("A", { side: "sell", terms: trailingAt(98, 5) }));

    const stops = [102, 103, 104].map((price) => stopOfFirst(scenario.trade(price)));

    expect(stops).toEqual([98, 98, 99]);
  });

  test("starts to follow with the first trade where none was known", () => {
    const scenario = venue().send(submitOf("A", { side: "sell", terms: trailingAt(90, 5) }));

    expect(stopOfFirst(scenario.trade(100))).toBe(95);
  });

  test("follows anew from the market after a modify", () => {
    const scenario = venue().trade(100);
    scenario.send(submitOf("A", { side: "sell", terms: trailingAt(90, 5) }));

    scenario.send(modifyOf("A", 1, trailingAt(80, 10)));

    expect(scenario.told().at(-1)).toBe("0 A modified 1 trailingStop 90 10");
  });

  test("may follow at a distance of one tick", () => {
    const scenario = venue().trade(100);
    scenario.send(submitOf("A", { side: "sell", terms: trailingAt(90, 1) }));

    expect(stopOfFirst(scenario)).toBe(99);
  });

  test("needs a distance", () => {
    const scenario = venue().trade(100);

    scenario.send(submitOf("A", { side: "sell", terms: trailingAt(90, 0) }));

    expect(scenario.told()).toEqual([
      "0 A rejected: trail distance must be at least 1 tick, found 0",
    ]);
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

/** Where the only working order's stop price is now. */
function stopOfFirst(scenario: VenueScenario): number | undefined {
  const [order] = scenario.venue.exportState().orders;
  return order?.terms.type === "trailingStop" ? order.terms.stopPrice : undefined;
}

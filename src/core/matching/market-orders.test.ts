import { describe, expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL, type FillModel, fixedSlippage } from "./fill-model.ts";
import { submitOf, VenueScenario } from "./venue-scenario.ts";

describe("a market order", () => {
  test("buys at the ask and sells at the bid", () => {
    const scenario = venue().quote(99, 101);

    scenario.send(submitOf("A", { qty: lots(3) }), submitOf("B", { side: "sell" }));

    expect(scenario.told()).toEqual([
      "0 A accepted O1",
      "0 A filled 3 @ 101",
      "0 B accepted O2",
      "0 B filled 1 @ 99",
    ]);
  });

  test("fills at the last price where no quote is known", () => {
    const scenario = venue().trade(100);

    scenario.send(submitOf("A"), submitOf("B", { side: "sell" }));

    expect(fills(scenario)).toEqual(["0 A filled 1 @ 100", "0 B filled 1 @ 100"]);
  });

  test("pays the slippage beyond the touch", () => {
    const scenario = venue({ slippage: fixedSlippage(2) }).quote(99, 101);

    scenario.send(submitOf("A"), submitOf("B", { side: "sell" }));

    expect(fills(scenario)).toEqual(["0 A filled 1 @ 103", "0 B filled 1 @ 97"]);
  });

  test("waits for the first quote or trade where no price is known", () => {
    const byQuote = venue().send(submitOf("A")).at(5).quote(99, 101);
    const byTrade = venue().send(submitOf("A")).at(5).trade(100).trade(200);

    expect(byQuote.told()).toEqual(["0 A accepted O1", "5 A filled 1 @ 101"]);
    expect(byTrade.told()).toEqual(["0 A accepted O1", "5 A filled 1 @ 100"]);
  });

  test("takes no more than the touch shows, and the rest from the next prints", () => {
    const scenario = venue({ marketDepth: "touch", participation: 0.5 }).quote(99, 101, 10, 2);

    scenario
      .send(submitOf("A", { qty: lots(6) }))
      .at(1)
      .trade(101, 5);
    // Another quote is no trade; the print above the ask moves the ask there.
    scenario.quote(99, 102).at(2).trade(104, 100);

    expect(fills(scenario)).toEqual([
      "0 A filled 2 @ 101",
      "1 A filled 2 @ 101",
      "2 A filled 2 @ 104",
    ]);
  });

  test("to sell takes no more than the touch shows, and the rest from the next prints", () => {
    const scenario = venue({ marketDepth: "touch" }).quote(99, 101, 2, 10);

    scenario.send(submitOf("A", { side: "sell", qty: lots(5) }));
    scenario.at(1).trade(100, 1).at(2).trade(97, 9);

    expect(fills(scenario)).toEqual([
      "0 A filled 2 @ 99",
      "1 A filled 1 @ 99",
      "2 A filled 2 @ 97",
    ]);
  });

  test("draws its slippage by the number of its fill", () => {
    const scenario = venue({ slippage: (_instrument, fill) => 10 * fill }).quote(99, 101);

    scenario.send(submitOf("A"), submitOf("B"));

    expect(fills(scenario)).toEqual(["0 A filled 1 @ 111", "0 B filled 1 @ 121"]);
  });

  test("shares what the touch shows with the next one until the touch is shown anew", () => {
    const scenario = venue({ marketDepth: "touch" }).quote(99, 101, 1, 3);

    scenario.send(submitOf("A", { qty: lots(2) }), submitOf("B", { qty: lots(2) }));
    scenario
      .quote(98, 101, 1, 3)
      .send(submitOf("C"))
      .quote(98, 101, 1, 4)
      .send(submitOf("D", { qty: lots(2) }));
    scenario.send(submitOf("S", { side: "sell", qty: lots(2) }));

    expect(fills(scenario)).toEqual([
      "0 A filled 2 @ 101",
      "0 B filled 1 @ 101",
      "0 D filled 2 @ 101",
      "0 S filled 1 @ 98",
    ]);
  });

  test("whose quantity is not shown takes the next prints, the earlier order first", () => {
    const scenario = venue({ marketDepth: "touch" }).trade(100);

    scenario.send(submitOf("A", { qty: lots(2) }), submitOf("B", { qty: lots(2) })).trade(101, 3);

    expect(fills(scenario)).toEqual(["0 A filled 2 @ 101", "0 B filled 1 @ 101"]);
  });
});

function venue(model: Partial<FillModel> = {}): VenueScenario {
  return new VenueScenario({ fillModel: { ...DEFAULT_FILL_MODEL, ...model } });
}

function fills(scenario: VenueScenario): readonly string[] {
  return scenario.told().filter((line) => line.includes(" filled "));
}

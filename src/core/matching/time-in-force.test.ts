import { describe, expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL, type FillModel } from "./fill-model.ts";
import { limitAt, stopAt, submitOf, VenueScenario } from "./venue-scenario.ts";

describe("an immediate-or-cancel order", () => {
  test("takes what is there and ends", () => {
    const scenario = venue({ marketDepth: "touch" }).quote(99, 101, 10, 2);

    scenario.send(submitOf("A", { qty: lots(3), timeInForce: "ioc", terms: limitAt(101) }));
    scenario.send(submitOf("B", { timeInForce: "ioc", terms: limitAt(100) }));

    const reason = "immediate or cancel: no more was to be had";
    expect(scenario.told()).toEqual([
      "0 A accepted O1",
      "0 A filled 2 @ 101",
      `0 A canceled after 2: ${reason}`,
      "0 B accepted O2",
      `0 B canceled after 0: ${reason}`,
    ]);
  });

  test("that is a stop waits for its price first", () => {
    const scenario = venue({ marketDepth: "touch" }).quote(99, 101).trade(100);

    scenario
      .send(submitOf("A", { timeInForce: "ioc", terms: stopAt(105) }))
      .at(1)
      .trade(105);

    // The print that triggers it moves the ask, and nobody knows how much is there.
    expect(scenario.told("A")).toEqual([
      "0 A accepted O1",
      "1 A canceled after 0: immediate or cancel: no more was to be had",
    ]);
  });

  test("at the market ends where no price is known", () => {
    const scenario = venue()
      .send(submitOf("A", { timeInForce: "ioc" }))
      .trade(100);

    expect(fills(scenario)).toEqual([]);
    expect(scenario.told().at(-1)).toContain("canceled after 0");
  });
});

describe("a fill-or-kill order", () => {
  test("fills whole or not at all", () => {
    const scenario = venue({ marketDepth: "touch" }).quote(99, 101, 10, 3);

    scenario.send(submitOf("A", { qty: lots(4), timeInForce: "fok" }));
    scenario.send(submitOf("B", { qty: lots(3), timeInForce: "fok" }));

    expect(scenario.told()).toEqual([
      "0 A accepted O1",
      "0 A canceled after 0: fill or kill: not all was to be had",
      "0 B accepted O2",
      "0 B filled 3 @ 101",
    ]);
  });

  test("is killed where reduce-only leaves less than all of it", () => {
    const scenario = venue().quote(99, 101).send(submitOf("A"));

    const close = { side: "sell", qty: lots(2), reduceOnly: true, timeInForce: "fok" } as const;
    scenario.send(submitOf("B", close));

    expect(scenario.told("B").at(-1)).toBe(
      "0 B canceled after 0: fill or kill: not all was to be had",
    );
  });
});

describe("a day order", () => {
  test("expires at the end of its trading day, before what else happens then", () => {
    const scenario = venue().quote(99, 101);
    scenario.send({ ...buyLimit("A", 95, 1), timeInForce: "day" }, buyLimit("B", 95, 1));

    scenario.at(999).run().at(1_000).trade(90);

    expect(scenario.told()).toEqual([
      "0 A accepted O1",
      "0 B accepted O2",
      "1000 A expired after 0: the trading day ended",
      "1000 B filled 1 @ 95",
    ]);
  });

  test("that has ended does not expire", () => {
    const scenario = venue().quote(99, 101);

    scenario
      .send({ ...buyLimit("A", 95, 1), timeInForce: "day" })
      .trade(90)
      .at(2_000);

    expect(scenario.told()).toEqual(["0 A accepted O1", "0 A filled 1 @ 95"]);
  });

  test("tells how much of it filled when it expires", () => {
    const scenario = venue().quote(99, 101);

    scenario
      .send({ ...buyLimit("A", 95, 3), timeInForce: "day" })
      .trade(90, 2)
      .at(1_000);

    expect(scenario.told().at(-1)).toBe("1000 A expired after 2: the trading day ended");
  });
});

describe("a reduce-only order", () => {
  test("is cut to the position, and what is left of it is canceled", () => {
    const scenario = venue()
      .quote(99, 101)
      .send(submitOf("A", { qty: lots(2) }));

    scenario.send(submitOf("B", { side: "sell", qty: lots(5), reduceOnly: true }));

    expect(scenario.told("B")).toEqual([
      "0 B accepted O2",
      "0 B filled 2 @ 99",
      "0 B canceled after 2: reduce only: there is no position left to reduce",
    ]);
  });

  test("does not open a position, and closes a short one", () => {
    const scenario = venue().quote(99, 101);

    scenario.send(submitOf("A", { reduceOnly: true }), submitOf("B", { side: "sell" }));
    scenario.send(submitOf("C", { side: "sell", reduceOnly: true }));
    scenario.send(submitOf("D", { reduceOnly: true }));

    expect(fills(scenario)).toEqual(["0 B filled 1 @ 99", "0 D filled 1 @ 101"]);
  });

  test("looks at the position when it fills, not when it arrives", () => {
    const scenario = venue()
      .quote(99, 101)
      .send(submitOf("A", { qty: lots(2) }));
    const target = { side: "sell", qty: lots(2), terms: limitAt(110), reduceOnly: true } as const;

    scenario
      .send(submitOf("B", target), submitOf("C", { side: "sell" }))
      .at(1)
      .trade(111, 9);

    expect(scenario.told("B")).toEqual([
      "0 B accepted O2",
      "1 B filled 1 @ 110",
      "1 B canceled after 1: reduce only: there is no position left to reduce",
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

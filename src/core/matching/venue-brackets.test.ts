import { describe, expect, test } from "vitest";
import { epochMs, lots } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "./fill-model.ts";
import {
  ACCOUNT,
  bracketOf,
  cancelOf,
  limitAt,
  modifyOf,
  stopAt,
  submitOf,
  VenueScenario,
} from "./venue-scenario.ts";

const DROPPED = "the entry was canceled unfilled";

describe("the legs of a bracket", () => {
  test("come with the fill of the entry, priced from it", () => {
    const scenario = new VenueScenario().quote(99, 101);

    scenario.send(submitOf("A", { qty: lots(2), bracket: bracketOf(10, 20) }));

    expect(scenario.told()).toEqual([
      "0 A accepted O1",
      "0 A filled 2 @ 101",
      "0 A-SL accepted O2",
      "0 A-SL modified 2 stop 91",
      "0 A-TP accepted O3",
      "0 A-TP modified 2 limit 121",
    ]);
  });

  test("are on the other side of a short entry, and need no target", () => {
    const scenario = new VenueScenario().quote(99, 101);

    scenario.send(submitOf("A", { side: "sell", bracket: bracketOf(10, null) })).trade(110);

    expect(scenario.told("A-SL")).toEqual([
      "0 A-SL accepted O2",
      "0 A-SL modified 1 stop 109",
      "0 A-SL filled 1 @ 110",
    ]);
    expect(scenario.told("A-TP")).toEqual([]);
  });

  test("keep the ids next to their entry's, though another order came between", () => {
    const scenario = anUnfilledEntry(1).send(submitOf("B")).at(1).trade(94);

    const accepted = scenario.told().filter((line) => line.includes("accepted"));

    expect(accepted).toEqual([
      "0 A accepted O1",
      "0 B accepted O4",
      "1 A-SL accepted O2",
      "1 A-TP accepted O3",
    ]);
  });

  test("grow with the entry, at distances from the average of its fills", () => {
    const scenario = new VenueScenario({ fillModel: TOUCH }).quote(99, 101, 9, 2);

    // 2 @ 101, then 1 @ 104: on average 102; then 1 @ 105: on average 102.75.
    scenario.send(submitOf("A", { qty: lots(4), bracket: bracketOf(10, 20) }));
    scenario.at(1).trade(104, 1).at(2).trade(105, 1);

    expect(scenario.told("A-SL").slice(1)).toEqual([
      "0 A-SL modified 2 stop 91",
      "1 A-SL modified 3 stop 92",
      "2 A-SL modified 4 stop 93",
    ]);
    expect(scenario.told("A-TP").slice(1)).toEqual([
      "0 A-TP modified 2 limit 121",
      "1 A-TP modified 3 limit 122",
      "2 A-TP modified 4 limit 122",
    ]);
  });

  test("do not show before they work, and cannot be changed", () => {
    const scenario = anUnfilledEntry(1);
    scenario.send(cancelOf("A-SL"), modifyOf("A-TP", 1, limitAt(120)), cancelOf("B-SL"));

    const { orders } = scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(0));

    expect(orders.map((order) => order.clientOrderId)).toEqual(["A"]);
    expect(scenario.told().slice(1)).toEqual([
      "0 A-SL cancelRejected: suspended until its entry fills",
      "0 A-TP modifyRejected: suspended until its entry fills",
      "0 B-SL cancelRejected: unknown order",
    ]);
  });

  test("outlive the trading day", () => {
    const scenario = new VenueScenario().quote(99, 101);

    scenario.send(submitOf("A", { timeInForce: "day", bracket: bracketOf(10, 20) }));
    scenario.at(5_000).trade(90);

    expect(scenario.told("A-SL").at(-1)).toBe("5000 A-SL filled 1 @ 90");
  });

  test("whose price the market has passed already fill at once", () => {
    const scenario = new VenueScenario().quote(99, 101);

    // A print far through the limit: filled at 95, and the market is at 80.
    scenario.send(entryAt(95, 1)).at(1).trade(80);

    expect(scenario.told().slice(1)).toEqual([
      "1 A filled 1 @ 95",
      "1 A-SL accepted O2",
      "1 A-SL modified 1 stop 85",
      "1 A-TP accepted O3",
      "1 A-TP modified 1 limit 115",
      "1 A-SL filled 1 @ 80",
      "1 A-TP canceled after 0: the other leg filled",
    ]);
  });
});

describe("legs that the market has passed when they come", () => {
  // The last trade was below the stop, though the touch is not.
  const passed = (): VenueScenario => new VenueScenario().trade(80).quote(99, 101);

  test("fill at once after a fill on arrival", () => {
    const scenario = passed().send(submitOf("A", { bracket: bracketOf(10, 20) }));

    expect(afterEntry(scenario)).toEqual([
      "0 A-SL filled 1 @ 99",
      "0 A-TP canceled after 0: the other leg filled",
    ]);
  });

  test("fill at once after a fill by a quote", () => {
    const scenario = passed().send(entryAt(95, 1)).at(1).quote(93, 94);

    expect(afterEntry(scenario)).toEqual([
      "1 A-SL filled 1 @ 93",
      "1 A-TP canceled after 0: the other leg filled",
    ]);
  });

  test("fill at once after they were moved", () => {
    const scenario = new VenueScenario({ fillModel: TOUCH }).quote(99, 101, 9, 1).trade(100);
    scenario.send(submitOf("A", { qty: lots(2), bracket: bracketOf(10, null) }));

    // The second lot costs 110: on average 105.5, so the stop moves to 96, above the print.
    scenario.quote(90, 110, 9, 1).at(1).trade(95);

    expect(scenario.told("A-SL").slice(1)).toEqual([
      "0 A-SL modified 1 stop 91",
      "1 A-SL modified 2 stop 96",
      "1 A-SL filled 2 @ 90",
    ]);
  });
});

describe("an entry that ends", () => {
  test("unfilled takes its legs along", () => {
    const scenario = anUnfilledEntry(1).send(cancelOf("A")).send(cancelOf("A-SL"));

    expect(scenario.told().slice(1)).toEqual([
      "0 A canceled after 0: canceled on request",
      `0 A-SL canceled after 0: ${DROPPED}`,
      `0 A-TP canceled after 0: ${DROPPED}`,
      "0 A-SL cancelRejected: unknown order",
    ]);
  });

  test("unfilled with its day takes its legs along", () => {
    const scenario = new VenueScenario().quote(99, 101);

    scenario.send({ ...entryAt(95, 1), timeInForce: "day" }).at(1_000);

    expect(scenario.told().slice(1)).toEqual([
      "1000 A expired after 0: the trading day ended",
      "1000 A-SL canceled after 0: the entry expired unfilled",
      "1000 A-TP canceled after 0: the entry expired unfilled",
    ]);
  });

  test("filled in part leaves its legs for that part", () => {
    const scenario = anUnfilledEntry(5).trade(94, 2).send(cancelOf("A")).at(1).trade(84);

    expect(scenario.told("A-SL").slice(1)).toEqual([
      "0 A-SL modified 2 stop 85",
      "1 A-SL filled 2 @ 84",
    ]);
  });

  test("rejected has no legs, and their ids stay free", () => {
    const scenario = new VenueScenario().quote(99, 101);

    scenario.send(submitOf("A", { qty: lots(0), bracket: bracketOf(10, 20) }), submitOf("A-SL"));

    expect(scenario.told()).toEqual([
      "0 A rejected: quantity must be at least 1, found 0",
      "0 A-SL accepted O2",
      "0 A-SL filled 1 @ 101",
    ]);
  });
});

describe("an entry that is still filling", () => {
  test("fills before its stop on a print that reaches both, and the stop closes all of it", () => {
    const scenario = anUnfilledEntry(5).trade(94, 2).at(1).trade(85, 9).at(2).trade(80, 9);

    expect(scenario.told().slice(6)).toEqual([
      "1 A filled 3 @ 95",
      "1 A-SL modified 5 stop 85",
      "1 A-TP modified 5 limit 115",
      "1 A-SL filled 5 @ 85",
      "1 A-TP canceled after 0: the other leg filled",
    ]);
  });

  test("goes no further once a leg has filled", () => {
    const scenario = anUnfilledEntry(5).trade(94, 2).at(1).trade(116, 9);

    expect(scenario.told().slice(6)).toEqual([
      "1 A-TP filled 2 @ 115",
      "1 A canceled after 2: a bracket leg filled",
      "1 A-SL canceled after 0: the other leg filled",
    ]);
  });

  test("leaves a leg that was moved by hand where it is, and makes it larger", () => {
    const scenario = new VenueScenario({ fillModel: TOUCH }).quote(99, 101, 9, 2);
    scenario.send(submitOf("A", { qty: lots(3), bracket: bracketOf(10, 20) })).trade(101, 0);

    scenario.trade(101, 0).send(modifyOf("A-SL", 2, stopAt(95)));
    scenario
      .send(modifyOf("A-TP", 1, limitAt(121)))
      .at(1)
      .trade(107, 1);

    // The target's price was not touched, so it moves on: 20 from the average of 103.
    expect(scenario.told("A-SL").at(-1)).toBe("1 A-SL modified 3 stop 95");
    expect(scenario.told("A-TP").at(-1)).toBe("1 A-TP modified 2 limit 123");
  });

  test("leaves a target that was moved by hand where it is, too", () => {
    const scenario = new VenueScenario({ fillModel: TOUCH }).quote(99, 101, 9, 2);
    scenario.send(submitOf("A", { qty: lots(3), bracket: bracketOf(10, 20) }));

    scenario
      .send(modifyOf("A-TP", 2, limitAt(130)))
      .at(1)
      .trade(107, 1);

    expect(scenario.told("A-TP").at(-1)).toBe("1 A-TP modified 3 limit 130");
    expect(scenario.told("A-SL").at(-1)).toBe("1 A-SL modified 3 stop 93");
  });

  test("does not bring back a leg that was canceled and forgotten", () => {
    const scenario = anUnfilledEntry(5).trade(94, 2).send(cancelOf("A-TP")).at(1);

    scenario.venue.forget(epochMs(1));
    scenario.trade(94, 1).send(cancelOf("A-TP"));

    expect(scenario.told("A-TP").slice(2)).toEqual([
      "0 A-TP canceled after 0: canceled on request",
      "1 A-TP cancelRejected: unknown order",
    ]);
  });

  test("does not bring back a leg that was canceled", () => {
    const scenario = anUnfilledEntry(5).trade(94, 2).send(cancelOf("A-TP")).at(1).trade(94, 1);

    expect(scenario.told("A-SL").at(-1)).toBe("1 A-SL modified 3 stop 85");
    expect(scenario.told("A-TP").at(-1)).toBe("0 A-TP canceled after 0: canceled on request");
  });
});

const TOUCH = { ...DEFAULT_FILL_MODEL, marketDepth: "touch" } as const;

function entryAt(price: number, qty: number): ReturnType<typeof submitOf> {
  return submitOf("A", { qty: lots(qty), terms: limitAt(price), bracket: bracketOf(10, 20) });
}

/** Buys at 95 in a market at 99/101. */
function anUnfilledEntry(qty: number): VenueScenario {
  return new VenueScenario().quote(99, 101).send(entryAt(95, qty));
}

/** What was told after the entry had filled and its two legs worked. */
function afterEntry(scenario: VenueScenario): readonly string[] {
  return scenario.told().slice(6);
}

import { describe, expect, test } from "vitest";
import { accountId, instrumentId } from "#core/domain/ids.ts";
import { type Lots, lots } from "#core/domain/units.ts";
import {
  ACCOUNT,
  bracketOf,
  cancelOf,
  limitAt,
  modifyOf,
  stopAt,
  stopLimitAt,
  submitOf,
  trailingAt,
  VenueScenario,
} from "./venue-scenario.ts";

describe("an order is rejected", () => {
  test.each([
    { why: "unknown account NOBODY", order: { accountId: accountId("NOBODY") } },
    { why: "unknown instrument ES", order: { instrument: instrumentId("ES") } },
    { why: "quantity must be at least 1, found 0", order: { qty: lots(0) } },
    { why: "quantity must be at least 1, found -1", order: { qty: -1 as Lots } },
    { why: "quantity must be at least 1, found 0.5", order: { qty: 0.5 as Lots } },
    {
      why: "a reduce-only order takes no bracket",
      order: { reduceOnly: true, bracket: bracketOf(5, 5) },
    },
    {
      why: "bracket distances must be at least 1 tick, found 0",
      order: { bracket: bracketOf(0, null) },
    },
    {
      why: "bracket distances must be at least 1 tick, found -2",
      order: { bracket: bracketOf(5, -2) },
    },
  ])("for $why", ({ why, order }) => {
    const scenario = new VenueScenario().quote(99, 101).send(submitOf("A", order));

    expect(scenario.told()).toEqual([`0 A rejected: ${why}`]);
  });

  test("while the market is closed", () => {
    const scenario = new VenueScenario({ isOpen: () => false }).send(submitOf("A"));

    expect(scenario.told()).toEqual(["0 A rejected: market closed"]);
  });

  test("with an id too long for the ids of its legs", () => {
    const fits = "x".repeat(61);
    const scenario = new VenueScenario();

    scenario.send(submitOf(fits, { bracket: bracketOf(5, 5) }));
    scenario.send(submitOf(`${fits}y`, { bracket: bracketOf(5, 5) }));

    expect(scenario.told(fits)).toEqual([`0 ${fits} accepted O1`]);
    expect(scenario.told(`${fits}y`)).toEqual([
      `0 ${fits}y rejected: the id of an order with a bracket has at most 61 characters, found 62`,
    ]);
  });

  test("under an id that was used before, whatever became of that order", () => {
    const scenario = new VenueScenario().quote(99, 101);

    scenario.send(submitOf("A"), submitOf("A"));
    scenario.send(submitOf("B", { qty: lots(0) }), submitOf("B"));

    expect(scenario.told()).toEqual([
      "0 A accepted O1",
      "0 A filled 1 @ 101",
      "0 A rejected: client order id already in use",
      "0 B rejected: quantity must be at least 1, found 0",
      "0 B rejected: client order id already in use",
    ]);
  });

  test("under the id of a bracket leg that is to come", () => {
    const scenario = new VenueScenario().quote(99, 101);

    scenario.send(submitOf("A", { terms: limitAt(95), bracket: bracketOf(5, null) }));
    scenario.send(submitOf("A-SL"), submitOf("A-TP"), submitOf("B-SL"));

    expect(scenario.told("A-SL")).toEqual(["0 A-SL rejected: client order id already in use"]);
    expect(scenario.told("A-TP").at(-1)).toBe("0 A-TP filled 1 @ 101");
    expect(scenario.told("B-SL").at(-1)).toBe("0 B-SL filled 1 @ 101");
  });
});

describe("a cancel", () => {
  test("ends a working order and tells what had filled", () => {
    const scenario = new VenueScenario().quote(99, 101);

    scenario.send(submitOf("A", { qty: lots(3), terms: limitAt(95) })).trade(90, 2);
    scenario.send(cancelOf("A"), cancelOf("A"));

    expect(scenario.told("A").slice(2)).toEqual([
      "0 A canceled after 2: canceled on request",
      "0 A cancelRejected: already canceled",
    ]);
  });

  test("works while the market is closed", () => {
    const scenario = new VenueScenario({ isOpen: (_instrument, at) => at < 10 }).quote(99, 101);

    scenario
      .send(submitOf("A", { terms: limitAt(95) }))
      .at(10)
      .send(cancelOf("A"));

    expect(scenario.told("A").at(-1)).toBe("10 A canceled after 0: canceled on request");
  });

  test("of an order nobody placed, or another account placed, is rejected", () => {
    const other = accountId("OTHER");
    const scenario = new VenueScenario({ accounts: [ACCOUNT, other] }).quote(99, 101);

    scenario.send(submitOf("A", { terms: limitAt(95) }));
    scenario.send(cancelOf("B"), cancelOf("A", { accountId: other }));

    expect(scenario.told().slice(1)).toEqual([
      "0 B cancelRejected: unknown order",
      "0 A cancelRejected: unknown order",
    ]);
  });
});

describe("a modify", () => {
  test("gives a new total quantity and new terms", () => {
    const scenario = aRestingOrder(5).trade(94, 2);

    scenario
      .send(modifyOf("A", 3, limitAt(90)))
      .at(1)
      .trade(94, 9)
      .trade(89, 9);

    expect(scenario.told("A").slice(1)).toEqual([
      "0 A filled 2 @ 95",
      "0 A modified 3 limit 90",
      "1 A filled 1 @ 90",
    ]);
  });

  test("to a price that trades at once fills at the touch", () => {
    const scenario = aRestingOrder(2).send(modifyOf("A", 2, limitAt(101)));

    expect(scenario.told("A").at(-1)).toBe("0 A filled 2 @ 101");
  });

  test.each([2, 1])("to %i lots of which 2 have filled ends the order", (qty) => {
    const scenario = aRestingOrder(5)
      .trade(94, 2)
      .send(modifyOf("A", qty, limitAt(95)));

    expect(scenario.told("A").slice(2)).toEqual([
      `0 A canceled after 2: modified to ${qty}, and 2 have filled`,
    ]);
  });

  test("moves a stop, and the new price triggers", () => {
    const scenario = new VenueScenario().trade(100).send(submitOf("A", { terms: stopAt(110) }));

    scenario
      .send(modifyOf("A", 1, stopAt(105)))
      .at(1)
      .trade(105);

    expect(scenario.told("A").slice(1)).toEqual(["0 A modified 1 stop 105", "1 A filled 1 @ 105"]);
  });

  test("of a trailing stop before any trade takes the new stop price as it is", () => {
    const scenario = new VenueScenario();

    scenario.send(submitOf("A", { terms: trailingAt(110, 5) }));
    scenario.send(modifyOf("A", 1, trailingAt(120, 5)));

    expect(scenario.told("A").at(-1)).toBe("0 A modified 1 trailingStop 120 5");
  });

  test("of a triggered stop-limit order may change its limit, whatever its stop price", () => {
    const scenario = new VenueScenario().quote(99, 101).trade(100);
    scenario.send(submitOf("A", { terms: stopLimitAt(105, 103) })).trade(105);

    scenario.send(modifyOf("A", 1, stopLimitAt(90, 106)));

    expect(scenario.told("A").at(-1)).toBe("0 A filled 1 @ 105");
  });

  test("keeps the place in the queue when it only asks for less", () => {
    const scenario = twoInQueue().send(modifyOf("A", 2, limitAt(99)));

    expect(fills(scenario.at(1).trade(99, 3))).toEqual(["1 A filled 2 @ 99", "1 B filled 1 @ 99"]);
  });

  test("keeps the place in the queue when it changes nothing", () => {
    const scenario = twoInQueue().send(modifyOf("A", 3, limitAt(99)));

    expect(fills(scenario.at(1).trade(99, 3))).toEqual(["1 A filled 3 @ 99"]);
  });

  test("loses the place in the queue when it goes elsewhere and comes back", () => {
    const scenario = twoInQueue().send(modifyOf("A", 3, limitAt(97)));

    scenario.send(modifyOf("A", 3, limitAt(99)));

    expect(fills(scenario.at(1).trade(99, 4))).toEqual(["1 B filled 3 @ 99", "1 A filled 1 @ 99"]);
  });

  test("comes before what is sent after it", () => {
    const scenario = twoInQueue();
    for (const qty of [4, 5, 6, 7]) scenario.send(modifyOf("A", qty, limitAt(99)));

    scenario
      .send(submitOf("C", { qty: lots(1), terms: limitAt(99) }))
      .at(1)
      .trade(99, 5);

    expect(fills(scenario)).toEqual(["1 B filled 3 @ 99", "1 A filled 2 @ 99"]);
  });

  test("loses the place in the queue when it asks for more", () => {
    const scenario = twoInQueue().send(modifyOf("A", 4, limitAt(99)));

    expect(fills(scenario.at(1).trade(99, 4))).toEqual(["1 B filled 3 @ 99", "1 A filled 1 @ 99"]);
  });

  test.each([
    { why: "quantity must be at least 1, found 0", change: modifyOf("A", 0, limitAt(90)) },
    { why: "a limit order cannot become a stop order", change: modifyOf("A", 1, stopAt(110)) },
    { why: "unknown order", change: modifyOf("B", 1, limitAt(90)) },
    {
      why: "invalid stop price: a buy stop must be above the market at 100, found 100",
      change: modifyOf("S", 1, stopAt(100)),
    },
    {
      why: "trail distance must be at least 1 tick, found 0",
      change: modifyOf("T", 1, trailingAt(110, 0)),
    },
  ])("is rejected for $why", ({ why, change }) => {
    const scenario = aRestingOrder(1).trade(100);
    scenario.send(submitOf("S", { terms: stopAt(110) }));
    scenario.send(submitOf("T", { terms: trailingAt(110, 5) }));

    scenario.send(change);

    expect(scenario.told().at(-1)).toBe(`0 ${change.clientOrderId} modifyRejected: ${why}`);
  });

  test("is rejected for an order that has ended, and while the market is closed", () => {
    const scenario = new VenueScenario({ isOpen: (_instrument, at) => at < 10 }).quote(99, 101);
    scenario.send(submitOf("A"), submitOf("B", { terms: limitAt(95) }));

    scenario.send(modifyOf("A", 2, { type: "market" }));
    scenario.at(10).send(modifyOf("B", 1, limitAt(96)));

    expect(scenario.told().slice(-2)).toEqual([
      "0 A modifyRejected: already filled",
      "10 B modifyRejected: market closed",
    ]);
  });

  function aRestingOrder(qty: number): VenueScenario {
    const order = submitOf("A", { qty: lots(qty), terms: limitAt(95) });
    return new VenueScenario().quote(99, 101).send(order);
  }

  /** A, then B, three lots each, alone at the best bid. */
  function twoInQueue(): VenueScenario {
    const order = { qty: lots(3), terms: limitAt(99) };
    return new VenueScenario().quote(98, 101).send(submitOf("A", order), submitOf("B", order));
  }
});

function fills(scenario: VenueScenario): readonly string[] {
  return scenario.told().filter((line) => line.includes(" filled "));
}

import { describe, expect, test } from "vitest";
import type { SubmitOrder } from "#core/desk/command.ts";
import { clientOrderId, fillId, venueOrderId } from "#core/domain/ids.ts";
import type { Fill } from "#core/domain/order.ts";
import { epochMs, lots, NO_MONEY, signedLots, ticks } from "#core/domain/units.ts";
import {
  ACCOUNT,
  bracketOf,
  cancelOf,
  GOLD,
  latency,
  limitAt,
  stopAt,
  stopLimitAt,
  submitOf,
  trailingAt,
  VenueScenario,
} from "./venue-scenario.ts";
import { type KnownOrder, stateFromJournal, type VenueState } from "./venue-state.ts";

describe("an exported state", () => {
  test("is plain data, and a venue that takes it over exports the same", () => {
    const scenario = new VenueScenario({ latency: latency(10, 5) }).quote(99, 101).trade(100);
    scenario.send(submitOf("A", { qty: lots(2), bracket: bracketOf(10, 20) }), submitOf("B"));
    scenario.send(submitOf("C", { terms: limitAt(95), timeInForce: "day" }), cancelOf("X"));
    scenario.at(12);
    const state = scenario.venue.exportState();

    const other = new VenueScenario({ latency: latency(10, 5) });
    other.venue.restore(structuredClone(state));

    expect(structuredClone(state)).toEqual(state);
    expect(other.venue.exportState()).toEqual(state);
  });

  test("keeps when orders ended, in whatever order they were taken", () => {
    const scenario = new VenueScenario().quote(99, 101);
    scenario
      .send(submitOf("A", { terms: limitAt(95) }), submitOf("B"))
      .at(10)
      .trade(90);
    const other = new VenueScenario();

    other.venue.restore(scenario.venue.exportState());

    for (const since of [epochMs(0), epochMs(5), epochMs(11)]) {
      const [was, is] = [scenario, other].map(({ venue }) => venue.snapshot(ACCOUNT, since, since));
      expect(is).toEqual(was);
    }
  });

  test("does not follow the venue as it goes on", () => {
    const scenario = new VenueScenario().quote(99, 101).send(submitOf("A", { terms: limitAt(95) }));
    const state = scenario.venue.exportState();

    scenario.trade(90);

    expect(state.orders.map(({ status }) => status)).toEqual(["working"]);
  });

  test("of another venue's instruments leaves what this one has alone", () => {
    const { venue } = new VenueScenario().quote(99, 101);
    const scenario = new VenueScenario({ instruments: [] });

    scenario.venue.restore(venue.exportState());

    expect(scenario.venue.exportState().markets).toEqual([]);
  });
});

describe("a venue restored from the desk's journal", () => {
  test("goes on with positions, ids and working orders", () => {
    const scenario = restored({
      orders: [known(submitOf("A", { side: "sell", qty: lots(3), terms: limitAt(110) }), 1)],
      positions: [{ accountId: ACCOUNT, instrument: GOLD, qty: signedLots(2), avgEntryTicks: 99 }],
      fills: [fillOf("F6", "A")],
      counters: { orders: 7, fills: 6 },
    });

    scenario.at(1).trade(111).send(submitOf("B"));

    expect(scenario.told()).toEqual([
      "1 A filled 1 @ 110",
      "1 B accepted O9",
      "1 B filled 1 @ 111",
    ]);
    const { fills, positions } = scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(1));
    expect(fills.map((fill) => fill.fillId)).toEqual(["F6", "F7", "F8"]);
    expect(positions.map(({ qty }) => qty)).toEqual([2]);
  });

  test.each([
    { what: "a stop that had begun to fill goes on at the market", terms: stopAt(105), at: 100 },
    { what: "a stop-limit that had goes on as a limit", terms: stopLimitAt(105, 103), at: 103 },
  ])("$what", ({ terms, at }) => {
    const scenario = restored({ orders: [known(submitOf("A", { qty: lots(2), terms }), 1)] });

    expect(scenario.at(1).trade(100).told()).toEqual([`1 A filled 1 @ ${at}`]);
  });

  test("lets a trailing stop go on from where it is told to be", () => {
    const order = submitOf("A", { side: "sell", terms: trailingAt(95, 5) });
    const scenario = restored({ orders: [known(order, 0)] });

    scenario.at(1).trade(101).at(2).trade(96);

    expect(scenario.told()).toEqual(["2 A filled 1 @ 96"]);
  });

  test("ends a day order with its day", () => {
    const order = submitOf("A", { terms: limitAt(95), timeInForce: "day" });
    const scenario = restored({ orders: [known(order, 0)] });

    expect(scenario.at(1_000).told()).toEqual(["1000 A expired after 0: the trading day ended"]);
  });

  test("ends a day order whose day ended while it was away at once", () => {
    const order = submitOf("A", { terms: limitAt(95), timeInForce: "day" });
    const scenario = restored({ now: epochMs(5_500), orders: [known(order, 0)] });

    expect(scenario.at(5_600).told()).toEqual(["5500 A expired after 0: the trading day ended"]);
  });

  test("knows the legs of an entry it does not know", () => {
    const leg = { side: "sell", qty: lots(1) } as const;
    const scenario = restored({
      orders: [
        known(submitOf("A-SL", { ...leg, terms: stopAt(90) }), 0, "A"),
        known(submitOf("A-TP", { ...leg, terms: limitAt(110) }), 0, "A"),
      ],
    });

    scenario.at(1).trade(111);

    expect(scenario.told()).toEqual([
      "1 A-TP filled 1 @ 110",
      "1 A-SL canceled after 0: the other leg filled",
    ]);
  });

  test("takes an order that only looks like a leg for what it is", () => {
    const scenario = restored({
      orders: [
        known(submitOf("A", { terms: limitAt(90) }), 0),
        known(submitOf("A-SL", { side: "sell", terms: limitAt(110) }), 0),
      ],
    });

    scenario.at(1).trade(111);

    expect(scenario.told()).toEqual(["1 A-SL filled 1 @ 110"]);
  });

  test("gives out no number twice", () => {
    const entry = submitOf("A", { terms: limitAt(95), bracket: bracketOf(10, 20) });
    const scenario = restored({ orders: [known(entry, 0), known(submitOf("B"), 0)] });

    scenario.at(1).send(submitOf("C", { terms: limitAt(90) }));

    const numbers = scenario.venue.exportState().orders.map(({ number }) => number);
    expect(numbers).toEqual([1, 4, 5]);
  });

  test("gives an entry that had not filled its legs", () => {
    const entry = submitOf("A", { terms: limitAt(95), bracket: bracketOf(10, null) });
    const scenario = restored({ orders: [known(entry, 0)], counters: { orders: 4, fills: 0 } });

    scenario.at(1).trade(94);

    expect(scenario.told()).toEqual([
      "1 A filled 1 @ 95",
      "1 A-SL accepted O6",
      "1 A-SL modified 1 stop 85",
    ]);
  });
});

function restored(journal: Partial<Parameters<typeof stateFromJournal>[0]>): VenueScenario {
  const scenario = new VenueScenario();
  const nothing = {
    now: epochMs(0),
    orders: [],
    positions: [],
    fills: [],
    counters: { orders: 0, fills: 0 },
  };
  const state: VenueState = stateFromJournal({ ...nothing, ...journal });
  scenario.venue.restore(state);
  return scenario;
}

/** Known as `O1`, taken at 0; its filled lots filled at 100. */
function known(command: SubmitOrder, filledQty: number, entryId?: string): KnownOrder {
  return {
    command,
    venueOrderId: venueOrderId("O1"),
    takenAt: epochMs(0),
    filledQty: lots(filledQty),
    filledValue: 100 * filledQty,
    entryId: entryId === undefined ? null : clientOrderId(entryId),
  };
}

function fillOf(id: string, order: string): Fill {
  return {
    fillId: fillId(id),
    clientOrderId: clientOrderId(order),
    accountId: ACCOUNT,
    instrument: GOLD,
    side: "sell",
    qty: lots(1),
    price: ticks(100),
    fee: NO_MONEY,
    at: epochMs(0),
  };
}

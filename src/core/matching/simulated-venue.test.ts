import { describe, expect, test } from "vitest";
import { accountId, instrumentId } from "#core/domain/ids.ts";
import { epochMs, lots, type Money, NO_MONEY, ticks } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "./fill-model.ts";
import type { Execution } from "./venue-options.ts";
import {
  ACCOUNT,
  cancelOf,
  GOLD,
  latency,
  limitAt,
  stopAt,
  submitOf,
  trailingAt,
  VenueScenario,
} from "./venue-scenario.ts";

const ELSEWHERE = instrumentId("ES");

describe("time", () => {
  test("a command takes effect after the way to the venue, a report arrives after the way back", () => {
    const scenario = new VenueScenario({ latency: latency(10, 5) }).quote(99, 101);

    scenario.at(100).send(submitOf("A")).at(109).quote(199, 201).at(200);

    // It met the market of 110, not that of 100; the desk heard of it at 115.
    expect(scenario.events).toEqual([
      {
        kind: "orderReported",
        at: 115,
        report: { kind: "accepted", clientOrderId: "A", venueOrderId: "O1" },
      },
      {
        kind: "orderReported",
        at: 115,
        report: {
          kind: "filled",
          clientOrderId: "A",
          fill: {
            fillId: "F1",
            clientOrderId: "A",
            accountId: "ACC",
            instrument: "MGC",
            side: "buy",
            qty: 1,
            price: 201,
            fee: 7n,
            at: 110,
          },
        },
      },
    ]);
  });

  test("what is scheduled for an instant comes before the market data of that instant", () => {
    const scenario = new VenueScenario({ latency: latency(10, 0) }).quote(99, 101);

    scenario.send(submitOf("A")).at(10).quote(199, 201);

    expect(scenario.told("A").at(-1)).toBe("10 A filled 1 @ 101");
  });

  test("the owner knows when something is due next", () => {
    const scenario = new VenueScenario({ latency: latency(10, 5) }).quote(99, 101);
    const { venue } = scenario;

    expect(venue.nextDueAt).toBe(Number.POSITIVE_INFINITY);
    scenario.at(100).send(submitOf("A"));
    expect(venue.nextDueAt).toBe(110);
    scenario.at(110);
    expect(venue.nextDueAt).toBe(115);
  });

  test("an answer given while events are told travels like any other command", () => {
    const scenario = new VenueScenario({ latency: latency(10, 5) }).quote(99, 101);
    scenario.answer = (event) =>
      event.kind === "orderReported" && event.report.kind === "filled" && event.at < 20
        ? [submitOf("B", { side: "sell" })]
        : [];

    scenario.send(submitOf("A")).at(100);

    expect(scenario.told()).toEqual([
      "15 A accepted O1",
      "15 A filled 1 @ 101",
      "30 B accepted O2",
      "30 B filled 1 @ 99",
    ]);
  });
});

describe("a cancel and a fill that race", () => {
  test("end in a fill where the print came to the venue first", () => {
    const scenario = aRestingOrder();

    scenario.at(20).send(cancelOf("A")).at(29).trade(90).at(100);

    expect(scenario.told("A").slice(1)).toEqual([
      "34 A filled 1 @ 95",
      "35 A cancelRejected: already filled",
    ]);
  });

  test("end in a cancel where the cancel came to the venue first", () => {
    const scenario = aRestingOrder();

    scenario.at(20).send(cancelOf("A")).at(30).trade(90).at(100);

    expect(scenario.told("A").slice(1)).toEqual(["35 A canceled after 0: canceled on request"]);
  });

  function aRestingOrder(): VenueScenario {
    const scenario = new VenueScenario({ latency: latency(10, 5) }).quote(99, 101);
    return scenario.send(submitOf("A", { terms: limitAt(95) })).at(15);
  }
});

describe("a snapshot", () => {
  test("is taken at the venue's instant and told later, with all that happened since", () => {
    const scenario = new VenueScenario({ latency: latency(10, 5) }).quote(99, 101);
    scenario.send(submitOf("OLD", { qty: lots(2) }), submitOf("STAYS", { terms: limitAt(95) }));
    scenario.at(50).send(submitOf("A", { side: "sell" }), submitOf("NO", { qty: lots(0) }));

    const request = { kind: "requestSnapshot", accountId: ACCOUNT, since: epochMs(60) } as const;
    scenario.at(100).send(request).at(200);

    const event = scenario.events.at(-1);
    if (event?.kind !== "accountReported") throw new Error("the snapshot is told last");
    expect({ at: event.at, asOf: event.snapshot.asOf }).toEqual({ at: 115, asOf: 110 });
    const { orders, fills, positions } = event.snapshot;
    expect(orders.map((order) => `${order.clientOrderId} ${order.state}`)).toEqual([
      "STAYS working",
      "A filled",
      "NO rejected",
    ]);
    expect(fills.map((fill) => `${fill.clientOrderId} ${fill.at}`)).toEqual(["A 60"]);
    expect(positions).toEqual([{ instrument: GOLD, qty: 1, avgEntryTicks: 101 }]);
  });

  test("shows the stop price a trailing stop has reached", () => {
    const scenario = new VenueScenario().trade(100);

    scenario.send(submitOf("A", { side: "sell", terms: trailingAt(90, 5) })).trade(107);

    const { orders } = scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(1));
    expect(orders.map(({ terms }) => terms)).toEqual([trailingAt(102, 5)]);
  });

  test("of an account nobody knows is empty", () => {
    const snapshot = new VenueScenario().venue.snapshot(accountId("X"), epochMs(0), epochMs(1));

    expect(snapshot).toEqual({
      accountId: "X",
      since: 0,
      asOf: 1,
      orders: [],
      fills: [],
      positions: [],
    });
  });
});

describe("while its instrument is closed", () => {
  test("an order does nothing, and the market is followed", () => {
    const scenario = new VenueScenario({ isOpen: (_instrument, at) => at < 10 || at >= 20 });
    scenario
      .quote(99, 101)
      .trade(100)
      .send(submitOf("A", { terms: limitAt(95) }));
    scenario.send(submitOf("B", { side: "sell", terms: stopAt(90) }));

    scenario.at(10).trade(80).quote(70, 72);
    expect(fills(scenario)).toEqual([]);

    scenario.at(20).trade(71).send(submitOf("C"));
    expect(fills(scenario)).toEqual([
      "20 A filled 1 @ 95",
      "20 B filled 1 @ 70",
      "20 C filled 1 @ 72",
    ]);
  });
});

test("a late tick takes effect when it comes", () => {
  const scenario = new VenueScenario()
    .at(100)
    .quote(99, 101)
    .send(submitOf("A", { terms: limitAt(95) }));

  scenario.venue.onTrade({
    kind: "tradeTick",
    at: epochMs(90),
    instrument: GOLD,
    price: ticks(90),
    qty: lots(1),
    aggressor: "sell",
  });

  expect(fills(scenario.run())).toEqual(["100 A filled 1 @ 95"]);
});

test("accounts hold their own positions", () => {
  const other = accountId("OTHER");
  const scenario = new VenueScenario({ accounts: [ACCOUNT, other] }).quote(99, 101);

  scenario.send(submitOf("A", { accountId: other, qty: lots(2) }), submitOf("B", { side: "sell" }));

  const held = [ACCOUNT, other].map((id) =>
    scenario.venue.snapshot(id, epochMs(0), epochMs(1)).positions.map(({ qty }) => qty),
  );
  expect(held).toEqual([[-1], [2]]);
});

test("an order that has ended is listed with how", () => {
  const scenario = new VenueScenario().quote(99, 101);

  scenario.send(submitOf("A", { terms: limitAt(95), timeInForce: "day" }), submitOf("B"));
  scenario.send(submitOf("C", { terms: limitAt(95) }), cancelOf("C")).at(1_000);

  const { orders } = scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(1_000));
  expect(orders.map(({ state }) => state)).toEqual(["expired", "filled", "canceled"]);
});

test("a fee is asked for with what it may depend on", () => {
  const seen: Execution[] = [];
  const feeOf = (execution: Execution): Money => {
    seen.push(execution);
    return NO_MONEY;
  };
  const fillModel = { ...DEFAULT_FILL_MODEL, marketDepth: "touch" } as const;
  const scenario = new VenueScenario({ feeOf, fillModel }).quote(99, 101, 1, 1);

  scenario.send(submitOf("A", { qty: lots(2) })).trade(101);
  scenario.send(submitOf("B", { side: "sell", terms: limitAt(105) })).trade(106);

  const where = { accountId: ACCOUNT, instrument: GOLD, qty: 1, at: 0 };
  expect(seen).toEqual([
    { ...where, side: "buy", price: 101, liquidity: "taker" },
    { ...where, side: "buy", price: 101, liquidity: "taker" },
    { ...where, side: "sell", price: 105, liquidity: "maker" },
  ]);
});

test("ids begin with the venue's prefix", () => {
  const scenario = new VenueScenario({ idPrefix: "S7-" }).quote(99, 101).send(submitOf("A"));

  const { orders, fills } = scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(1));

  expect([orders[0]?.venueOrderId, fills[0]?.fillId]).toEqual(["S7-O1", "S7-F1"]);
});

test("ticks of instruments the venue does not have are passed over", () => {
  const scenario = new VenueScenario().quote(99, 101).send(submitOf("A", { terms: limitAt(95) }));

  scenario.trade(90, 1, ELSEWHERE).venue.onQuote({
    kind: "quote",
    at: epochMs(0),
    instrument: ELSEWHERE,
    bidPrice: ticks(80),
    bidQty: lots(1),
    askPrice: ticks(81),
    askQty: lots(1),
  });

  expect(scenario.run().told()).toEqual(["0 A accepted O1"]);
});

test("instruments trade apart", () => {
  const scenario = new VenueScenario({ instruments: [GOLD, ELSEWHERE] }).quote(99, 101);
  scenario.send(submitOf("A", { terms: limitAt(95) }));
  scenario.send(submitOf("B", { instrument: ELSEWHERE, terms: limitAt(95) }));

  scenario.trade(90, 1, ELSEWHERE);

  expect(fills(scenario)).toEqual(["0 B filled 1 @ 95"]);
});

test("an order that was forgotten leaves its id free", () => {
  const scenario = new VenueScenario().quote(99, 101).send(submitOf("A"), submitOf("B"));

  scenario.at(10).venue.forget(epochMs(10));
  scenario.send(submitOf("A"));

  expect(scenario.told("A").slice(-2)).toEqual(["10 A accepted O3", "10 A filled 1 @ 101"]);
  const { orders } = scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(10));
  expect(orders.map((order) => order.clientOrderId)).toEqual(["A"]);
});

test.each([
  { options: { latency: latency(-1, 0) }, rule: "latency is zero or more whole ms" },
  { options: { latency: latency(0, 0.5) }, rule: "latency is zero or more whole ms" },
  { options: fillModel({ participation: 0 }), rule: "participation is above 0 and at most 1" },
  { options: fillModel({ participation: 1.1 }), rule: "participation is above 0 and at most 1" },
])("options are refused where $rule does not hold", ({ options, rule }) => {
  expect(() => new VenueScenario(options)).toThrow(rule);
});

test("a restored venue refuses to be restored again", () => {
  const { venue } = new VenueScenario().quote(99, 101).send(submitOf("A"));

  expect(() => venue.restore(venue.exportState())).toThrow("a state is restored into a new venue");
});

function fillModel(model: { readonly participation: number }): {
  readonly fillModel: typeof DEFAULT_FILL_MODEL;
} {
  return { fillModel: { ...DEFAULT_FILL_MODEL, ...model } };
}

function fills(scenario: VenueScenario): readonly string[] {
  return scenario.told().filter((line) => line.includes(" filled "));
}

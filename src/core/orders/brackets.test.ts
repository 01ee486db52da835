import { describe, expect, test } from "vitest";
import { type ClientOrderId, accountId, fillId } from "#core/domain/ids.ts";
import { isClosed, type Side } from "#core/domain/order.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { epochMs, lots } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import {
  ACCOUNT,
  GOLD,
  NASDAQ,
  aBracket,
  aFill,
  anAccountConfig,
  limitAt,
  stopAt,
} from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { legPrices } from "./brackets.ts";

/** Two lots at 26,490, protected 20 below and 40 above, filled lot by lot. */
const BID = { terms: limitAt(26_490), qty: lots(2), bracket: aBracket(20, 40) } as const;

describe("where legs belong", () => {
  test.each<{ side: Side; ticks: number; qty: number; stopPrice: number; targetPrice: number }>([
    { side: "buy", ticks: 200, qty: 2, stopPrice: 90, targetPrice: 120 },
    { side: "sell", ticks: 200, qty: 2, stopPrice: 110, targetPrice: 80 },
    { side: "buy", ticks: 201, qty: 2, stopPrice: 90, targetPrice: 120 },
    { side: "sell", ticks: 201, qty: 2, stopPrice: 111, targetPrice: 81 },
    { side: "buy", ticks: -201, qty: 2, stopPrice: -111, targetPrice: -81 },
  ])("after a $side of $qty lots for $ticks in all", ({ side, ticks: sum, qty, ...prices }) => {
    expect(legPrices(side, { ticks: sum, qty }, aBracket(10, 20))).toEqual(prices);
  });

  test("is nowhere for a target that nobody asked for", () => {
    const prices = legPrices("buy", { ticks: 100, qty: 1 }, aBracket(10, null));

    expect(prices).toEqual({ stopPrice: 90, targetPrice: null });
  });
});

describe("a bracket", () => {
  test("is placed from the price of the fill", () => {
    const desk = new TestDesk();

    desk.place({ bracket: aBracket(20, 40) });

    expect(legsOf(desk)).toEqual(["stop sell 1 at 26481", "limit sell 1 at 26541"]);
  });

  test("of a short stands on the other side", () => {
    const desk = new TestDesk();

    desk.place({ side: "sell", bracket: aBracket(20, 40) });

    expect(legsOf(desk)).toEqual(["stop buy 1 at 26520", "limit buy 1 at 26460"]);
  });

  test("without a target is a stop alone", () => {
    const desk = new TestDesk();

    desk.place({ bracket: aBracket(20, null) });

    expect(legsOf(desk)).toEqual(["stop sell 1 at 26481"]);
  });

  test("grows with each partial fill and moves to the average price", () => {
    const desk = deskByLots();
    desk.place({ qty: lots(12), bracket: aBracket(20, 40) });
    const first = legsOf(desk);

    desk.trade(26_513, { qty: 2 });

    // Ten at 26,501 and two at 26,513 are 26,503 each.
    expect(first).toEqual(["stop sell 10 at 26481", "limit sell 10 at 26541"]);
    expect(legsOf(desk)).toEqual(["stop sell 12 at 26483", "limit sell 12 at 26543"]);
    expect(submittedFor(desk)).toBe(3);
  });

  test("is resized once the leg is accepted when fills come faster than answers", () => {
    const desk = deskByLots();
    desk.place(BID);
    desk.answers = (event) =>
      event.kind === "orderReported" && event.report.kind === "accepted" ? "hold" : "tell";
    desk.trade(26_489);
    desk.trade(26_488);
    const unanswered = submittedFor(desk);
    const changed = desk.commands.some(({ kind }) => kind === "modifyOrder");

    desk.answers = () => "tell";
    desk.tellHeld();

    expect([unanswered, changed]).toEqual([3, false]);
    expect(legsOf(desk)).toEqual(["stop sell 2 at 26470", "limit sell 2 at 26530"]);
    expect(submittedFor(desk)).toBe(3);
  });

  test("is taken away when the position is closed otherwise", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, 40) });

    desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null });

    expect(desk.position()?.qty).toBe(0);
    expect([desk.state.openOrders.size, desk.state.brackets.size]).toEqual([0, 0]);
  });

  test("is over when its last leg has ended, not before", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, 40) });
    const legs = [...desk.state.openOrders.keys()];
    desk.orders = ({ kind }) => (kind === "cancelOrder" ? "lose" : "send");
    desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null });

    const left = legs.map((clientOrderId) => {
      desk.report({ kind: "canceled", clientOrderId, venueFilledQty: lots(0), reason: "asked" });
      return desk.state.brackets.size;
    });

    expect(desk.facts.filter(({ kind }) => kind === "bracketClosed")).toHaveLength(1);
    expect(left).toEqual([1, 0]);
  });

  test("knows nothing of what another account or instrument holds", () => {
    const other = accountId("PRACTICE-2");
    const desk = new TestDesk({
      session: {
        instruments: [GOLD, NASDAQ],
        accounts: [anAccountConfig(), anAccountConfig({ accountId: other })],
      },
    });
    desk.quote(80_000, 80_001, NASDAQ.id);
    const bracket = aBracket(20, null);
    desk.place({ bracket });
    desk.place({ accountId: other, qty: lots(2), bracket });
    desk.place({ instrument: NASDAQ.id, qty: lots(3), bracket });

    desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null });

    expect(legsOf(desk)).toEqual(["stop sell 2 at 26481", "stop sell 3 at 79981"]);
  });

  test("shrinks with a partial close, the oldest first", () => {
    const desk = new TestDesk();
    desk.place({ qty: lots(2), bracket: aBracket(20, null) });
    desk.advance(1_000);
    desk.place({ qty: lots(3), bracket: aBracket(30, null) });

    desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: lots(3) });

    expect(legsOf(desk)).toEqual(["stop sell 2 at 26471"]);
    expect(desk.state.brackets.size).toBe(1);
  });

  test("covers the position that is left after a flip", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, 40) });

    desk.place({ side: "sell", qty: lots(3), bracket: aBracket(10, 15) });

    expect(desk.position()?.qty).toBe(-2);
    expect(legsOf(desk)).toEqual(["stop buy 2 at 26510", "limit buy 2 at 26485"]);
  });

  test("covers nothing for an entry that only closed", () => {
    const desk = new TestDesk();
    desk.place();

    desk.place({ side: "sell", bracket: aBracket(10, 15) });

    expect(desk.position()?.qty).toBe(0);
    expect([desk.state.openOrders.size, desk.state.brackets.size]).toEqual([0, 0]);
  });

  test("goes when the venue turns out to hold nothing", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, 40) });
    desk.advance(2_000);
    const snapshot = desk.venue.snapshot(ACCOUNT, epochMs(0), desk.now);

    desk.apply({
      kind: "accountReported",
      at: desk.now,
      snapshot: { ...snapshot, positions: [] },
    });

    expect(desk.position()?.qty).toBe(0);
    expect([desk.state.openOrders.size, desk.state.brackets.size]).toEqual([0, 0]);
  });
});

describe("one of two legs", () => {
  test("that fills takes the other one away", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, 40) });

    desk.trade(26_541);
    desk.trade(26_542);

    expect(desk.position()?.qty).toBe(0);
    expect(desk.state.openOrders.size).toBe(0);
    expect(endedLegs(desk)).toEqual(["stopLoss canceled", "takeProfit filled"]);
  });

  test("that fills in part takes as much from the other", () => {
    const desk = deskByLots();
    desk.place({ ...BID, terms: limitAt(26_490) });
    desk.trade(26_489, { qty: 2 });

    desk.trade(26_531);

    expect(legsOf(desk)).toEqual(["stop sell 1 at 26470", "limit sell 1 at 26530"]);
    expect(desk.position()?.qty).toBe(1);
  });

  test("that fills cancels what the entry has not filled", () => {
    const desk = deskByLots();
    const id = desk.place(BID);
    desk.trade(26_489);

    desk.trade(26_531);

    expect(desk.order(id)).toMatchObject({ status: { kind: "canceled" }, filledQty: 1 });
    expect([desk.state.openOrders.size, desk.state.brackets.size]).toEqual([0, 0]);
  });

  test("that fills beside another exit leaves a reversal, which is closed at once", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, null) });
    const [stop] = desk.state.openOrders.values();
    desk.answers = () => "hold";
    desk.orders = ({ kind }) => (kind === "submitOrder" ? "lose" : "send");
    desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: lots(1) });
    const [, exit] = desk.state.openOrders.values();
    if (stop === undefined || exit === undefined) throw new Error("a stop and an exit");
    desk.report(soldOne(stop.clientOrderId, "X1"));

    const { facts, commands } = desk.report(soldOne(exit.clientOrderId, "X2"));

    expect(desk.position()?.qty).toBe(-1);
    expect(facts).toContainEqual(
      expect.objectContaining({
        kind: "enforcementChanged",
        enforcement: expect.objectContaining({
          instrument: GOLD.id,
          keepQty: 0,
          cause: "unprotected",
        }),
      }),
    );
    expect(commands).toContainEqual(
      expect.objectContaining({ kind: "submitOrder", side: "buy", qty: 1, reduceOnly: true }),
    );
  });
});

describe("a leg that a person", () => {
  test("moves stays where it was put, whatever the entry fills later", () => {
    const desk = deskByLots();
    desk.place(BID);
    desk.trade(26_489);
    const [, stop, target] = desk.state.openOrders.values();
    if (stop === undefined || target === undefined) throw new Error("two legs");

    const { clientOrderId: id } = stop;
    const moved = {
      kind: "modify",
      clientOrderId: id,
      qty: lots(9),
      terms: stopAt(26_480),
    } as const;
    const result = desk.request(moved);
    desk.trade(26_488);

    const note = "the size of a leg follows the position, so it stays at 1 lot";
    expect(result).toEqual({ kind: "accepted", clientOrderIds: [id], note });
    expect(legsOf(desk)).toEqual(["stop sell 2 at 26480", "limit sell 2 at 26530"]);
  });

  test("moves at the venue itself stays there", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, 40) });
    const [, target] = desk.state.openOrders.values();
    if (target === undefined) throw new Error("two legs");
    const { clientOrderId } = target;
    const change = { clientOrderId, qty: lots(1), terms: limitAt(26_520) };

    desk.venue.handle(
      { kind: "modifyOrder", accountId: ACCOUNT, venueOrderId: null, ...change },
      desk.now,
    );
    desk.advance(2_000);

    expect(legsOf(desk)).toEqual(["stop sell 1 at 26481", "limit sell 1 at 26520"]);
  });

  test("moves where the venue refuses it stays where it was", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, null) });
    const [stop] = desk.state.openOrders.values();
    if (stop === undefined) throw new Error("a stop");

    const { clientOrderId: id } = stop;
    desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: stopAt(26_600) });

    expect(legsOf(desk)).toEqual(["stop sell 1 at 26481"]);
    expect(desk.state.brackets.values().next().value).toMatchObject({
      stopPrice: 26_481,
      stopFailures: 0,
    });
  });

  test("withdraws stays withdrawn, and the other one stays", () => {
    const desk = deskByLots();
    desk.place(BID);
    desk.trade(26_489);
    const [, stop, target] = desk.state.openOrders.values();
    if (stop === undefined || target === undefined) throw new Error("two legs");

    desk.request({ kind: "cancel", clientOrderId: target.clientOrderId });
    const withoutTarget = legsOf(desk);
    desk.request({ kind: "cancel", clientOrderId: stop.clientOrderId });
    const group = desk.state.brackets.values().next().value;
    desk.trade(26_488);

    expect(withoutTarget).toEqual(["stop sell 1 at 26470"]);
    expect(legsOf(desk)).toEqual([]);
    expect(group).toMatchObject({ stopPrice: null, targetPrice: null, stopFailures: 0 });
    expect(desk.position()?.qty).toBe(2);
  });
});

function soldOne(id: ClientOrderId, fill: string): OrderReport {
  const sale = aFill({ clientOrderId: id, fillId: fillId(fill), side: "sell" });
  return { kind: "filled", clientOrderId: id, fill: sale };
}

/** Orders fill by the lots of each trade. */
function deskByLots(): TestDesk {
  return new TestDesk({
    venue: { fillModel: { ...DEFAULT_FILL_MODEL, marketDepth: "touch", limitFill: "through" } },
  });
}

/** The legs that work, a line each: `stop sell 1 at 26481`; open lots only. */
function legsOf(desk: TestDesk): readonly string[] {
  return [...desk.state.openOrders.values()]
    .filter((order) => order.parent !== null && !isClosed(order))
    .map(({ side, qty, filledQty, terms }) => {
      const price = terms.type === "stop" ? terms.stopPrice : Reflect.get(terms, "limitPrice");
      return `${terms.type} ${side} ${qty - filledQty} at ${price}`;
    });
}

function endedLegs(desk: TestDesk): readonly string[] {
  return [...desk.state.closedOrders.values()]
    .filter(({ parent }) => parent !== null)
    .map(({ purpose, status }) => `${purpose} ${status.kind}`)
    .toSorted();
}

function submittedFor(desk: TestDesk): number {
  return desk.commands.filter(({ kind }) => kind === "submitOrder").length;
}

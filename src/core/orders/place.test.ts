import { describe, expect, test } from "vitest";
import { ENTRIES_KEPT } from "#core/desk/state.ts";
import type { Order } from "#core/domain/order.ts";
import { type DurationMs, lots, ticks } from "#core/domain/units.ts";
import {
  ACCOUNT,
  GOLD,
  MARKET,
  OPENING,
  aBracket,
  anAccountConfig,
  anEntry,
  limitAt,
  queueLimits,
} from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

/** One order a second, none at once beside it. */
const SLOW = queueLimits({ perSecond: 1, burst: 1, marketTtl: 1_500 as DurationMs });

describe("an order that may go", () => {
  test("is approved, reserved and sent in one event", () => {
    const desk = new TestDesk();
    desk.answers = () => "hold";

    const request = anEntry({ bracket: aBracket() });
    const [step] = stepsOf(desk, () => desk.place({ bracket: aBracket() }));

    const order: Order = {
      accountId: ACCOUNT,
      instrument: GOLD.id,
      source: { kind: "person", name: "ann" },
      purpose: "entry",
      side: "buy",
      qty: lots(1),
      terms: MARKET,
      timeInForce: "gtc",
      reduceOnly: false,
      bracket: aBracket(),
      parent: null,
      requestId: "R1" as never,
      clientOrderId: "k1-1" as never,
      venueOrderId: null,
      approvedAt: OPENING,
      queueUntil: (OPENING + 5_000) as never,
      status: { kind: "queued" },
      change: null,
      filledQty: lots(0),
      venueFilledQty: lots(0),
    };
    const { clientOrderId } = order;
    expect(step?.facts).toEqual([
      { kind: "orderApproved", order },
      {
        kind: "requestHandled",
        requestId: "R1",
        request,
        result: { kind: "accepted", clientOrderIds: [clientOrderId], note: null },
      },
      { kind: "orderSubmitted", clientOrderId, at: OPENING },
    ]);
    expect(step?.commands).toEqual([
      {
        kind: "reply",
        requestId: "R1",
        result: { kind: "accepted", clientOrderIds: [clientOrderId], note: null },
      },
      {
        kind: "submitOrder",
        accountId: ACCOUNT,
        clientOrderId,
        instrument: GOLD.id,
        side: "buy",
        qty: 1,
        terms: MARKET,
        timeInForce: "gtc",
        reduceOnly: false,
        bracket: null,
      },
      { kind: "setTimer", dueAt: OPENING + 2_000 },
    ]);
  });

  test("leaves a trace in the message budget and among the last entries", () => {
    const desk = new TestDesk();
    desk.place({ terms: limitAt(26_400) });
    desk.advance(5);
    desk.place({ side: "sell", qty: lots(2), terms: limitAt(26_600) });
    desk.request({ kind: "cancel", clientOrderId: "k1-1" as never });

    expect(desk.state.accounts.get(ACCOUNT)).toMatchObject({
      sentAt: [OPENING, OPENING + 5, OPENING + 5],
      recentEntries: [
        { clientOrderId: "k1-1", at: OPENING, key: "MGC buy 1 limit 26400 26400" },
        { clientOrderId: "k1-2", at: OPENING + 5, key: "MGC sell 2 limit 26600 26600" },
      ],
    });
  });

  test(`is among the last ${ENTRIES_KEPT} entries unless it only reduces`, () => {
    const desk = new TestDesk();
    desk.place();
    desk.place({ side: "sell", reduceOnly: true });
    const reduced = desk.state.accounts.get(ACCOUNT)?.recentEntries;
    for (let number = 1; number <= ENTRIES_KEPT; number += 1) {
      desk.place({ terms: limitAt(26_400 - number) });
    }

    const { recentEntries } = desk.state.accounts.get(ACCOUNT) ?? { recentEntries: [] };

    expect(reduced).toEqual([{ clientOrderId: "k1-1", at: OPENING, key: "MGC buy 1 market  " }]);
    expect(recentEntries).toHaveLength(ENTRIES_KEPT);
    expect(recentEntries[0]?.clientOrderId).toBe("k1-3");
  });

  test("has a number that is never given again", () => {
    const desk = new TestDesk();
    const first = desk.place({ terms: limitAt(26_400) });
    desk.request(anEntry({ qty: lots(1_000) }));
    const second = desk.place({ terms: limitAt(26_300) });
    desk.restart();
    desk.quote(26_500, 26_501);

    const third = desk.place({ terms: limitAt(26_200) });

    expect([first, second, third]).toEqual(["k1-1", "k1-2", "k2-3"]);
  });
});

describe("an order that may not go", () => {
  test("is denied and takes no number", () => {
    const desk = new TestDesk();

    const { facts, commands } = desk.apply({
      kind: "requestReceived",
      at: desk.now,
      requestId: "R9" as never,
      by: "ann",
      request: anEntry({ qty: lots(1_000) }),
    });

    const denial = { rule: "GATE", code: "orderSizeExceeded", limit: 100, value: 1_000 };
    expect(facts).toMatchObject([
      { kind: "orderDenied", at: OPENING, intent: { qty: 1_000 }, denial },
      { kind: "requestHandled", requestId: "R9", result: { kind: "denied", denial } },
    ]);
    expect(commands).toEqual([
      { kind: "reply", requestId: "R9", result: { kind: "denied", denial } },
    ]);
    expect(desk.state.nextOrderNumber).toBe(1);
  });

  test("finds no room in a full queue, unless it reduces risk", () => {
    const desk = new TestDesk({ session: { queue: queueLimits({ ...SLOW, capacity: 1 }) } });
    desk.place({ qty: lots(2) });
    desk.place({ terms: limitAt(26_400) });

    const full = desk.request(anEntry({ terms: limitAt(26_300) }));
    const exit = desk.request(anEntry({ side: "sell", reduceOnly: true }));

    expect(full).toEqual({
      kind: "denied",
      denial: { rule: "GATE", code: "queueFull", limit: null, value: 1 },
    });
    expect(exit.kind).toBe("accepted");
    expect(desk.position()?.qty).toBe(1);
  });
});

describe("an order in the queue", () => {
  test("goes when its turn comes", () => {
    const desk = new TestDesk({ session: { queue: SLOW } });
    desk.place({ terms: limitAt(26_400) });
    const waiting = desk.place({ terms: limitAt(26_300) });

    desk.advance(999);
    const before = desk.order(waiting).status.kind;
    desk.advance(1);

    expect([before, desk.order(waiting).status.kind]).toEqual(["queued", "working"]);
  });

  test("ends when it has waited too long, a limit order later than one at the market", () => {
    const queue = queueLimits({ perSecond: 0.01, burst: 1 });
    const desk = new TestDesk({ session: { queue } });
    desk.place({ terms: limitAt(26_400) });
    const market = desk.place();
    const limit = desk.place({ terms: limitAt(26_300) });

    desk.advance(5_000);
    const inTime = desk.order(market).status.kind;
    desk.advance(1);
    const ended = desk.order(market).status;
    const at = desk.now;
    desk.advance(54_999);
    const waiting = desk.order(limit).status.kind;
    desk.advance(1);

    expect(inTime).toBe("queued");
    expect(ended).toEqual({ kind: "expired", at, reason: "waited too long in the queue" });
    expect(waiting).toBe("queued");
    expect(desk.order(limit).status.kind).toBe("expired");
    expect(submitted(desk)).toEqual(["k1-1"]);
  });

  test("that has waited too long takes nobody's turn", () => {
    const desk = new TestDesk({ session: { queue: { ...SLOW, marketTtl: 900 as DurationMs } } });
    desk.place({ terms: limitAt(26_400) });
    desk.place();
    const second = desk.place({ terms: limitAt(26_300) });

    desk.advance(1_000);

    expect(desk.order(second).status.kind).toBe("working");
  });

  test("is taken out by a cancel and never sent", () => {
    const desk = new TestDesk({ session: { queue: SLOW } });
    desk.place({ terms: limitAt(26_400) });
    const waiting = desk.place({ terms: limitAt(26_300) });

    const facts = desk.factsOf(() => desk.request({ kind: "cancel", clientOrderId: waiting }));
    desk.advance(5_000);

    expect(facts[0]).toEqual({
      kind: "orderCanceled",
      clientOrderId: waiting,
      at: OPENING,
      venueFilledQty: 0,
      reason: "canceled before it was sent",
    });
    expect(submitted(desk)).toEqual(["k1-1"]);
  });

  test("ends when it may no longer go, before it is sent", () => {
    const desk = new TestDesk({ session: { queue: SLOW } });
    desk.place({ terms: limitAt(26_400) });
    const waiting = desk.place({ terms: limitAt(26_300) });
    desk.apply({ kind: "journalChanged", at: desk.now, writable: false, reason: "disk full" });

    desk.advance(1_000);

    expect(desk.order(waiting).status).toEqual({
      kind: "canceled",
      at: desk.now,
      reason: "journalNotWritable",
    });
  });

  test("counts as exposure", () => {
    const accounts = [anAccountConfig({ rules: { max_contracts: { limit: 3 } } })];
    const desk = new TestDesk({ session: { queue: SLOW, accounts } });
    desk.place({ terms: limitAt(26_400) });
    desk.place({ qty: lots(2), terms: limitAt(26_300) });

    const result = desk.request(anEntry({ terms: limitAt(26_200) }));

    expect(result).toMatchObject({ kind: "denied", denial: { code: "maxContractsExceeded" } });
  });
});

describe("a cancel", () => {
  test("is asked for once", () => {
    const desk = new TestDesk();
    const id = desk.place({ terms: limitAt(26_400) });
    desk.answers = () => "lose";

    const facts = desk.factsOf(() => {
      desk.request({ kind: "cancel", clientOrderId: id });
      desk.request({ kind: "cancel", clientOrderId: id });
    });

    expect(facts.filter(({ kind }) => kind === "cancelRequested")).toEqual([
      { kind: "cancelRequested", clientOrderId: id, at: OPENING },
    ]);
    expect(desk.commands.filter(({ kind }) => kind === "cancelOrder")).toEqual([
      { kind: "cancelOrder", accountId: ACCOUNT, clientOrderId: id, venueOrderId: "O1" },
    ]);
  });
});

describe("a change", () => {
  test("says the whole order as it shall be", () => {
    const desk = new TestDesk();
    const id = desk.place({ qty: lots(2), terms: limitAt(26_400) });
    const to = { qty: lots(1), terms: limitAt(26_410) };

    const [step] = stepsOf(desk, () => desk.request({ kind: "modify", clientOrderId: id, ...to }));

    expect(step?.facts[0]).toEqual({
      kind: "modifyRequested",
      clientOrderId: id,
      at: OPENING,
      ...to,
    });
    expect(step?.commands[0]).toEqual({
      kind: "modifyOrder",
      accountId: ACCOUNT,
      clientOrderId: id,
      venueOrderId: "O1",
      ...to,
    });
  });

  test("to what it is already asks for nothing", () => {
    const desk = new TestDesk();
    const id = desk.place({ terms: limitAt(26_400) });

    const commands = desk.commandsOf(() =>
      desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: limitAt(26_400) }),
    );

    expect(commands.map(({ kind }) => kind)).toEqual(["reply"]);
  });

  test("of the quantity alone, or of the price alone, is one", () => {
    const desk = new TestDesk();
    const id = desk.place({ qty: lots(2), terms: limitAt(26_400) });

    desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: limitAt(26_400) });
    desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: limitAt(26_401) });

    expect(desk.order(id)).toMatchObject({ qty: 1, terms: { limitPrice: ticks(26_401) } });
    expect(desk.commands.filter(({ kind }) => kind === "modifyOrder")).toHaveLength(2);
  });
});

function stepsOf(desk: TestDesk, act: () => void) {
  const before = desk.steps.length;
  act();
  return desk.steps.slice(before);
}

function submitted(desk: TestDesk): readonly string[] {
  return desk.commands.flatMap((one) => (one.kind === "submitOrder" ? [one.clientOrderId] : []));
}

import { describe, expect, test } from "vitest";
import { accountId, botId, clientOrderId, requestId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import {
  ACCOUNT,
  GOLD,
  MARKET,
  aBotConfig,
  aBracket,
  anEntry,
  limitAt,
  stopAt,
} from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import type { Request } from "./request.ts";

const OTHER = accountId("OTHER");
const GONE = clientOrderId("k9-9");
const BOT = botId("bot-1");
const BID = { terms: limitAt(26_400), qty: lots(2) } as const;

describe("any request", () => {
  test("acts once: asked again with the same id it gets the same answer", () => {
    const desk = new TestDesk();

    const first = desk.request(anEntry(BID), { id: "X" });
    const again = desk.factsOf(() => desk.request(anEntry(BID), { id: "X" }));
    const answer = desk.request(anEntry(BID), { id: "X" });

    expect(first).toEqual({ kind: "accepted", clientOrderIds: ["k1-1"], note: null });
    expect(again).toEqual([]);
    expect(answer).toEqual(first);
    expect(desk.state.openOrders.size).toBe(1);
  });

  test("under an id that was used for another is not carried out, and not answered as that one", () => {
    const desk = new TestDesk();
    desk.request(anEntry(BID), { id: "X" });

    const facts = desk.factsOf(() => desk.request(anEntry(), { id: "X" }));
    const answer = desk.request({ kind: "cancel", clientOrderId: GONE }, { id: "X" });

    expect(facts).toEqual([]);
    expect(answer).toEqual({
      kind: "impossible",
      reason: "the request id was used for another request; give each request an id of its own",
    });
  });

  test("that was denied stays denied", () => {
    const desk = new TestDesk();
    const tooMany = anEntry({ qty: lots(1_000) });
    desk.request(tooMany, { id: "X" });

    const again = desk.request(tooMany, { id: "X" });

    expect(again.kind).toBe("denied");
    expect([...desk.state.requests.keys()]).toEqual([requestId("X")]);
  });

  test("is answered in the event that decides about it", () => {
    const desk = new TestDesk();

    const request = { kind: "flatten", accountId: OTHER } as const;
    const id = requestId("X");
    const received = { kind: "requestReceived", at: desk.now, requestId: id, by: "ann" } as const;

    const { facts, commands } = desk.apply({ ...received, request });

    const result = { kind: "impossible", reason: "no account OTHER is configured" };
    expect(facts).toEqual([{ kind: "requestHandled", requestId: "X", request, result }]);
    expect(commands).toEqual([{ kind: "reply", requestId: "X", result }]);
  });
});

describe("a submit", () => {
  test("is an entry of the person who asked", () => {
    const desk = new TestDesk();

    const id = desk.place({ ...BID, bracket: aBracket() });

    expect(desk.order(id)).toMatchObject({
      source: { kind: "person", name: "ann" },
      purpose: "entry",
      bracket: aBracket(),
      requestId: "R1",
      parent: null,
    });
  });

  test("that turns out to reduce gets no legs, and the answer says so", () => {
    const desk = new TestDesk();
    desk.place({ qty: lots(2) });

    const result = desk.request(anEntry({ side: "sell", bracket: aBracket() }));

    expect(result).toMatchObject({
      note: "it only reduces the position, so it gets no stop and no target of its own",
    });
    expect([...desk.state.brackets]).toEqual([]);
  });

  test("that only reduces is an exit without legs", () => {
    const desk = new TestDesk();
    desk.place();

    const id = desk.place({ side: "sell", reduceOnly: true, bracket: aBracket() });

    expect(desk.order(id)).toMatchObject({ purpose: "exit", reduceOnly: true, bracket: null });
    expect(desk.position()?.qty).toBe(0);
  });
});

describe("a cancel", () => {
  test("of an order that nobody knows is impossible", () => {
    const result = new TestDesk().request({ kind: "cancel", clientOrderId: GONE });

    expect(result).toEqual({
      kind: "impossible",
      reason: "no order k9-9 is known; keel status lists the working ones",
    });
  });

  test("of an order that has ended is impossible", () => {
    const desk = new TestDesk();
    const id = desk.place();

    const result = desk.request({ kind: "cancel", clientOrderId: id });

    expect(result).toEqual({ kind: "impossible", reason: "order k1-1 is filled already" });
  });

  test("of a working order is accepted", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    const result = desk.request({ kind: "cancel", clientOrderId: id });

    expect(result).toEqual({ kind: "accepted", clientOrderIds: [id], note: null });
    expect(desk.order(id).status.kind).toBe("canceled");
  });
});

describe("a change", () => {
  test.each<{ name: string; request: (desk: TestDesk) => Request; reason: string }>([
    {
      name: "of an order that nobody knows",
      request: () => ({ kind: "modify", clientOrderId: GONE, ...BID }),
      reason: "no order k9-9 is known",
    },
    {
      name: "of an order that has ended",
      request: (desk) => ({ kind: "modify", clientOrderId: desk.place(), ...BID }),
      reason: "the order is filled, not working",
    },
    {
      name: "of an order that waits for another answer",
      request: (desk) => {
        const id = desk.place(BID);
        desk.answers = () => "lose";
        desk.request({ kind: "cancel", clientOrderId: id });
        return { kind: "modify", clientOrderId: id, ...BID };
      },
      reason: "a change of the order is on its way; wait for its answer",
    },
    {
      name: "of the type of an order",
      request: (desk) => ({
        kind: "modify",
        clientOrderId: desk.place(BID),
        qty: lots(2),
        terms: MARKET,
      }),
      reason: "the order is a limit order and stays one; cancel it to place another",
    },
  ])("$name is impossible", ({ request, reason }) => {
    const desk = new TestDesk();

    const result = desk.request(request(desk));

    expect(result).toEqual({ kind: "impossible", reason });
  });

  test("that the gate denies leaves the order as it was", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    const result = desk.request({
      kind: "modify",
      clientOrderId: id,
      qty: lots(1_000),
      terms: BID.terms,
    });

    expect(result).toMatchObject({ kind: "denied", denial: { code: "orderSizeExceeded" } });
    expect(desk.order(id)).toMatchObject({ ...BID, change: null });
  });

  test("of a leg moves what the bracket wants", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, null) });
    const [stop] = desk.state.openOrders.values();
    if (stop === undefined) throw new Error("a stop");
    const { clientOrderId: id } = stop;

    const result = desk.request({
      kind: "modify",
      clientOrderId: id,
      qty: lots(7),
      terms: stopAt(26_490),
    });

    const note = "the size of a leg follows the position, so it stays at 1 lot";
    expect(result).toEqual({ kind: "accepted", clientOrderIds: [id], note });
    expect(desk.order(id)).toMatchObject({ qty: 1, terms: stopAt(26_490) });
    expect([...desk.state.brackets.values()]).toMatchObject([{ stopPrice: 26_490 }]);
  });
});

describe("a close", () => {
  const whole = { kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null } as const;

  test("of nothing is impossible", () => {
    const desk = new TestDesk();
    const never = desk.request(whole);
    desk.place();
    desk.request(whole);

    const closed = desk.request(whole);

    const reason = "PRACTICE-1 holds no MGC";
    expect(never).toEqual({ kind: "impossible", reason });
    expect(closed).toEqual({ kind: "impossible", reason });
  });

  test("of all lots goes on until it is done", () => {
    const desk = new TestDesk();
    desk.place({ side: "sell", qty: lots(3) });
    desk.answers = () => "hold";

    const result = desk.request(whole);

    expect(result).toEqual({ kind: "accepted", clientOrderIds: [], note: null });
    expect([...desk.state.enforcements.values()]).toMatchObject([
      { instrument: GOLD.id, keepQty: 0, cause: "person" },
    ]);
  });

  test("of some lots is an exit of the person who asked", () => {
    const desk = new TestDesk();
    desk.place({ side: "sell", qty: lots(3) });

    const result = desk.request({ ...whole, qty: lots(2) }, { by: "bob" });

    expect(result).toEqual({ kind: "accepted", clientOrderIds: ["k1-2"], note: null });
    expect(desk.order(clientOrderId("k1-2"))).toMatchObject({
      side: "buy",
      qty: 2,
      source: { kind: "person", name: "bob" },
      purpose: "exit",
      requestId: "R2",
      reduceOnly: true,
    });
    expect(desk.position()?.qty).toBe(-1);
  });

  test("of more than is held is denied", () => {
    const desk = new TestDesk();
    desk.place();

    const result = desk.request({ ...whole, qty: lots(2) });

    expect(result).toMatchObject({ kind: "denied", denial: { code: "reduceOnlyWouldIncrease" } });
  });
});

test("a flatten closes everything an account holds and works", () => {
  const desk = new TestDesk();
  desk.place({ qty: lots(2), bracket: aBracket() });
  desk.place(BID);

  const result = desk.request({ kind: "flatten", accountId: ACCOUNT });

  expect(result).toEqual({ kind: "accepted", clientOrderIds: [], note: null });
  expect([desk.position()?.qty, desk.state.openOrders.size]).toEqual([0, 0]);
  expect(desk.state.enforcements.size).toBe(0);
});

describe("a trading state", () => {
  test.each([
    {
      scope: { kind: "account", accountId: OTHER },
      reason: "no account OTHER is configured",
    },
    { scope: { kind: "bot", botId: botId("other") }, reason: "no bot other is configured" },
  ] as const)("of $scope.kind that nobody knows is impossible", ({ scope, reason }) => {
    const desk = new TestDesk();

    const facts = desk.factsOf(() =>
      desk.request({ kind: "setTradingState", scope, state: "halted" }),
    );

    expect(facts).toMatchObject([{ result: { kind: "impossible", reason } }]);
  });

  test.each([
    { state: "active", status: { kind: "running" } },
    { state: "reducing", status: { kind: "paused" } },
    { state: "halted", status: { kind: "halted", reason: "asked by ann" } },
  ] as const)("of a bot that is $state is its status", ({ state, status }) => {
    const desk = new TestDesk({
      session: { bots: [aBotConfig()] },
      parts: { strategies: STRATEGIES },
    });
    const scope = { kind: "bot", botId: BOT } as const;

    const facts = desk.factsOf(() => desk.request({ kind: "setTradingState", scope, state }));

    const reason = "asked by ann";
    expect(facts.slice(0, 2)).toEqual([
      { kind: "tradingStateChanged", scope, state, reason },
      { kind: "botStatusChanged", botId: BOT, status },
    ]);
    expect(desk.state.bots.get(BOT)?.status).toEqual(status);
  });

  test("that is active again lets entries through", () => {
    const desk = new TestDesk();
    const scope = { kind: "desk" } as const;
    desk.request({ kind: "setTradingState", scope, state: "halted" });
    const halted = desk.request(anEntry());

    desk.request({ kind: "setTradingState", scope, state: "active" });

    expect(halted).toMatchObject({ kind: "denied", denial: { code: "tradingHalted" } });
    expect(desk.request(anEntry()).kind).toBe("accepted");
  });
});

import { describe, expect, test } from "vitest";
import { fillId, venueOrderId } from "#core/domain/ids.ts";
import { epochMs, lots } from "#core/domain/units.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import { ACCOUNT, aBracket, aFill, limitAt, stopAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const BID = { terms: limitAt(26_400), qty: lots(2) } as const;
/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;

describe("a cancel", () => {
  test("that is confirmed ends the order", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    desk.request({ kind: "cancel", clientOrderId: id });

    expect(desk.order(id).status).toEqual({
      kind: "canceled",
      at: desk.now,
      reason: "canceled on request",
    });
  });

  test("does not undo a fill that is told after it", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    desk.report({
      kind: "canceled",
      clientOrderId: id,
      venueFilledQty: lots(1),
      reason: "asked",
    });
    const owing = [...desk.state.openOrders.keys()];
    desk.report({
      kind: "filled",
      clientOrderId: id,
      fill: aFill({ clientOrderId: id, fillId: fillId("F9") }),
    });

    expect(owing).toEqual([id]);
    expect(desk.state.openOrders.size).toBe(0);
    expect(desk.order(id)).toMatchObject({ status: { kind: "canceled" }, filledQty: 1 });
    expect(desk.position()?.qty).toBe(1);
  });

  test("that left fills untold is followed by a look for them", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    const step = desk.report({
      kind: "expired",
      clientOrderId: id,
      venueFilledQty: lots(1),
      reason: "day over",
    });

    expect(step.facts.map(({ kind }) => kind)).toEqual(["orderExpired"]);
    expect(step.commands).toEqual([{ kind: "setTimer", dueAt: desk.now + TIMEOUT }]);
    expect(looksIn(desk, TIMEOUT)).toBe(1);
  });

  test("that a larger count corrects is told again", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.request({ kind: "cancel", clientOrderId: id });

    const step = desk.report({
      kind: "canceled",
      clientOrderId: id,
      venueFilledQty: lots(1),
      reason: "corrected",
    });

    expect(step.facts.map(({ kind }) => kind)).toEqual(["orderCanceled"]);
    expect(desk.order(id)).toMatchObject({
      status: { kind: "canceled", reason: "canceled on request" },
      venueFilledQty: 1,
    });
    expect([...desk.state.openOrders.keys()]).toEqual([id]);
  });

  test("that loses against a fill leaves the order filled", () => {
    const desk = new TestDesk();
    const id = desk.place({ terms: limitAt(26_490) });
    desk.answers = () => "hold";
    desk.trade(26_489);
    desk.request({ kind: "cancel", clientOrderId: id });

    desk.answers = () => "tell";
    desk.tellHeld();

    expect(desk.order(id).status.kind).toBe("filled");
    expect(desk.facts.some(({ kind }) => kind === "findingRaised")).toBe(false);
  });

  test("that is refused stands until the venue's list shows what became of the order", () => {
    const desk = new TestDesk();
    const id = desk.place({ terms: limitAt(26_490) });
    desk.answers = (event) => (isFill(event) ? "lose" : "tell");
    desk.trade(26_489);

    const facts = desk.factsOf(() => desk.request({ kind: "cancel", clientOrderId: id }));

    expect(facts.map(({ kind }) => kind)).toEqual([
      "cancelRequested",
      "requestHandled",
      "findingRaised",
      "fillBooked",
      "protectionChanged",
    ]);
    expect(facts).toContainEqual({
      kind: "findingRaised",
      accountId: ACCOUNT,
      code: "cancelRefused",
      text: `order ${id} was not canceled: already filled`,
    });
    expect(desk.order(id).status.kind).toBe("filled");
  });

  test("that is refused of a working order is asked for again when its time is over", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.orders = ({ kind }) => (kind === "cancelOrder" ? "lose" : "send");
    desk.request({ kind: "cancel", clientOrderId: id });
    desk.report({ kind: "cancelRejected", clientOrderId: id, reason: "busy" });
    desk.request({ kind: "cancel", clientOrderId: id });
    const asked = canceledBy(desk).length;

    desk.orders = () => "send";
    desk.advance(TIMEOUT);

    expect(asked).toBe(1);
    expect(desk.facts).toContainEqual({
      kind: "cancelRejected",
      clientOrderId: id,
      reason: "the venue shows no trace of it",
    });
    expect(canceledBy(desk)).toHaveLength(2);
    expect(desk.order(id).status.kind).toBe("canceled");
  });

  test("that was promised before a crash and never sent is sent after it", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.orders = ({ kind }) => (kind === "cancelOrder" ? "lose" : "send");
    const promised = desk.request({ kind: "cancel", clientOrderId: id });
    desk.orders = () => "send";

    desk.restart();
    desk.advance(2 * TIMEOUT);

    expect(promised).toMatchObject({ kind: "accepted" });
    expect(desk.order(id).status.kind).toBe("canceled");
  });

  test("that nobody asked for cannot be refused", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    const gone = desk.place();

    const facts = [id, gone].flatMap(
      (one) => desk.report({ kind: "cancelRejected", clientOrderId: one, reason: "unknown" }).facts,
    );

    expect(facts).toEqual([]);
  });

  test("of an order that was never answered keeps being looked after", () => {
    const desk = deskWithLostAnswers();
    desk.orders = ({ kind }) => (kind === "submitOrder" ? "lose" : "send");
    const id = desk.place(BID);
    desk.advance(100);
    desk.request({ kind: "cancel", clientOrderId: id });
    desk.report({ kind: "cancelRejected", clientOrderId: id, reason: "unknown order" });

    desk.answers = () => "tell";
    desk.advance(3 * TIMEOUT);

    expect(desk.order(id).status).toMatchObject({
      kind: "canceled",
      reason: "never arrived at the venue",
    });
  });

  test("whose answer is lost is found out by a look", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.answers = () => "lose";
    desk.request({ kind: "cancel", clientOrderId: id });
    desk.answers = () => "tell";

    desk.advance(TIMEOUT);

    expect(desk.order(id).status).toEqual({
      kind: "canceled",
      at: desk.now,
      reason: "the venue lists it as canceled",
    });
  });

  test("outlives the late acceptance of its order", () => {
    const desk = deskWithLostAnswers();
    desk.orders = ({ kind }) => (kind === "cancelOrder" ? "lose" : "send");
    const id = desk.place(BID);
    desk.request({ kind: "cancel", clientOrderId: id });

    desk.report({ kind: "accepted", clientOrderId: id, venueOrderId: venueOrderId("O1") });
    desk.answers = () => "tell";
    desk.advance(TIMEOUT);

    expect(desk.facts).toContainEqual({
      kind: "cancelRejected",
      clientOrderId: id,
      reason: "the venue shows no trace of it",
    });
  });
});

describe("a change", () => {
  test("holds once the venue has made it", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: limitAt(26_410) });

    expect(desk.order(id)).toMatchObject({ qty: 1, terms: limitAt(26_410), change: null });
  });

  test("that the venue refuses leaves the order as it was", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.answers = () => "lose";
    desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: limitAt(26_410) });

    const step = desk.report({ kind: "modifyRejected", clientOrderId: id, reason: "busy" });
    const again = desk.report({ kind: "modifyRejected", clientOrderId: id, reason: "busy" });

    expect(step.facts).toEqual([{ kind: "modifyRejected", clientOrderId: id, reason: "busy" }]);
    expect(step.commands.map(({ kind }) => kind)).toContain("requestSnapshot");
    expect(desk.order(id)).toMatchObject({ ...BID, change: null });
    expect(again.facts).toEqual([]);
  });

  test("that nobody here asked for is looked up before it is believed", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    const change = { clientOrderId: id, qty: lots(1), terms: limitAt(26_390) };
    desk.venue.handle(
      { kind: "modifyOrder", accountId: ACCOUNT, venueOrderId: null, ...change },
      desk.now,
    );

    desk.advance(0);
    const before = desk.order(id).terms;
    desk.advance(TIMEOUT);

    expect(before).toEqual(BID.terms);
    expect(desk.order(id)).toMatchObject({ qty: 1, terms: limitAt(26_390) });
  });

  test("that is confirmed is not undone by a list that may be older, but by one that is not", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    const { orders } = desk.venue.snapshot(ACCOUNT, epochMs(0), desk.now);
    desk.advance(10);
    desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: limitAt(26_410) });

    const old = desk.list({ orders });
    desk.answers = () => "lose";
    const commands = desk.commandsOf(() => desk.advance(TIMEOUT));
    const after = desk.order(id);
    desk.list({ orders });

    expect(old.facts.map(({ kind }) => kind)).toEqual(["accountReadyChanged"]);
    expect(commands.map(({ kind }) => kind)).toContain("requestSnapshot");
    expect(after).toMatchObject({ qty: 1, terms: limitAt(26_410) });
    expect(desk.order(id)).toMatchObject(BID);
  });

  test("of a stop that is confirmed stays where it is, whatever an older list says", () => {
    const desk = new TestDesk();
    const entry = desk.place({ bracket: aBracket(20, null) });
    const { orders, positions } = desk.venue.snapshot(ACCOUNT, epochMs(0), desk.now);
    desk.advance(TIMEOUT);
    const stop = desk.state.brackets.get(entry)?.stopLossId ?? entry;
    desk.request({ kind: "modify", clientOrderId: stop, qty: lots(1), terms: stopAt(26_490) });

    desk.list({ orders, positions });

    expect(desk.order(stop).terms).toEqual(stopAt(26_490));
    expect(desk.state.brackets.get(entry)?.stopPrice).toBe(26_490);
  });

  test("to an order that has ended means nothing", () => {
    const desk = new TestDesk();
    const id = desk.place();
    const terms = limitAt(26_410);

    const step = desk.report({ kind: "modified", clientOrderId: id, qty: lots(9), terms });

    expect([step.facts, step.commands]).toEqual([[], []]);
  });

  test("whose answer is lost is found out by a look", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.answers = () => "lose";
    desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: limitAt(26_410) });
    desk.answers = () => "tell";

    desk.advance(TIMEOUT);

    expect(desk.order(id)).toMatchObject({ qty: 1, terms: limitAt(26_410), change: null });
    expect(desk.facts.some(({ kind }) => kind === "modifyRejected")).toBe(false);
  });

  test("that never reached the venue is given up when a list proves it", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.orders = ({ kind }) => (kind === "modifyOrder" ? "lose" : "send");
    desk.request({ kind: "modify", clientOrderId: id, qty: lots(1), terms: limitAt(26_410) });

    desk.reconcile();
    const early = desk.order(id).change?.kind;
    desk.advance(TIMEOUT);

    expect(early).toBe("modify");
    expect(desk.order(id)).toMatchObject({ ...BID, change: null });
  });
});

function deskWithLostAnswers(): TestDesk {
  const desk = new TestDesk();
  desk.answers = () => "lose";
  return desk;
}

function canceledBy(desk: TestDesk): readonly string[] {
  return desk.commands.flatMap((one) => (one.kind === "cancelOrder" ? [one.clientOrderId] : []));
}

function isFill(event: VenueEvent): boolean {
  return event.kind === "orderReported" && event.report.kind === "filled";
}

/** How often the desk asks for the venue's truth in some time. */
function looksIn(desk: TestDesk, ms: number): number {
  const commands = desk.commandsOf(() => desk.advance(ms));
  return commands.filter(({ kind }) => kind === "requestSnapshot").length;
}

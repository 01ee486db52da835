import { describe, expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import { venueOrderId } from "#core/domain/ids.ts";
import type { Order } from "#core/domain/order.ts";
import type { VenueOrder } from "#core/domain/report.ts";
import { epochMs, lots } from "#core/domain/units.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import { ACCOUNT, aBracket, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const BID = { terms: limitAt(26_400), qty: lots(2) } as const;
/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;

describe("what the venue did while nobody heard it", () => {
  test("a fill is booked and its legs are placed", () => {
    const desk = new TestDesk();
    desk.answers = (event) => (isFill(event) ? "lose" : "tell");
    const id = desk.place({ bracket: aBracket(20, null) });

    desk.reconcile();

    expect(desk.order(id)).toMatchObject({ status: { kind: "filled" }, filledQty: 1 });
    expect(desk.position()?.qty).toBe(1);
    expect(desk.state.brackets.get(id)).toMatchObject({ stopPrice: 26_481, openQty: 1 });
    expect(findings(desk.facts)).toEqual([]);
  });

  test.each([
    { state: "canceled", status: { kind: "canceled", reason: "the venue lists it as canceled" } },
    { state: "expired", status: { kind: "expired", reason: "the venue lists it as expired" } },
  ] as const)("an order that is $state there is over here", ({ state, status }) => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    desk.list({ orders: [seen(desk.order(id), { state })] });

    expect(desk.order(id).status).toEqual({ ...status, at: desk.now });
  });

  test.each([
    { state: "working", kinds: ["orderAccepted"], status: "working" },
    { state: "rejected", kinds: ["orderRejected"], status: "rejected" },
    { state: "canceled", kinds: ["orderAccepted", "orderCanceled"], status: "canceled" },
    { state: "expired", kinds: ["orderAccepted", "orderExpired"], status: "expired" },
  ] as const)("an unanswered order is $state if the list says so", ({ state, kinds, status }) => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);

    const facts = desk.list({ orders: [seen(desk.order(id), { state })] }).facts;

    expect(facts.map(({ kind }) => kind).slice(0, kinds.length)).toEqual(kinds);
    expect(desk.order(id).status.kind).toBe(status);
  });

  test("an order that was accepted and then rejected is over", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    desk.list({ orders: [seen(desk.order(id), { state: "rejected" })] });

    expect(desk.order(id).status).toEqual({
      kind: "canceled",
      at: desk.now,
      reason: "the venue lists it as rejected",
    });
  });

  test.each(["canceled", "rejected"] as const)("a leg that was %s there is replaced", (state) => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, null) });
    const [stop] = desk.state.openOrders.values();
    if (stop === undefined) throw new Error("a stop");
    const { positions } = desk.venue.snapshot(ACCOUNT, desk.now, desk.now);

    desk.list({ orders: [seen(stop, { state })], positions });

    expect([...desk.state.brackets.values()]).toMatchObject([
      { stopFailures: 1, stopLossId: "k1-3" },
    ]);
  });

  test("changes nothing when it is told twice", () => {
    const desk = new TestDesk();
    desk.answers = () => "lose";
    desk.place({ bracket: aBracket(20, 40) });
    desk.place(BID);
    desk.advance(TIMEOUT);
    desk.answers = () => "tell";
    const snapshot = desk.venue.snapshot(ACCOUNT, epochMs(0), desk.now);
    const event = { kind: "accountReported", at: desk.now, snapshot } as const;
    desk.apply(event);

    expect(desk.apply(event).facts).toEqual([]);
  });
});

describe("an order that the list does not hold", () => {
  test("never arrived, once the list is late enough to prove it", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);
    desk.advance(TIMEOUT - 1);

    desk.list();
    const early = desk.order(id).status.kind;
    desk.advance(1);
    const { facts } = desk.list();

    expect(early).toBe("inFlight");
    // It became unconfirmed now: the proof takes as long again.
    expect(facts.map(({ kind }) => kind)).toEqual(["accountReadyChanged"]);
    desk.advance(TIMEOUT);
    expect(desk.list().facts.slice(0, 2)).toEqual([
      {
        kind: "orderCanceled",
        clientOrderId: id,
        at: desk.now,
        venueFilledQty: 0,
        reason: "never arrived at the venue",
      },
      {
        kind: "findingRaised",
        accountId: ACCOUNT,
        code: "orderMissing",
        text: `order ${id} never arrived at the venue`,
      },
    ]);
  });

  test("is not gone if it may have been sent after the list was made", () => {
    const desk = new TestDesk();
    const listedAt = desk.now;
    desk.advance(100);
    const id = desk.place(BID);

    const facts = desk.list({ asOf: listedAt }).facts;

    expect(facts).toEqual([]);
    expect(desk.order(id).status.kind).toBe("working");
  });

  test("is gone when it was sent long before the list was made", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    // A limit order may have waited a minute in the queue.
    desk.advance(60_000 + TIMEOUT - 1);
    desk.list();
    const early = desk.order(id).status.kind;

    desk.advance(1);
    desk.list();

    expect(early).toBe("working");
    expect(desk.order(id).status).toMatchObject({
      kind: "canceled",
      reason: "gone from the venue",
    });
  });

  test("is looked for again when the list was too early", () => {
    const desk = new TestDesk();
    desk.place({ ...BID, terms: limitAt(26_300) });
    desk.list();
    const before = looks(desk);

    desk.advance(60_000 + TIMEOUT - 1);
    const early = looks(desk);
    desk.advance(1);

    expect([early - before, looks(desk) - before]).toEqual([0, 1]);
  });

  test("waits in our queue as long as it may", () => {
    const desk = new TestDesk({ session: { queue: { ...throttled(), burst: 1 } } });
    desk.place(BID);
    const waiting = desk.place({ ...BID, terms: limitAt(26_300) });

    desk.advance(500);
    desk.list({ asOf: epochMs(desk.now + 600_000) });

    expect(desk.order(waiting).status.kind).toBe("queued");
  });

  test("is known by its venue id as well", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.advance(100_000);

    desk.list({ orders: [{ ...seen(desk.order(id)), clientOrderId: null }] });

    expect(desk.order(id).status.kind).toBe("working");
  });
});

function throttled() {
  const ttl = 60_000 as never;
  return { capacity: 9, perSecond: 1, burst: 1, marketTtl: ttl, limitTtl: ttl };
}

function seen(order: Order, overrides: Partial<VenueOrder> = {}): VenueOrder {
  const { clientOrderId: id, instrument, side, qty, filledQty, terms, reduceOnly } = order;
  return {
    clientOrderId: id,
    venueOrderId: order.venueOrderId ?? venueOrderId("O9"),
    instrument,
    side,
    qty,
    filledQty,
    terms,
    reduceOnly,
    state: "working",
    ...overrides,
  };
}

function deskWithLostAnswers(): TestDesk {
  const desk = new TestDesk();
  desk.answers = () => "lose";
  return desk;
}

function findings(facts: readonly Fact[]): readonly string[] {
  return facts.flatMap((fact) => (fact.kind === "findingRaised" ? [fact.code] : []));
}

function looks(desk: TestDesk): number {
  return desk.commands.filter(({ kind }) => kind === "requestSnapshot").length;
}

function isFill(event: VenueEvent): boolean {
  return event.kind === "orderReported" && event.report.kind === "filled";
}

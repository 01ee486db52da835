import { describe, expect, test } from "vitest";
import type { ClientOrderId } from "#core/domain/ids.ts";
import { venueOrderId } from "#core/domain/ids.ts";
import type { VenueOrder } from "#core/domain/report.ts";
import { type EpochMs, epochMs, lots } from "#core/domain/units.ts";
import { ACCOUNT, aFill, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const BID = { terms: limitAt(26_400), qty: lots(2) } as const;
/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;

describe("an order that has ended here and works there", () => {
  test("counts again and is canceled", () => {
    const { desk, id } = deskWithCanceledBid();

    const facts = desk.factsOf(() => desk.list({ orders: [listed(desk, id)] }));

    expect(facts.slice(0, 2)).toMatchObject([
      {
        kind: "orderAdopted",
        order: { clientOrderId: id, status: { kind: "unconfirmed" }, change: null },
      },
      { kind: "cancelRequested", clientOrderId: id },
    ]);
    expect(desk.commands.filter(({ kind }) => kind === "cancelOrder")).toHaveLength(2);
    expect(desk.state.closedOrders.size).toBe(0);
    expect(desk.order(id)).toMatchObject({
      status: { kind: "working" },
      change: { kind: "cancel", since: desk.now },
    });
  });

  test("works until its cancel is answered, whatever is said of it meanwhile", () => {
    const { desk, id } = deskWithCanceledBid();
    desk.report({ kind: "accepted", clientOrderId: id, venueOrderId: venueOrderId("O1") });
    const unknown = desk.order(id).status.kind;
    desk.list({ orders: [listed(desk, id)] });
    desk.restart();

    desk.report({ kind: "accepted", clientOrderId: id, venueOrderId: venueOrderId("O1") });

    expect([unknown, desk.order(id).status.kind]).toEqual(["canceled", "working"]);
    expect(desk.order(id).change?.kind).toBe("cancel");
  });

  test("has ended after all if the list may have been made before", () => {
    const { desk, id } = deskWithCanceledBid();
    const asOf = epochMs(desk.now - 1);

    const facts = desk.factsOf(() => desk.list({ asOf, orders: [listed(desk, id)] }));

    expect(facts.map(({ kind }) => kind)).toEqual(["accountReadyChanged"]);
    expect(desk.state.openOrders.size).toBe(0);
    expect(desk.commandsOf(() => desk.advance(TIMEOUT))).toMatchObject([
      { kind: "requestSnapshot" },
      { kind: "setTimer" },
    ]);
  });
});

describe("fills that an ended order owes", () => {
  test("are asked for until they come", () => {
    const { desk, id } = deskOwingOneLot();
    desk.advance(TIMEOUT);
    desk.list({ orders: [listed(desk, id, { state: "canceled", filledQty: lots(1) })] });
    const owing = desk.state.openOrders.size;

    const commands = desk.commandsOf(() => desk.advance(TIMEOUT));
    const fill = aFill({ clientOrderId: id, at: desk.now });
    desk.list({
      fills: [fill],
      positions: desk.venue.snapshot(ACCOUNT, desk.now, desk.now).positions,
    });

    expect(owing).toBe(1);
    expect(commands.map(({ kind }) => kind)).toEqual(["requestSnapshot", "setTimer"]);
    expect(desk.state.openOrders.size).toBe(0);
    expect(desk.order(id)).toMatchObject({ status: { kind: "canceled" }, filledQty: 1 });
  });

  test.each([
    { name: "holds the order without them", isListed: true },
    { name: "does not hold the order", isListed: false },
  ])("are let go when a list that is late enough $name", ({ isListed }) => {
    const { desk, id, endedAt } = deskOwingOneLot();
    const orders = isListed ? [listed(desk, id, { state: "canceled" })] : [];
    desk.list({ orders, asOf: epochMs(endedAt + TIMEOUT - 1) });
    const early = desk.state.openOrders.size;

    const facts = desk.factsOf(() => desk.list({ orders, asOf: epochMs(endedAt + TIMEOUT) }));

    expect(early).toBe(1);
    expect(facts.slice(0, 2)).toEqual([
      {
        kind: "orderCanceled",
        clientOrderId: id,
        at: desk.now,
        venueFilledQty: 0,
        reason: "has no such fills",
      },
      {
        kind: "findingRaised",
        accountId: ACCOUNT,
        code: "orderMissing",
        text: `order ${id} has no such fills`,
      },
    ]);
    expect(desk.state.openOrders.size).toBe(0);
    expect(desk.order(id).status).toMatchObject({ kind: "canceled", reason: "asked" });
  });

  test("of an order found filled are owed as well", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    desk.list({ orders: [listed(desk, id, { state: "filled", filledQty: lots(2) })] });

    expect(desk.order(id)).toMatchObject({
      status: { kind: "canceled", reason: "the venue lists it as filled" },
      filledQty: 0,
      venueFilledQty: 2,
    });
    expect(desk.state.openOrders.size).toBe(1);
  });
});

/** A bid that was canceled, a moment ago; the venue's answers are lost from then on. */
function deskWithCanceledBid(): { readonly desk: TestDesk; readonly id: ClientOrderId } {
  const desk = new TestDesk();
  const id = desk.place(BID);
  desk.request({ kind: "cancel", clientOrderId: id });
  desk.answers = () => "lose";
  // Until then a list may be older than the end.
  desk.advance(TIMEOUT);
  return { desk, id };
}

function deskOwingOneLot(): {
  readonly desk: TestDesk;
  readonly id: ClientOrderId;
  readonly endedAt: EpochMs;
} {
  const desk = new TestDesk();
  const id = desk.place(BID);
  desk.answers = () => "lose";
  desk.report({ kind: "canceled", clientOrderId: id, venueFilledQty: lots(1), reason: "asked" });
  return { desk, id, endedAt: desk.now };
}

function listed(
  desk: TestDesk,
  id: ClientOrderId,
  overrides: Partial<VenueOrder> = {},
): VenueOrder {
  const { instrument, side, qty, filledQty, terms, reduceOnly } = desk.order(id);
  const shape = { instrument, side, qty, filledQty, terms, reduceOnly, state: "working" } as const;
  return { ...shape, clientOrderId: id, venueOrderId: venueOrderId("O1"), ...overrides };
}

import { describe, expect, test } from "vitest";
import { CLOSED_ORDERS_KEPT, emptyState, findOrder } from "#core/desk/state.ts";
import { clientOrderId, venueOrderId } from "#core/domain/ids.ts";
import { type Order, type OrderStatus, type PendingChange, openQty } from "#core/domain/order.ts";
import { epochMs, lots } from "#core/domain/units.ts";
import { aFill, anOrder, limitAt } from "#test/kit/builders.ts";
import { afterFact, evolveOrder } from "./evolve-order.ts";

type OrderChange = Parameters<typeof afterFact>[1];

const id = anOrder().clientOrderId;
const at = epochMs(500);
const since = epochMs(400);

const CANCEL: PendingChange = { kind: "cancel", since, mayBeQty: lots(2) };
const MODIFY: PendingChange = { kind: "modify", since, qty: lots(3), terms: limitAt(90) };

const submitted = factOf("orderSubmitted", { at });
const accepted = factOf("orderAccepted", { venueOrderId: venueOrderId("O1") });
const rejected = factOf("orderRejected", { at, reason: "no" });
const unconfirmed = factOf("orderUnconfirmed", { at, reason: "silence" });
const cancelRequested = factOf("cancelRequested", { at });
const cancelRejected = factOf("cancelRejected", { reason: "late" });
const modifyRequested = factOf("modifyRequested", { at, qty: lots(3), terms: limitAt(90) });
const modified = factOf("orderModified", { qty: lots(3), terms: limitAt(90) });
const modifyRejected = factOf("modifyRejected", { reason: "no" });

function canceled(filled: number): OrderChange {
  return factOf("orderCanceled", { at, venueFilledQty: lots(filled), reason: "asked" });
}

function expired(filled: number): OrderChange {
  return factOf("orderExpired", { at, venueFilledQty: lots(filled), reason: "day over" });
}

function filled(qty: number): OrderChange {
  const fill = aFill({ qty: lots(qty), at });
  return {
    kind: "fillBooked",
    fill,
    tradingDay: "2026-03-11" as never,
    owner: { kind: "desk" },
    grossPnl: 0n as never,
    position: undefined as never,
    roundTrip: null,
  };
}

const QUEUED: OrderStatus = { kind: "queued" };
const IN_FLIGHT: OrderStatus = { kind: "inFlight", since };
const UNCONFIRMED: OrderStatus = { kind: "unconfirmed", since };
const WORKING: OrderStatus = { kind: "working" };
const FILLED: OrderStatus = { kind: "filled", at: since };
const CANCELED: OrderStatus = { kind: "canceled", at: since, reason: "before" };
const EXPIRED: OrderStatus = { kind: "expired", at: since, reason: "before" };
const REJECTED: OrderStatus = { kind: "rejected", at: since, reason: "before" };

describe("an order of two lots", () => {
  test.each<{
    name: string;
    before: Partial<Order>;
    fact: OrderChange;
    after: Partial<Order>;
  }>([
    {
      name: "is in flight once it is sent",
      before: { status: QUEUED },
      fact: submitted,
      after: { status: { kind: "inFlight", since: at } },
    },
    {
      name: "works once it is accepted",
      before: { status: IN_FLIGHT },
      fact: accepted,
      after: { status: WORKING, venueOrderId: venueOrderId("O1") },
    },
    {
      name: "works when it is accepted after silence",
      before: { status: UNCONFIRMED },
      fact: accepted,
      after: { status: WORKING, venueOrderId: venueOrderId("O1") },
    },
    {
      name: "works when it is accepted, a cancel on its way or not",
      before: { status: IN_FLIGHT, change: CANCEL },
      fact: accepted,
      after: { status: WORKING, venueOrderId: venueOrderId("O1") },
    },
    {
      name: "learns its venue id late and stays filled",
      before: { status: FILLED, filledQty: lots(2), venueFilledQty: lots(2) },
      fact: accepted,
      after: { venueOrderId: venueOrderId("O1") },
    },
    {
      name: "learns its venue id late and stays canceled",
      before: { status: CANCELED },
      fact: accepted,
      after: { venueOrderId: venueOrderId("O1") },
    },
    {
      name: "ends when it is rejected, and what was asked of it with it",
      before: { status: IN_FLIGHT, change: CANCEL },
      fact: rejected,
      after: { status: { kind: "rejected", at, reason: "no" }, change: null },
    },
    {
      name: "may exist when no answer could be read",
      before: { status: IN_FLIGHT },
      fact: unconfirmed,
      after: { status: { kind: "unconfirmed", since: at } },
    },
    {
      name: "waits for the answer to a cancel",
      before: {},
      fact: cancelRequested,
      after: { change: { kind: "cancel", since: at, mayBeQty: lots(2) } },
    },
    {
      name: "is asked to be canceled instead of changed",
      before: { change: MODIFY },
      fact: cancelRequested,
      after: { change: { kind: "cancel", since: at, mayBeQty: lots(3) } },
    },
    {
      name: "waits for the answer to a change",
      before: {},
      fact: modifyRequested,
      after: { change: { kind: "modify", since: at, qty: lots(3), terms: limitAt(90) } },
    },
    {
      name: "is what it was changed to",
      before: { change: MODIFY },
      fact: modified,
      after: { qty: lots(3), terms: limitAt(90), change: null, changedAt: MODIFY.since },
    },
    {
      name: "is changed and still waits for its cancel",
      before: { change: CANCEL },
      fact: modified,
      after: { qty: lots(3), terms: limitAt(90) },
    },
    {
      name: "goes on when its cancel is refused",
      before: { change: CANCEL },
      fact: cancelRejected,
      after: { change: null },
    },
    {
      name: "goes on waiting for a change when an old cancel is refused",
      before: { change: MODIFY },
      fact: cancelRejected,
      after: {},
    },
    {
      name: "goes on unchanged when its change is refused",
      before: { change: MODIFY },
      fact: modifyRejected,
      after: { change: null },
    },
    {
      name: "goes on waiting for its cancel when an old change is refused",
      before: { change: CANCEL },
      fact: modifyRejected,
      after: {},
    },
    {
      name: "goes on working when it fills in part",
      before: { change: CANCEL },
      fact: filled(1),
      after: { filledQty: lots(1), venueFilledQty: lots(1) },
    },
    {
      name: "works when it fills in part before it was accepted",
      before: { status: IN_FLIGHT },
      fact: filled(1),
      after: { status: WORKING, filledQty: lots(1), venueFilledQty: lots(1) },
    },
    {
      name: "is filled when nothing is left, whatever was asked of it",
      before: { change: CANCEL, filledQty: lots(1), venueFilledQty: lots(1) },
      fact: filled(1),
      after: {
        status: { kind: "filled", at },
        filledQty: lots(2),
        venueFilledQty: lots(2),
        change: null,
      },
    },
    {
      name: "is filled by more than was asked for",
      before: {},
      fact: filled(3),
      after: { status: { kind: "filled", at }, filledQty: lots(3), venueFilledQty: lots(3) },
    },
    {
      name: "stays canceled when a fill comes late, and the fill counts",
      before: { status: CANCELED, venueFilledQty: lots(1) },
      fact: filled(1),
      after: { filledQty: lots(1) },
    },
    {
      name: "is filled after all when all of it filled before its cancel",
      before: { status: CANCELED, filledQty: lots(1), venueFilledQty: lots(2) },
      fact: filled(1),
      after: { status: { kind: "filled", at }, filledQty: lots(2) },
    },
    {
      name: "counts a fill although the venue had rejected it",
      before: { status: REJECTED },
      fact: filled(1),
      after: { filledQty: lots(1), venueFilledQty: lots(1) },
    },
    {
      name: "ends canceled, owing the fills that the venue counted",
      before: { change: CANCEL, filledQty: lots(1), venueFilledQty: lots(1) },
      fact: canceled(2),
      after: {
        status: { kind: "canceled", at, reason: "asked" },
        venueFilledQty: lots(2),
        change: null,
      },
    },
    {
      name: "ends expired, with what it had filled",
      before: { change: MODIFY, filledQty: lots(1), venueFilledQty: lots(1) },
      fact: expired(0),
      after: { status: { kind: "expired", at, reason: "day over" }, change: null },
    },
    {
      name: "ends once: a second end corrects the count of the first",
      before: { status: EXPIRED },
      fact: canceled(1),
      after: { venueFilledQty: lots(1) },
    },
    {
      name: "is let go when nobody knows the fills it owes",
      before: { status: CANCELED, filledQty: lots(1), venueFilledQty: lots(2) },
      fact: canceled(1),
      after: { venueFilledQty: lots(1) },
    },
    {
      name: "stays filled when an end is told after it",
      before: { status: FILLED, filledQty: lots(2), venueFilledQty: lots(2) },
      fact: canceled(2),
      after: {},
    },
  ])("$name", ({ before, fact, after }) => {
    const order = anOrder({ qty: lots(2), ...before });

    expect(afterFact(order, fact)).toEqual({ ...order, ...after });
  });
});

test.each<{ name: string; order: Partial<Order>; open: number }>([
  { name: "what has not filled", order: { filledQty: lots(1) }, open: 2 },
  { name: "all of it while it is unknown", order: { status: UNCONFIRMED }, open: 3 },
  { name: "nothing once it is canceled", order: { status: CANCELED }, open: 0 },
  {
    name: "what the venue counted and has not told, once it is canceled",
    order: { status: CANCELED, filledQty: lots(1), venueFilledQty: lots(2) },
    open: 1,
  },
])("of three lots may still fill $name", ({ order, open }) => {
  expect(openQty(anOrder({ qty: lots(3), ...order }))).toBe(open);
});

describe("the orders of a desk", () => {
  test("keep one that ended and owes fills among the open ones", () => {
    const state = emptyState();
    evolveOrder(state, { kind: "orderAdopted", order: anOrder({ qty: lots(2) }) });

    evolveOrder(state, canceled(1));

    expect([...state.openOrders.keys()]).toEqual([id]);
    expect(state.closedOrders.size).toBe(0);

    evolveOrder(state, filled(1));

    expect(state.openOrders.size).toBe(0);
    expect([...state.closedOrders.keys()]).toEqual([id]);
  });

  test("open one again that was found after its end", () => {
    const state = emptyState();
    evolveOrder(state, { kind: "orderAdopted", order: anOrder() });
    evolveOrder(state, canceled(0));

    evolveOrder(state, { kind: "orderAdopted", order: anOrder() });

    expect(state.closedOrders.size).toBe(0);
    expect(findOrder(state, id)).toEqual(anOrder());
  });

  test(`forget the oldest of more than ${CLOSED_ORDERS_KEPT} that ended`, () => {
    const state = emptyState();
    for (let number = 1; number <= CLOSED_ORDERS_KEPT + 2; number += 1) {
      const clientOrderIdOf = clientOrderId(`k1-${number}`);
      const order = anOrder({ clientOrderId: clientOrderIdOf });
      evolveOrder(state, { kind: "orderAdopted", order });
      evolveOrder(state, { ...canceled(0), clientOrderId: clientOrderIdOf } as OrderChange);
    }

    expect(state.closedOrders.size).toBe(CLOSED_ORDERS_KEPT);
    expect(state.closedOrders.keys().next().value).toBe("k1-3");
  });

  test("know every order that a fact names", () => {
    expect(() => evolveOrder(emptyState(), { ...accepted })).toThrow(
      "a fact names a known order, found k1-1",
    );
  });
});

function factOf<K extends OrderChange["kind"]>(
  kind: K,
  rest: Omit<Extract<OrderChange, { kind: K }>, "kind" | "clientOrderId">,
): OrderChange {
  return { kind, clientOrderId: id, ...rest } as unknown as OrderChange;
}

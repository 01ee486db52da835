import { expect, test } from "vitest";
import type { RequestResult } from "#core/desk/request.ts";
import { clientOrderId, requestId } from "#core/domain/ids.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import { epochMs } from "#core/domain/units.ts";
import type { AuditedOrder } from "#ports/venue-lines.ts";
import type { DecodedRecord } from "#runtime/recovery.ts";
import { ACCOUNT, OPENING, aFill, anEntry, anOrder } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import type { Asked } from "./desk-asker.ts";
import { cancelsLost, judge, legsDoubled } from "./judge.ts";

const NOTHING = { lost: [], doubled: [], strangers: [], lockoutsLost: [] };

test("a session in which everything happened as promised is clean", () => {
  const desk = new TestDesk();
  const asked = [ask(desk, "R1")];

  const verdict = judge({ ...of(desk), asked, sightings: [] });

  expect(verdict).toMatchObject(NOTHING);
});

test("a promise that no record holds is lost", () => {
  const desk = new TestDesk();
  const promised = { ...ask(desk, "R1"), id: "R2" };

  const { lost } = judge({ ...of(desk), asked: [promised], sightings: [] });

  expect(lost).toEqual(["R2 was accepted and is in no record"]);
});

test("an order that was accepted, never came to the venue and never ended is lost", () => {
  const desk = new TestDesk();
  const asked = [ask(desk, "R1")];

  const { lost } = judge({ ...of(desk), asked, sightings: [], venue: venueOf([], 0) });

  expect(lost).toEqual(["R1: order k1-1 neither came to the venue nor ended"]);
});

test("a close-down that is still going on is lost", () => {
  const desk = new TestDesk();
  ask(desk, "R1");
  desk.answers = () => "lose";
  const answer = desk.request({ kind: "flatten", accountId: ACCOUNT }, { id: "R2" });
  const flatten = { id: "R2", request: { kind: "flatten", accountId: ACCOUNT }, answer } as const;

  const { lost } = judge({ ...of(desk), asked: [flatten], sightings: [] });

  expect(lost).toEqual(["R2: close-down e1 did not end"]);
});

test("an order that came to the venue twice is doubled", () => {
  const desk = new TestDesk();
  ask(desk, "R1");
  const { venue, ...rest } = of(desk);
  const orders = venue.orders.map((order) => ({ ...order, received: 2 }));

  const { doubled } = judge({ ...rest, asked: [], sightings: [], venue: { ...venue, orders } });

  expect(doubled).toEqual(["k1-1 came to the venue 2 times"]);
});

test("one request that became two orders at the venue is doubled", () => {
  const orders = ["k1-1", "k2-2"].map(clientOrderId);
  const records = orders.map((id, index) =>
    recordOf(index + 1, [
      {
        kind: "orderApproved",
        order: anOrder({
          clientOrderId: id,
          requestId: requestId("R1"),
          status: { kind: "queued" },
        }),
      },
      { kind: "orderSubmitted", clientOrderId: id, at: OPENING },
    ]),
  );

  const { doubled } = judge({ records, asked: [], sightings: [], venue: venueOf(orders, 0) });

  expect(doubled).toEqual(["request R1 became k1-1 and k2-2"]);
});

test("orders and fills that the venue saw and no record tells are found", () => {
  const venue = venueOf([clientOrderId("k1-1")], 1);

  const { strangers } = judge({ records: [], asked: [], sightings: [], venue });

  expect(strangers).toEqual([
    "k1-1 came to the venue and no record says it was sent",
    "the venue made 1 fills, 0 are booked",
  ]);
});

test("a fill that is booked twice is found", () => {
  const desk = new TestDesk();
  ask(desk, "R1");
  const { records, ...rest } = of(desk);
  const booked = records.find(({ facts }) => facts.some(({ kind }) => kind === "fillBooked"));
  const twice = booked === undefined ? records : [...records, booked];

  const { strangers } = judge({ ...rest, records: twice, asked: [], sightings: [] });

  expect(strangers).toEqual([`fill ${ACCOUNT} ${aFill().fillId} was booked twice`]);
});

test.each([
  ["is still there", ["L1"], OPENING + 1, []],
  ["has ended in time", [], OPENING + 1_000, []],
  ["is gone before its time", [], OPENING + 999, ["L1 was gone at event 3"]],
])("a lockout that %s", (_name, lockouts, at, lockoutsLost) => {
  const records = [
    recordOf(1, [{ kind: "accountLocked", lockout: LOCKOUT }]),
    { ...recordOf(2, []), event: { kind: "deskStarted", at: OPENING, epoch: 2 } as const },
  ];
  const sightings = [{ at: epochMs(at), seq: 3, lockouts }];

  const verdict = judge({ records, asked: [], sightings, venue: venueOf([], 0) });

  expect(verdict.lockoutsLost).toEqual(lockoutsLost);
});

test("a lockout that ends early or lets an entry out is lost", () => {
  const id = clientOrderId("k1-1");
  const records = [
    recordOf(1, [
      { kind: "accountLocked", lockout: LOCKOUT },
      { kind: "orderApproved", order: anOrder({ clientOrderId: id, status: { kind: "queued" } }) },
      { kind: "orderSubmitted", clientOrderId: id, at: OPENING },
      { kind: "lockoutEnded", lockoutId: "L1", at: OPENING, by: "time" },
    ]),
  ];

  const { lockoutsLost } = judge({ records, asked: [], sightings: [], venue: venueOf([id], 0) });

  expect(lockoutsLost).toEqual(["L1 let k1-1 out", "L1 ended before its time"]);
});

test("a canceled order that works, and a leg that exists twice, are seen in the state of the desk", () => {
  const leg = { purpose: "stopLoss", parent: clientOrderId("k1-1") } as const;
  const orders = ["k1-2", "k1-3"].map((id) =>
    anOrder({ clientOrderId: clientOrderId(id), ...leg }),
  );
  const canceled: Asked = {
    id: "R1",
    request: { kind: "cancel", clientOrderId: clientOrderId("k1-2") },
    answer: { kind: "accepted", clientOrderIds: [], note: null },
  };

  expect(cancelsLost([canceled], { orders })).toEqual([
    "R1: order k1-2 works though its cancel was accepted",
  ]);
  expect(legsDoubled({ orders })).toEqual(["k1-2 and k1-3 are both stopLoss of k1-1"]);
});

const LOCKOUT: Lockout = {
  lockoutId: "L1",
  accountId: ACCOUNT,
  scope: { kind: "account" },
  rule: "RULE-003",
  kind: "hard",
  reason: "test",
  startedAt: OPENING,
  until: epochMs(OPENING + 1_000),
};

function recordOf(seq: number, facts: DecodedRecord["facts"]): DecodedRecord {
  return { seq, event: { kind: "timerFired", at: OPENING, dueAt: OPENING }, facts, commands: [] };
}

function ask(desk: TestDesk, id: string): Asked {
  const request = anEntry();
  const answer: RequestResult = desk.request(request, { id });
  return { id, request, answer };
}

/** What a desk recorded, and what its venue saw of it. */
function of(desk: TestDesk) {
  const sent = desk.commands.flatMap((command) =>
    command.kind === "submitOrder" ? [command.clientOrderId] : [],
  );
  const fills = desk.facts.filter(({ kind }) => kind === "fillBooked").length;
  return { records: desk.steps, venue: venueOf(sent, fills) };
}

function venueOf(ids: readonly AuditedOrder["clientOrderId"][], fills: number) {
  const orders = ids.map((id) => ({
    accountId: ACCOUNT,
    clientOrderId: id,
    received: 1,
    receivedAt: OPENING,
    taken: true,
  }));
  return { kind: "orders", orders, fills } as const;
}

import { describe, expect, test } from "vitest";
import type { SubmitOrder } from "#core/desk/command.ts";
import { encodeState } from "#core/desk/snapshot.ts";
import { venueOrderId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import { ACCOUNT, OPENING, aFill, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const BID = { terms: limitAt(26_400), qty: lots(2) } as const;
/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;

describe("an order that is answered", () => {
  test("works once the venue has accepted it", () => {
    const desk = new TestDesk();

    const id = desk.place(BID);

    expect(desk.order(id)).toMatchObject({
      status: { kind: "working" },
      venueOrderId: "O1",
      change: null,
    });
  });

  test("ends when the venue refuses it, and is not sent again", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);

    const step = desk.report({ kind: "rejected", clientOrderId: id, reason: "no margin" });

    expect(step.facts).toEqual([
      { kind: "orderRejected", clientOrderId: id, at: desk.now, reason: "no margin" },
    ]);
    desk.advance(10 * TIMEOUT);
    expect(submitted(desk)).toEqual([id]);
  });

  test("is not ended by a refusal that comes after its acceptance, but asked after", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    const step = desk.report({ kind: "rejected", clientOrderId: id, reason: "late" });

    expect(step.facts).toEqual([]);
    expect(step.commands[0]).toMatchObject({ kind: "requestSnapshot", accountId: ACCOUNT });
    expect(desk.order(id).status.kind).toBe("working");
  });

  test("exists when the venue says that its id is in use", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);
    desk.answers = () => "tell";

    desk.report({ kind: "rejected", clientOrderId: id, reason: "client order id already in use" });

    expect(desk.order(id)).toMatchObject({ status: { kind: "working" }, venueOrderId: "O1" });
  });

  test("is told of once, however often the venue repeats itself", () => {
    const desk = new TestDesk();
    const bid = desk.place(BID);
    desk.request({ kind: "modify", clientOrderId: bid, qty: lots(3), terms: limitAt(26_450) });
    desk.trade(26_449);
    desk.request({ kind: "cancel", clientOrderId: bid });
    desk.place();
    const reports = desk.events.filter((event) => event.kind === "orderReported");
    const before = encodeState(desk.state);

    const facts = reports.flatMap(({ report }) => desk.report(report).facts);

    expect(reports.map(({ report }) => report.kind)).toEqual([
      "accepted",
      "modified",
      "filled",
      "canceled",
      "accepted",
      "filled",
    ]);
    expect(facts).toEqual([]);
    expect(encodeState(desk.state)).toBe(before);
  });
});

describe("an order without an answer", () => {
  test("becomes unconfirmed, counts as exposure, is looked up and never sent again", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);

    desk.advance(TIMEOUT - 1);
    const inTime = desk.order(id).status.kind;
    desk.advance(1);

    expect(inTime).toBe("inFlight");
    expect(desk.order(id).status).toEqual({ kind: "unconfirmed", since: desk.now });
    expect(desk.steps.at(-1)?.commands).toEqual([
      {
        kind: "alert",
        severity: "warning",
        code: "orderUnconfirmed",
        text: `Order ${id}: no answer from the venue in time`,
      },
      { kind: "requestSnapshot", accountId: ACCOUNT, since: OPENING - 300_000 },
      { kind: "setTimer", dueAt: desk.now + TIMEOUT },
    ]);

    const looks = looksIn(desk, 10 * TIMEOUT);

    expect(desk.order(id).status.kind).toBe("unconfirmed");
    expect(looks).toBe(10);
    expect(submitted(desk)).toEqual([id]);
  });

  test("works when the venue's list holds it", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);
    desk.advance(TIMEOUT);

    desk.answers = () => "tell";
    desk.advance(TIMEOUT);

    expect(desk.order(id)).toMatchObject({ status: { kind: "working" }, venueOrderId: "O1" });
    expect(submitted(desk)).toEqual([id]);
  });

  test("is unconfirmed as soon as the answer is known to be unreadable", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place(BID);

    const step = desk.report({ kind: "unconfirmed", clientOrderId: id, reason: "HTTP 502" });
    const again = desk.report({ kind: "unconfirmed", clientOrderId: id, reason: "HTTP 502" });

    expect(step.facts).toEqual([
      { kind: "orderUnconfirmed", clientOrderId: id, at: desk.now, reason: "HTTP 502" },
    ]);
    expect(step.commands.map(({ kind }) => kind)).toEqual(["requestSnapshot"]);
    expect(again.facts).toEqual([]);
    expect(again.commands.map(({ kind }) => kind)).toEqual(["requestSnapshot"]);
  });

  test("needs no look when it ended before its answer turned out unreadable", () => {
    const desk = new TestDesk();
    const id = desk.place();

    const step = desk.report({ kind: "unconfirmed", clientOrderId: id, reason: "HTTP 502" });

    expect([step.facts, step.commands]).toEqual([[], []]);
  });

  test("that was given up and arrives after all counts again and is canceled", () => {
    const desk = new TestDesk();
    desk.orders = ({ kind }) => (kind === "submitOrder" ? "lose" : "send");
    const id = desk.place(BID);
    desk.advance(2 * TIMEOUT);
    const givenUp = desk.order(id).status;

    const facts = desk.factsOf(() => {
      desk.venue.handle(submitOf(desk), desk.now);
      desk.advance(0);
    });

    expect(givenUp).toMatchObject({ kind: "canceled", reason: "never arrived at the venue" });
    expect(facts.map(({ kind }) => kind)).toEqual([
      "orderAdopted",
      "cancelRequested",
      "orderCanceled",
    ]);
    expect(desk.state.openOrders.size).toBe(0);
  });

  test("that ended before its acceptance was told ends again by what the venue knows", () => {
    const desk = new TestDesk();
    const held: VenueEvent[] = [];
    desk.answers = (event) => {
      const isAcceptance = event.kind === "orderReported" && event.report.kind === "accepted";
      if (isAcceptance) held.push(event);
      return isAcceptance ? "lose" : "tell";
    };
    const id = desk.place({ ...BID, timeInForce: "ioc" });
    const ended = desk.order(id);

    for (const event of held) desk.apply(event);

    expect(ended.status.kind).toBe("canceled");
    expect(desk.state.openOrders.size).toBe(0);
    expect(desk.order(id).status.kind).toBe("canceled");
  });

  test("that had filled learns its venue id from a late acceptance", () => {
    const desk = deskWithLostAnswers();
    const id = desk.place();
    const at = desk.now;
    desk.report({ kind: "filled", clientOrderId: id, fill: aFill({ clientOrderId: id }) });

    desk.report({ kind: "accepted", clientOrderId: id, venueOrderId: venueOrderId("O9") });

    expect(desk.order(id)).toMatchObject({
      status: { kind: "filled", at },
      venueOrderId: "O9",
    });
  });
});

/** The submit that was lost on its way. */
function submitOf(desk: TestDesk): SubmitOrder {
  const submit = desk.commands.find((one) => one.kind === "submitOrder");
  if (submit === undefined) throw new Error("nothing was submitted");
  return submit;
}

function deskWithLostAnswers(): TestDesk {
  const desk = new TestDesk();
  desk.answers = () => "lose";
  return desk;
}

function submitted(desk: TestDesk): readonly string[] {
  return desk.commands.flatMap((one) => (one.kind === "submitOrder" ? [one.clientOrderId] : []));
}

/** How often the desk asks for the venue's truth in some time. */
function looksIn(desk: TestDesk, ms: number): number {
  const commands = desk.commandsOf(() => desk.advance(ms));
  return commands.filter(({ kind }) => kind === "requestSnapshot").length;
}

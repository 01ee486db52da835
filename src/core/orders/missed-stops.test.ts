import { describe, expect, test } from "vitest";
import { isVenueCommand } from "#core/desk/command.ts";
import { venueOrderId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { ACCOUNT } from "#test/kit/builders.ts";
import { deskWithoutStops, groupOf, legOf, protectedLot } from "#test/kit/stopless-desk.ts";
import type { TestDesk } from "#test/kit/test-desk.ts";

const TIMEOUT = 2_000;
/** How long a stop is waited for that cannot be answered any more. */
const SOON = 200;

describe("a stop that the venue", () => {
  test("does not get is replaced once its answer is overdue", () => {
    const desk = deskWithoutStops();
    protectedLot(desk);
    const lost = legOf(desk, "stopLoss");

    desk.orders = () => "send";
    desk.advance(TIMEOUT - 1);
    const waiting = desk.order(lost.clientOrderId).status.kind;
    desk.advance(1 + SOON);

    expect(waiting).toBe("inFlight");
    expect(desk.order(lost.clientOrderId).status).toMatchObject({
      kind: "canceled",
      reason: "never arrived at the venue",
    });
    expect(legOf(desk, "stopLoss").status.kind).toBe("working");
    expect(groupOf(desk)?.stopFailures).toBe(1);
  });

  test.each([
    ["process", (desk: TestDesk) => desk.restart()],
    ["connection", (desk: TestDesk) => cutOff(desk)],
  ])("does not get because its %s is gone is replaced in a tenth of that time", (_what, cut) => {
    const desk = deskWithoutStops();
    protectedLot(desk);
    const lost = legOf(desk, "stopLoss");

    desk.orders = () => "send";
    cut(desk);
    desk.advance(SOON - 1);
    expect(legOf(desk, "stopLoss").clientOrderId).toBe(lost.clientOrderId);
    desk.advance(1);

    expect(legOf(desk, "stopLoss").clientOrderId).not.toBe(lost.clientOrderId);
    expect(legOf(desk, "stopLoss").status.kind).toBe("working");
  });

  test("does not get three times is waited for as long as any order the third time", () => {
    const desk = deskWithoutStops();
    protectedLot(desk);
    for (const _time of [1, 2]) {
      cutOff(desk);
      desk.advance(SOON);
    }
    const third = legOf(desk, "stopLoss");
    cutOff(desk);

    desk.advance(TIMEOUT - 1);
    const waiting = legOf(desk, "stopLoss").clientOrderId;
    desk.advance(1);

    expect(groupOf(desk)?.stopFailures ?? 3).toBe(3);
    expect(waiting).toBe(third.clientOrderId);
    expect(desk.order(third.clientOrderId).status.kind).toBe("canceled");
  });

  test("is not missed soon by a list that lacks the fill it is for", () => {
    const desk = deskWithoutStops();
    protectedLot(desk);
    const { clientOrderId } = legOf(desk, "stopLoss");
    desk.answers = (event) => (event.kind === "accountReported" ? "lose" : "tell");
    cutOff(desk);
    desk.advance(SOON);

    const lists = desk.venue.snapshot(ACCOUNT, epochMs(0), desk.now);
    desk.list({ ...lists, fills: [] });

    expect(legOf(desk, "stopLoss").clientOrderId).toBe(clientOrderId);
    desk.list(lists);
    expect(legOf(desk, "stopLoss").clientOrderId).not.toBe(clientOrderId);
  });

  test("gets after it was replaced is found and canceled, and the position keeps its one stop", () => {
    const desk = deskWithoutStops();
    protectedLot(desk);
    const late = legOf(desk, "stopLoss");
    desk.orders = () => "send";
    cutOff(desk);
    desk.advance(SOON);
    const stop = legOf(desk, "stopLoss");
    const looks = (): number => desk.commandsOf(() => desk.advance(TIMEOUT)).filter(isLook).length;

    expect(looks()).toBeGreaterThan(0);
    const { commands } = desk.report({
      kind: "accepted",
      clientOrderId: late.clientOrderId,
      venueOrderId: venueOrderId("O9"),
    });

    expect(stop.clientOrderId).not.toBe(late.clientOrderId);
    expect(commands.filter(isVenueCommand)).toEqual([
      expect.objectContaining({ kind: "cancelOrder", clientOrderId: late.clientOrderId }),
    ]);
    expect(groupOf(desk)?.stopLossId).toBe(stop.clientOrderId);
  });
});

/** The stop went out on a connection that broke. */
function cutOff(desk: TestDesk): void {
  const { clientOrderId } = legOf(desk, "stopLoss");
  desk.report({ kind: "unconfirmed", clientOrderId, reason: "the connection broke" });
}

function isLook({ kind }: { readonly kind: string }): boolean {
  return kind === "requestSnapshot";
}

import { describe, expect, test } from "vitest";
import type { SubmitOrder, VenueCommand } from "#core/desk/command.ts";
import { type AccountId, clientOrderId } from "#core/domain/ids.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import type { FeedEvent, OnFeed } from "#ports/venue.ts";
import { ACCOUNT, GOLD, OPENING, aFill } from "#test/kit/builders.ts";
import { aSimulatedVenue } from "#test/kit/test-desk.ts";
import { PaperVenue } from "./paper-venue.ts";

describe("a venue with real prices and simulated fills", () => {
  test("fills orders by the prices of the real one, and sends it nothing", () => {
    const { told, sent, market, venue } = paper();
    market(quote(26_500, 26_501));

    venue.send(submit());
    market({ kind: "timePassed", at: OPENING });

    expect(told.map(kindOf)).toEqual(["quote", "accepted", "filled", "timePassed"]);
    expect(told.flatMap(fillOf)).toMatchObject([{ price: 26_501, qty: 1, accountId: ACCOUNT }]);
    expect(sent).toEqual([]);
  });

  test("answers for a simulated account itself", () => {
    const { told, sent, market, venue } = paper();
    market(quote(26_500, 26_501));
    venue.send(submit());

    venue.send({ kind: "requestSnapshot", accountId: ACCOUNT, since: epochMs(0) });

    const list = told.find((event) => event.kind === "accountReported");
    expect(list).toMatchObject({ snapshot: { positions: [{ qty: 1 }] } });
    expect(sent).toEqual([]);
  });

  test("hears nothing of real accounts that nobody looks at", () => {
    const { told, market } = paper();

    market(realFill(), realList());

    expect(told).toEqual([]);
  });

  test("passes on what happens in a real account that the desk looks at, and trades nothing there", () => {
    const { told, sent, market, venue } = paper(new Set([ACCOUNT]), () => false);

    market(realFill(), realList());
    venue.send({ kind: "requestSnapshot", accountId: ACCOUNT, since: epochMs(7) });
    venue.send(submit());

    expect(told).toEqual([realFill(), realList()]);
    expect(sent).toEqual([{ kind: "requestSnapshot", accountId: ACCOUNT, since: 7 }]);
  });

  test("tells of the link, and closes it", async () => {
    const { told, market, venue, isClosed } = paper();
    const down = { kind: "linkChanged", at: OPENING, up: false, reason: "gone" } as const;

    market(down);
    await venue.close();

    expect(told).toEqual([down]);
    expect(isClosed()).toBe(true);
  });
});

function paper(
  observed: ReadonlySet<AccountId> = new Set(),
  isSimulated: (id: AccountId) => boolean = () => true,
) {
  const told: FeedEvent[] = [];
  const sent: VenueCommand[] = [];
  let onFeed: OnFeed = () => {};
  let closed = false;
  const parts = {
    venue: aSimulatedVenue(),
    isSimulated,
    observed,
    connect(tell: OnFeed) {
      onFeed = tell;
      const close = (): Promise<void> => {
        closed = true;
        return Promise.resolve();
      };
      return { send: (command: VenueCommand) => void sent.push(command), close };
    },
  };
  const venue = new PaperVenue(parts, (events) => told.push(...structuredClone(events)));
  const market = (...events: readonly FeedEvent[]): void => onFeed(events);
  return { told, sent, venue, market, isClosed: () => closed };
}

function submit(): SubmitOrder {
  return {
    kind: "submitOrder",
    accountId: ACCOUNT,
    clientOrderId: clientOrderId("k1-1"),
    instrument: GOLD.id,
    side: "buy",
    qty: lots(1),
    terms: { type: "market" },
    timeInForce: "gtc",
    reduceOnly: false,
    bracket: null,
  };
}

function quote(bid: number, ask: number): FeedEvent {
  const sizes = { bidQty: lots(10), askQty: lots(10) };
  const prices = { bidPrice: ticks(bid), askPrice: ticks(ask) };
  return { kind: "quote", at: OPENING, instrument: GOLD.id, ...prices, ...sizes };
}

function realFill(): VenueEvent {
  const fill = aFill();
  const report = { kind: "filled", clientOrderId: fill.clientOrderId, fill } as const;
  return { kind: "orderReported", at: OPENING, report };
}

function realList(): VenueEvent {
  const asked = { accountId: ACCOUNT, since: epochMs(0), asOf: OPENING };
  const snapshot = { ...asked, orders: [], fills: [aFill()], positions: [] };
  return { kind: "accountReported", at: OPENING, snapshot };
}

function kindOf(event: FeedEvent): string {
  return event.kind === "orderReported" ? event.report.kind : event.kind;
}

function fillOf(event: FeedEvent) {
  return event.kind === "orderReported" && event.report.kind === "filled"
    ? [event.report.fill]
    : [];
}

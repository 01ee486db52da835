import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { sessionId } from "#core/domain/ids.ts";
import type { Order } from "#core/domain/order.ts";
import { localAddress } from "#ports/local-address.ts";
import type { ConnectVenue } from "#ports/venue.ts";
import { AttachedDesk } from "#test/kit/attached-desk.ts";
import { OPENING, aBracket, anEntry, limitAt, stopAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { practiceVenue } from "#test/kit/practice-venue.ts";
import { SimulatedLink } from "#venues/simulated/simulated-link.ts";
import { realClock } from "./real/real-clock.ts";
import { VenueTakenError, VenueUnreachedError } from "./venue-errors.ts";
import { verifySession } from "./verify.ts";

/** A quote every minute: gold at 26,500 / 26,501. */
const ROWS = Array.from({ length: 60 }, (_, minute) => ({
  at: OPENING + minute * 60_000 + 1,
  price: [26_500, 26_501] as const,
}));

test("an order that a person asks for fills at the venue, and its legs work there", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const desk = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await desk.ready();

  const reply = await desk.ask(anEntry({ bracket: aBracket(20, 40) }));
  await desk.until("the legs", ({ orders }) => orders.every(isWorking) && orders.length === 2);

  const { positions, working } = await venue.observer().ask({ kind: "holdings" }, "holdings");
  expect(reply).toMatchObject({ result: { kind: "accepted", clientOrderIds: ["k1-1"] } });
  expect(positions).toMatchObject([{ qty: 1 }]);
  expect(working.map(({ clientOrderId }) => clientOrderId)).toEqual(["k1-2", "k1-3"]);
});

test("whatever leaves for the venue is on the disk before", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const undurable: string[] = [];
  const sent: string[] = [];
  const connectVenue: ConnectVenue = (address, onFeed) => {
    const link = realLink(address, onFeed);
    return {
      close: link.close,
      send(command) {
        const isDurable = desk
          .recorded()
          .some(({ commands }) => commands.some((one) => isDeepStrictEqual(one, command)));
        if (!isDurable) undurable.push(command.kind);
        sent.push(command.kind);
        link.send(command);
      },
    };
  };
  const desk = new AttachedDesk({ venue: venue.address, rows: ROWS, connectVenue });
  await desk.ready();

  await desk.ask(anEntry({ bracket: aBracket(20, 40) }));
  await desk.until("the legs", ({ orders }) => orders.every(isWorking) && orders.length === 2);

  // On a slow machine the venue is asked more than once.
  expect(sent.filter((kind) => kind !== "requestSnapshot")).toEqual(Array(3).fill("submitOrder"));
  expect(undurable).toEqual([]);
});

test("while the link is down nothing is entered, and what the venue did meanwhile is found", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const desk = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await desk.ready();

  await venue.stop();
  await desk.until("the desk to notice", ({ accounts }) => accounts.every(({ ready }) => !ready));
  const denied = await desk.ask(anEntry());
  await practiceVenue({ address: venue.address, rows: ROWS, speed: 1_000 });
  await desk.ready();
  const accepted = await desk.ask(anEntry());
  await desk.until("the fill", ({ positions }) => positions.length === 1);

  expect(denied).toMatchObject({ result: { kind: "denied", denial: { code: "accountNotReady" } } });
  expect(accepted).toMatchObject({ result: { kind: "accepted" } });
  expect(desk.alerts[0]).toMatch(/^No entries/u);
});

test("a graceful stop cancels entries and leaves protection at the venue", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const desk = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await desk.ready();
  await desk.ask(anEntry({ bracket: aBracket(20, null) }));
  await desk.ask(anEntry({ terms: limitAt(26_400) }));
  await desk.until(
    "entry and stop",
    ({ orders }) => orders.every(isWorking) && orders.length === 2,
  );

  const report = await desk.stop();

  const { positions, working } = await venue.observer().ask({ kind: "holdings" }, "holdings");
  expect(report).toMatchObject({ stopped: "asked", orders: 3, fills: 1 });
  expect(positions).toMatchObject([{ qty: 1 }]);
  expect(working).toMatchObject([{ side: "sell", qty: 1 }]);
});

test("a session that goes on finds its orders again, and every decision can be repeated", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const first = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await first.ready();
  await first.ask(anEntry({ bracket: aBracket(20, 40) }));
  await first.until("the legs", ({ orders }) => orders.every(isWorking) && orders.length === 2);
  await first.stop();

  const { dataFolder } = first;
  const second = new AttachedDesk({ venue: venue.address, rows: ROWS, dataFolder });
  const { orders, positions } = await second.ready();
  await second.stop();

  expect(orders.map(({ terms, status }) => [terms, status.kind])).toEqual([
    [stopAt(26_481), "working"],
    [limitAt(26_541), "working"],
  ]);
  expect(positions).toMatchObject([{ position: { qty: 1 } }]);
  expect(verifySession(second.world, dataFolder, sessionId("S1"))).toMatchObject({
    ok: true,
    notVerifiable: [],
  });
});

test("a session goes on after its lease was lost", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const first = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await first.ready();
  await first.stop();
  const { dataFolder } = first;
  const lease = readdirSync(dataFolder).filter((name) => name.startsWith("lease"));
  for (const name of lease) rmSync(join(dataFolder, name));

  const second = new AttachedDesk({ venue: venue.address, rows: ROWS, dataFolder });
  const report = await second.ready().then(() => second.stop());

  expect(lease).not.toEqual([]);
  expect(report).toMatchObject({ stopped: "asked" });
});

test("R2: a session goes on above its epochs after an old copy of its lease was put back", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const first = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await first.ready();
  await first.stop();
  const { dataFolder } = first;
  const lease = readdirSync(dataFolder).filter((name) => name.startsWith("lease"));
  const old = lease.map((name) => ({ name, bytes: readFileSync(join(dataFolder, name)) }));
  const next = new AttachedDesk({ venue: venue.address, rows: ROWS, dataFolder });
  await next.ready().then(() => next.stop());
  for (const { name, bytes } of old) writeFileSync(join(dataFolder, name), bytes);

  const last = new AttachedDesk({ venue: venue.address, rows: ROWS, dataFolder });
  await last.ready().then(() => last.stop());

  const started = last.recorded().flatMap(({ event }) => {
    return event.kind === "deskStarted" ? [event.epoch] : [];
  });
  expect(started).toEqual([1, 2, 3]);
});

test("the end of the venue's data is the end of the session", async () => {
  const venue = await practiceVenue({ rows: ROWS, lengthMs: 120_000, speed: 1_000 });

  const desk = new AttachedDesk({ venue: venue.address, rows: ROWS });

  expect(await desk.ended).toMatchObject({ stopped: "endOfData" });
});

test("a venue that is not there is waited for, and a person is told", async () => {
  const gone = await practiceVenue();
  await gone.stop();

  const desk = new AttachedDesk({ venue: gone.address, rows: ROWS });
  await practiceVenue({ address: gone.address, rows: ROWS, speed: 10 });
  await desk.ready();

  expect(desk.alerts[0]).toContain(`The desk cannot begin at ${gone.address}: `);
  expect(desk.alerts[0]).toContain("It keeps trying and begins when it can");
});

test("a desk that waits for its venue says so, and leaves nothing when it is stopped", async () => {
  const gone = await practiceVenue();
  await gone.stop();
  const desk = new AttachedDesk({ venue: gone.address, rows: ROWS });
  await eventually("a first attempt", () => desk.alerts.length > 0);

  const asked = await desk.answer();
  const entry = await desk.ask(anEntry());

  const reason = `connect ENOENT ${gone.address}`;
  const waiting = { kind: "waiting", sessionId: "S1", venue: gone.address, reason };
  expect([asked, entry]).toEqual([waiting, waiting]);
  await expect(desk.stop()).rejects.toThrow(
    new VenueUnreachedError(gone.address, `connect ENOENT ${gone.address}`),
  );
  expect(readdirSync(join(desk.dataFolder, "sessions"))).toEqual([]);
});

test("a session that is stopped while it waits to go on stays as it was", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const first = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await first.ready();
  await first.stop();
  const before = first.recorded();
  await venue.stop();

  const second = new AttachedDesk({
    venue: venue.address,
    rows: ROWS,
    dataFolder: first.dataFolder,
  });
  await eventually("a first attempt", () => second.alerts.length > 0);

  await expect(second.stop()).rejects.toThrow(VenueUnreachedError);
  expect(second.recorded()).toEqual(before);
});

test("a desk whose place another one takes ends, and what it held stays at the venue", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const first = new AttachedDesk({ venue: venue.address, rows: ROWS });
  await first.ready();
  await first.ask(anEntry({ bracket: aBracket(20, null) }));
  await first.until("a stop", ({ orders }) => orders[0]?.status.kind === "working");

  const second = new AttachedDesk({ venue: venue.address, rows: ROWS });
  const ended = first.ended;

  await expect(ended).rejects.toThrow(new VenueTakenError(venue.address));
  const { positions } = await second.ready();
  const { working } = await venue.observer().ask({ kind: "holdings" }, "holdings");
  expect(second.alerts[0]).toMatch(/^This desk has taken the place of another one/u);
  expect(positions).toMatchObject([{ position: { qty: 1 } }]);
  expect(working).toMatchObject([{ side: "sell", qty: 1 }]);
  expect(first.recorded().map(({ event }) => event.kind)).not.toContain("stopRequested");
  expect(verifySession(first.world, first.dataFolder, sessionId("S1"))).toMatchObject({ ok: true });
});

test("a venue whose clock is behind the session is refused", async () => {
  const ahead = await practiceVenue({ rows: ROWS, speed: 1_000 });
  const first = new AttachedDesk({ venue: ahead.address, rows: ROWS });
  await first.until("an hour to pass", ({ at }) => at > OPENING + 600_000);
  await first.stop();
  const behind = await practiceVenue({ rows: ROWS });

  const second = new AttachedDesk({
    venue: behind.address,
    rows: ROWS,
    dataFolder: first.dataFolder,
  });

  await expect(second.ended).rejects.toThrow("Start the venue with --from that instant");
});

function isWorking({ status }: Order): boolean {
  return status.kind === "working";
}

const realLink: ConnectVenue = (address, onFeed) =>
  new SimulatedLink({ address: localAddress(address), clock: realClock, random: () => 0, onFeed });

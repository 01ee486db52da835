import { expect, test } from "vitest";
import { fillId, venueOrderId } from "#core/domain/ids.ts";
import { ticks } from "#core/domain/units.ts";
import { GOLD, aBracket, aFill, anEntry } from "#test/kit/builders.ts";
import { memorySource } from "#test/kit/memory-source.ts";
import { SpokenVenue, goldQuote, instant } from "#test/kit/spoken-venue.ts";

test("a graceful stop waits for the answer to a stop that is on its way", async () => {
  const { venue, stop } = await stopOnItsWay();

  const ended = venue.desk.stop();
  const first = await Promise.race([ended.then(() => "ended"), passed(200)]);
  const { clientOrderId } = stop;
  const accepted = { kind: "accepted", clientOrderId, venueOrderId: venueOrderId("2") } as const;
  await venue.tell({ kind: "orderReported", at: instant(6), report: accepted });
  const { held } = await ended;

  expect(first).toBe("waiting");
  expect(held.orders).toMatchObject([{ clientOrderId, status: { kind: "working" } }]);
  expect(venue.desk.alerts).toEqual([]);
});

test("what the venue has not answered within the grace of a stop is told", async () => {
  const { venue, stop } = await stopOnItsWay();

  const { held } = await venue.desk.stop();

  expect(held.orders).toMatchObject([{ clientOrderId: stop.clientOrderId }]);
  expect(venue.desk.alerts).toEqual([
    `The desk stops without the venue's answer for ${stop.clientOrderId} (stopLoss): look there, or start the desk again to find out`,
  ]);
});

/** A desk whose entry has filled and whose stop has left, without an answer yet. */
async function stopOnItsWay() {
  const venue = new SpokenVenue(() => memorySource(GOLD.id, []));
  await venue.comesUp(0);
  await venue.listsNothing(2);
  await venue.tell(goldQuote(3));
  await venue.desk.ready();
  await venue.desk.ask(anEntry({ bracket: aBracket(20, null) }));
  const { clientOrderId } = await venue.submitted("the entry", () => true);
  const at = instant(4);
  const fill = aFill({ fillId: fillId("1"), clientOrderId, price: ticks(26_501), at });
  await venue.tell({
    kind: "orderReported",
    at,
    report: { kind: "filled", clientOrderId, fill },
  });
  return { venue, stop: await venue.submitted("the stop", ({ reduceOnly }) => reduceOnly) };
}

function passed(ms: number): Promise<string> {
  return new Promise((done) => void setTimeout(() => done("waiting"), ms));
}

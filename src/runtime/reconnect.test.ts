import { expect, test } from "vitest";
import { GOLD } from "#test/kit/builders.ts";
import { memorySource } from "#test/kit/memory-source.ts";
import { SpokenVenue } from "#test/kit/spoken-venue.ts";

const ACCEPTED = { kind: "result", result: { kind: "accepted", clientOrderIds: [], note: null } };

test("a person's word for the link reaches it when it is on the disk", async () => {
  const venue = await upVenue();
  await venue.goesDown(10);
  await venue.desk.until("the link to be down", ({ accounts }) => accounts[0]?.ready === false);

  const reply = await venue.desk.ask({ kind: "reconnect" });

  expect(reply).toEqual(ACCEPTED);
  expect(venue.reconnected).toBe(1);
  const facts = venue.desk.recorded().flatMap((record) => record.facts);
  expect(facts).toContainEqual(expect.objectContaining({ kind: "reconnectRequested", by: "ann" }));
});

test("a link that is up hears nothing of it", async () => {
  const venue = await upVenue();

  const reply = await venue.desk.ask({ kind: "reconnect" });

  const reason = "there is nothing to reconnect: the link to the venue is up";
  expect(reply).toEqual({ kind: "result", result: { kind: "impossible", reason } });
  expect(venue.reconnected).toBe(0);
});

test("a desk that waits for its venue tries again as well, and says who asked", async () => {
  const venue = new SpokenVenue(() => memorySource(GOLD.id, []));

  const reply = await venue.desk.ask({ kind: "reconnect" });

  expect(reply).toEqual(ACCEPTED);
  expect([venue.reconnected, venue.desk.alerts]).toEqual([1, ["ann asked to try spoken again"]]);
});

async function upVenue(): Promise<SpokenVenue> {
  const venue = new SpokenVenue(() => memorySource(GOLD.id, []));
  await venue.comesUp(0);
  await venue.listsNothing(0);
  await venue.desk.until("the account", ({ accounts }) => accounts[0]?.ready === true);
  return venue;
}

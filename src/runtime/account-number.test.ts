import { expect, test } from "vitest";
import { GOLD, anEntry } from "#test/kit/builders.ts";
import { memorySource } from "#test/kit/memory-source.ts";
import { SpokenVenue, goldQuote } from "#test/kit/spoken-venue.ts";

test("an account that the venue has issued anew under its name is not sent what was allowed for the old one", async () => {
  const first = aVenue("26");
  await begin(first, 0);
  await first.desk.stop();

  const { dataFolder } = first.desk;
  const same = aVenue("26", dataFolder);
  await begin(same, 10_000);
  await same.desk.stop();
  const other = aVenue("31", dataFolder);
  await begin(other, 20_000);
  const answer = await other.desk.ask(anEntry());

  expect([first.armed, same.armed, other.armed[0]]).toEqual([["trade"], ["trade"], "observe"]);
  expect(other.armed).not.toContain("trade");
  expect(answer).toMatchObject({ result: { kind: "denied", denial: { code: "notArmed" } } });
  expect(other.desk.alerts).toContainEqual(
    expect.stringMatching(/^PRACTICE-1 is number 31 at the venue, and this session knew it as 26/u),
  );
});

async function begin(venue: SpokenVenue, ms: number): Promise<void> {
  await venue.comesUp(ms);
  await venue.listsNothing(ms + 2);
  await venue.tell(goldQuote(ms + 3));
  await venue.desk.ready();
}

function aVenue(account: string, dataFolder?: string): SpokenVenue {
  const history = () => memorySource(GOLD.id, []);
  return new SpokenVenue(history, 30_000, {
    account,
    ...(dataFolder === undefined ? {} : { dataFolder }),
  });
}

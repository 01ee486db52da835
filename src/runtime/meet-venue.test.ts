import { expect, test } from "vitest";
import { lots, ticks } from "#core/domain/units.ts";
import { GOLD, aFill, anEntry, limitAt } from "#test/kit/builders.ts";
import { memorySource } from "#test/kit/memory-source.ts";
import { SpokenVenue, goldQuote, instant } from "#test/kit/spoken-venue.ts";

test("an account that the venue has issued anew under its name is not sent what was allowed for the old one", async () => {
  const first = aVenue({ account: "26" });
  await begin(first, 0);
  await first.desk.stop();

  const { dataFolder } = first.desk;
  const same = aVenue({ account: "26", dataFolder });
  await begin(same, 10_000);
  await same.desk.stop();
  const other = aVenue({ account: "31", dataFolder });
  await begin(other, 20_000);
  const answer = await other.desk.ask(anEntry());

  expect([first.armed, same.armed, other.armed[0]]).toEqual([["trade"], ["trade"], "observe"]);
  expect(other.armed).not.toContain("trade");
  expect(answer).toMatchObject({ result: { kind: "denied", denial: { code: "notArmed" } } });
  expect(other.desk.alerts).toContainEqual(
    expect.stringMatching(/^PRACTICE-1 is number 31 at the venue, and this session knew it as 26/u),
  );
});

test("a desk wants the contract in which it holds something, and no other", async () => {
  const first = aVenue({ contract: "J26" });
  await begin(first, 0);
  await first.desk.stop();
  const { dataFolder } = first.desk;
  const flat = aVenue({ contract: "M26", dataFolder });
  await begin(flat, 10_000);
  await flat.desk.ask(anEntry({ qty: lots(2), terms: limitAt(26_450) }));
  const { clientOrderId } = await flat.submitted("the entry", () => true);
  const at = instant(10_010);
  const fill = aFill({ clientOrderId, price: ticks(26_450), at });
  const report = { kind: "filled", clientOrderId, fill } as const;
  await flat.tell({ kind: "orderReported", at, report });
  await flat.desk.until("the fill", ({ positions }) => positions.length > 0);
  await flat.desk.stop();

  const holding = aVenue({ dataFolder });
  await holding.comesUp(20_000);

  expect([first.held, flat.held, holding.held]).toEqual([
    new Map(),
    new Map(),
    new Map([[GOLD.id, "M26"]]),
  ]);
});

async function begin(venue: SpokenVenue, ms: number): Promise<void> {
  await venue.comesUp(ms);
  await venue.listsNothing(ms + 2);
  await venue.tell(goldQuote(ms + 3));
  await venue.desk.ready();
}

function aVenue(life: ConstructorParameters<typeof SpokenVenue>[2]): SpokenVenue {
  return new SpokenVenue(() => memorySource(GOLD.id, []), 30_000, life);
}

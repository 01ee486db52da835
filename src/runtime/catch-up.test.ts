import { expect, test } from "vitest";
import { fillId, sessionId, venueOrderId } from "#core/domain/ids.ts";
import { ticks } from "#core/domain/units.ts";
import { GOLD, aBracket, aFill, anEntry, limitAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { memorySource } from "#test/kit/memory-source.ts";
import { SpokenVenue, goldQuote, instant, lateHistory } from "#test/kit/spoken-venue.ts";
import { verifySession } from "./verify.ts";

const NO_HISTORY = memorySource(GOLD.id, []);
const HISTORY = memorySource(GOLD.id, [
  { at: instant(-2), price: 26_400 },
  { at: instant(-1), price: [26_400, 26_401] },
]);

test("R12: what fills while the history of a gap is read is protected at once", async () => {
  const late = lateHistory(NO_HISTORY);
  let asked = 0;
  const venue = new SpokenVenue(() => {
    asked += 1;
    return asked === 1 ? NO_HISTORY : late.open();
  });
  await venue.comesUp(0);
  await venue.listsNothing(2);
  await venue.tell(goldQuote(3));
  await venue.desk.ready();
  await venue.desk.ask(anEntry({ bracket: aBracket(20, null), terms: limitAt(26_490) }));
  const { clientOrderId } = await venue.submitted("the entry", () => true);
  const accepted = { kind: "accepted", clientOrderId, venueOrderId: venueOrderId("1") } as const;
  await venue.tell({ kind: "orderReported", at: instant(4), report: accepted });

  await venue.goesDown(5);
  await venue.comesUp(120_000);
  const at = instant(60_000);
  const fill = aFill({ fillId: fillId("1"), clientOrderId, price: ticks(26_490), at });
  const report = { kind: "filled", clientOrderId, fill } as const;
  await venue.tell({ kind: "orderReported", at: instant(120_001), report });

  const stop = await venue.submitted("a stop", ({ reduceOnly }) => reduceOnly);
  expect(stop.terms).toEqual({ type: "stop", stopPrice: 26_470 });
  expect(asked).toBe(2);
});

test("lists and requests are heard while history is read, and only the market waits", async () => {
  const { open, come } = lateHistory(HISTORY);
  const venue = new SpokenVenue(open);
  await venue.comesUp(0);
  await venue.listsNothing(1);
  await venue.tell(goldQuote(2), goldQuote(3, 26_510), { kind: "timePassed", at: instant(90_000) });

  const before = await venue.desk.until("the list", ({ accounts }) =>
    accounts.every(({ ready }) => ready),
  );
  const denied = await venue.desk.ask(anEntry());
  come();
  const { touches } = await venue.desk.ready();
  await venue.desk.stop();

  const touch = { bidPrice: 26_510, askPrice: 26_511 };
  expect(before.touches).toMatchObject([{ touch: { bidPrice: null } }]);
  expect(denied).toMatchObject({ result: { kind: "denied" } });
  expect(touches).toMatchObject([{ touch }]);
  expect(tapeOf(venue).filter(({ kind }) => kind !== CLOCK)).toMatchObject([
    { at: instant(-2), price: 26_400 },
    { at: instant(-1), price: 26_400 },
    { at: instant(2), price: 26_500 },
    { at: instant(3), price: 26_510 },
  ]);
  expect(verifySession(venue.desk.world, venue.desk.dataFolder, sessionId("S1"))).toMatchObject({
    ok: true,
    notVerifiable: [],
  });
});

test("history that does not come in time is given up, and a person is told", async () => {
  const venue = new SpokenVenue(lateHistory(HISTORY).open, 50);
  await venue.comesUp(0);
  await venue.listsNothing(1);

  await venue.tell(goldQuote(2));
  await venue.desk.ready();

  expect(venue.desk.alerts).toEqual([
    "The history of spoken did not come in time: views lack what the desk was not told, and bots go on without it",
  ]);
});

test("a link that comes back while history is read looks back to where the first one did", async () => {
  const late = lateHistory(NO_HISTORY);
  const asked: unknown[] = [];
  const venue = new SpokenVenue(() => {
    const source = asked.length === 0 ? late.open() : HISTORY;
    return {
      ...source,
      blocks(range) {
        asked.push(range);
        return source.blocks(range);
      },
    };
  });
  await venue.comesUp(0);
  await venue.tell(goldQuote(1));

  await venue.goesDown(2);
  await venue.comesUp(90_000);
  await venue.listsNothing(90_001);
  await venue.tell(goldQuote(90_002, 26_520));
  await venue.desk.until("the last quote", ({ touches }) =>
    touches.every(({ touch }) => touch.bidPrice === 26_520),
  );
  late.come();
  await venue.desk.stop();

  const from = instant(1 - 3_600_000);
  expect(asked).toEqual([
    { from, until: instant(1) },
    { from, until: instant(90_001) },
  ]);
  expect(tapeOf(venue).filter(({ kind }) => kind !== CLOCK)).toHaveLength(3);
});

test("a desk is stopped while it waits for history", async () => {
  const venue = new SpokenVenue(lateHistory(HISTORY).open);
  await venue.comesUp(0);
  await eventually("a question", () => venue.sent.some(({ kind }) => kind === "requestSnapshot"));

  expect(await venue.desk.stop()).toMatchObject({ stopped: "asked" });
});

test("history that cannot be read ends the desk with its reason", async () => {
  const source = memorySource(GOLD.id, []);
  const venue = new SpokenVenue(() => ({
    ...source,
    blocks() {
      throw new Error("Expected bars");
    },
  }));

  await venue.comesUp(0);

  await expect(venue.desk.ended).rejects.toThrow("Expected bars");
});

const CLOCK = 2;

function tapeOf({ desk }: SpokenVenue) {
  const archive = desk.world.openArchive(desk.dataFolder, sessionId("S1"));
  try {
    return [...archive.openTape().events()];
  } finally {
    archive.close();
  }
}

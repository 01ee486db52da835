import { expect, test } from "vitest";
import { requestId, sessionId } from "#core/domain/ids.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import { ACCOUNT, GOLD, OPENING, aBracket, anEntry } from "#test/kit/builders.ts";
import { type Row, memorySource } from "#test/kit/memory-source.ts";
import { ReplayWorld } from "#test/kit/replay-world.ts";
import { decodeRecord } from "./recovery.ts";
import type { Opening } from "./session-watch.ts";
import { SessionConfigError } from "./session.ts";
import type { DeskStatus } from "./status.ts";

const ROWS: readonly Row[] = [
  { at: OPENING - 1_800_000, price: [26_000, 26_001] },
  { at: OPENING - 1_200_000, price: 26_000 },
  { at: OPENING + 60_000, price: [26_500, 26_501] },
  { at: OPENING + 61_000, price: 26_500 },
  { at: OPENING + 120_000, price: 26_500 },
  { at: OPENING + 180_000, price: [26_505, 26_506] },
];

/** Rows as they are, and something that happens before each one is handed over. */
function sourceThat(meanwhile: (row: Row) => Promise<void> | void): MarketDataSource {
  const source = memorySource(GOLD.id, ROWS, 1);
  return {
    ...source,
    async *blocks(range) {
      for await (const block of source.blocks(range)) {
        const row = ROWS.find(({ at }) => at === block.at[0]);
        if (row !== undefined) await meanwhile(row);
        yield block;
      }
    },
  };
}

test("what is asked for while history is read happens when the session is, not in the past", async () => {
  const replay = new ReplayWorld();
  const flatten = { kind: "flatten", accountId: ACCOUNT } as const;
  const source = sourceThat(async ({ at }) => {
    if (at > OPENING) return;
    const id = requestId(`R${at}`);
    await replay.ask({ kind: "request", requestId: id, by: "ann", request: flatten });
  });

  await replay.run({ source });

  const asked = recorded(replay).filter(({ event }) => event.kind === "requestReceived");
  expect(asked.map(({ event }) => event.at)).toEqual([OPENING, OPENING]);
});

test("a session goes on with what it held, and history neither fills nor triggers it", async () => {
  const replay = new ReplayWorld();
  const stop = new AbortController();
  const request = anEntry({ bracket: aBracket(20, null) });
  const source = sourceThat(async ({ at }) => {
    if (at === OPENING + 120_000) {
      await replay.ask({ kind: "request", requestId: requestId("R1"), by: "ann", request });
    }
    if (at === OPENING + 180_000) stop.abort();
  });

  const openings: Opening[] = [];
  const onOpening = (opening: Opening): void => void openings.push(opening);

  const first = await replay.run({ source, options: { stop: stop.signal, watch: { onOpening } } });
  const second = await replay.run({ rows: ROWS, options: { watch: { onOpening } } });

  const held = { positions: [{ qty: 1 }], orders: [{ purpose: "stopLoss" }] };
  expect(first).toMatchObject({ stopped: "asked", fills: 1, roundTrips: [], held });
  expect(second).toMatchObject({ stopped: "endOfData", fills: 1, roundTrips: [], held });
  expect(openings).toMatchObject([{ kind: "new" }, { kind: "resumed", held }]);
});

test("a session that has ended is told once more, and nothing is added to it", async () => {
  const replay = new ReplayWorld();
  const openings: Opening[] = [];
  const onOpening = (opening: Opening): void => void openings.push(opening);
  const report = await replay.run({ rows: ROWS });
  const before = recorded(replay);

  const again = await replay.run({ rows: ROWS, options: { watch: { onOpening } } });
  const other = replay.run({ rows: ROWS, config: { sources: { config: "other" } } });

  await expect(other).rejects.toThrow(SessionConfigError);
  expect(again).toEqual(report);
  expect(recorded(replay)).toEqual(before);
  expect(openings).toMatchObject([{ kind: "ended", ending: { at: OPENING + 3_600_000 } }]);
});

test("a status counts the market events of the whole session, as its report does", async () => {
  const replay = new ReplayWorld();
  const stop = new AbortController();
  const source = sourceThat(({ at }) => {
    if (at === OPENING + 120_000) stop.abort();
  });
  const counts: number[] = [];
  const watch = { onStatus: ({ marketEvents }: DeskStatus) => void counts.push(marketEvents) };

  const first = await replay.run({ source, options: { stop: stop.signal } });
  const second = await replay.run({ rows: ROWS, options: { watch } });

  expect(counts[0]).toBeGreaterThanOrEqual(first.marketEvents);
  expect(counts.at(-1)).toBe(second.marketEvents);
});

test("a session is not gone on with under another configuration, and stays as it was", async () => {
  const replay = new ReplayWorld();
  await replay.run({ rows: ROWS });
  const before = recorded(replay);

  const again = replay.run({ rows: ROWS, config: { sources: { config: "other" } } });

  await expect(again).rejects.toThrow(
    new SessionConfigError(
      "Expected the configuration that session S1 was opened with, found other sources. Put it back, or start a new session to use this one",
    ),
  );
  expect(recorded(replay)).toEqual(before);
});

test("data that breaks off ends the replay, and the session can go on when it is mended", async () => {
  const replay = new ReplayWorld();
  const source = sourceThat(({ at }) => {
    if (at === OPENING + 180_000) throw new Error("row 5 is not a row");
  });
  const broken = replay.run({ source });
  await expect(broken).rejects.toThrow("row 5 is not a row");

  const report = await replay.run({ rows: ROWS });

  expect(report.stopped).toBe("endOfData");
  const starts = recorded(replay).filter(({ event }) => event.kind === "deskStarted");
  expect(starts).toHaveLength(2);
});

function recorded({ world, dataFolder }: ReplayWorld) {
  const archive = world.openArchive(dataFolder, sessionId("S1"));
  try {
    return [...archive.journal.read(0)].map(({ body }) => decodeRecord(body));
  } finally {
    archive.close();
  }
}

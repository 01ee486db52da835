import { statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encode } from "#core/desk/codec.ts";
import { sessionId } from "#core/domain/ids.ts";
import type { JournalRecord } from "#ports/journal.ts";
import type { TapeEvent } from "#ports/tape.ts";
import { OPENING, aBotConfig } from "#test/kit/builders.ts";
import { chain } from "#test/kit/desk-client.ts";
import type { Row } from "#test/kit/memory-source.ts";
import { ReplayWorld } from "#test/kit/replay-world.ts";
import { swings } from "#test/kit/small-session.ts";
import { type VerifyReport, verifySession } from "./verify.ts";
import type { SessionArchive } from "./world.ts";

const S1 = sessionId("S1");
const PARAMS = { bars: "2t", fast: 1, slow: 2, atr: 1, minStopTicks: 5 };
const ROWS: readonly Row[] = swings(40).map(([at, price, qty]) => ({ at, price, qty }));
const CONFIG = { bots: [aBotConfig({ params: PARAMS })] };

test("a session that was recorded whole is decided again, and everything agrees", async () => {
  const replay = new ReplayWorld();
  const { fingerprint } = await replay.run({ rows: ROWS, config: CONFIG });

  const { records, verifiedTo, ...report } = verify(replay);

  expect(report).toEqual({
    sessionId: "S1",
    differences: [],
    damage: null,
    notVerifiable: [],
    fingerprint,
    ok: true,
  });
  expect(records).toBeGreaterThan(40);
  expect(verifiedTo).toBe(headOf(replay));
});

describe("where the tape is short", () => {
  test("facts are folded and the range is named, up to the end", async () => {
    const replay = new ReplayWorld();
    const { fingerprint } = await replay.run({ rows: ROWS, config: CONFIG });
    const whole = verify(replay);
    cutTape(replay, 0.5);

    const report = verify(replay);

    const [gap, ...others] = report.notVerifiable;
    expect(others).toEqual([]);
    expect(gap).toEqual({ from: report.verifiedTo + 1, to: headOf(replay) });
    expect(report.verifiedTo).toBeGreaterThan(10);
    expect(report.verifiedTo).toBeLessThan(whole.verifiedTo);
    expect(report).toMatchObject({ ok: true, differences: [], fingerprint });
    expect(report.records).toBe(whole.records);
  });

  test("the next process is verified again: it began with what the facts fold into", async () => {
    const replay = new ReplayWorld();
    await interrupted(replay);
    const restartAt = headOf(replay) + 1;
    cutTape(replay, 0.5);
    await replay.run({ rows: ROWS, config: CONFIG });

    const report = verify(replay);

    expect(report.notVerifiable).toEqual([{ from: expect.any(Number), to: restartAt - 1 }]);
    expect(report.verifiedTo).toBe(headOf(replay));
    expect(report).toMatchObject({ ok: true, differences: [] });
  });

  test("a hole in its middle blinds until the end, since bars need every trade", async () => {
    const replay = new ReplayWorld();
    await replay.run({ rows: ROWS, config: CONFIG });

    const report = verify(replay, (archive) =>
      withTape(archive, (events) => events.toSpliced(20, 3)),
    );

    const [gap, ...others] = report.notVerifiable;
    expect(others).toEqual([]);
    expect(gap).toEqual({ from: report.verifiedTo + 1, to: headOf(replay) });
    expect(report).toMatchObject({ ok: true, differences: [] });
  });

  test("without any tape nothing after the first market event is verified", async () => {
    const replay = new ReplayWorld();
    await replay.run({ rows: ROWS, config: CONFIG });
    cutTape(replay, 0);

    const report = verify(replay);

    expect(report.notVerifiable).toHaveLength(1);
    expect(report).toMatchObject({ ok: true, differences: [] });
    expect(report.verifiedTo).toBeLessThan(10);
  });
});

describe("what deciding again does not reproduce is told", () => {
  test("when the tape says something else than the journal", async () => {
    const replay = new ReplayWorld();
    await replay.run({ rows: ROWS, config: CONFIG });

    const report = verify(replay, (archive) =>
      withTape(archive, (events) =>
        events.map((event) => ({ ...event, price: event.price + (event.seq % 7) * 5 })),
      ),
    );

    expect(report.ok).toBe(false);
    expect(report.damage).toBeNull();
    expect(report.differences.length).toBeGreaterThan(0);
    expect(report.differences.length).toBeLessThanOrEqual(10);
  });

  test("when a record says something else, with a chain of hashes that holds", async () => {
    const replay = new ReplayWorld();
    await replay.run({ rows: ROWS, config: CONFIG });

    const report = verify(replay, (archive) =>
      withRecords(archive, (body) => body.replace('"signalGenerated"', '"signalGenerated" ')),
    );

    expect(report).toMatchObject({ ok: false, damage: null });
    expect(report.differences[0]?.expected).toContain('"signalGenerated" ');
  });

  test("when a record cannot be folded, by its number and what it breaks", async () => {
    const replay = new ReplayWorld();
    await replay.run({ rows: ROWS, config: CONFIG });
    const seq = headOf(replay) + 1;
    const facts = [{ kind: "orderRejected", clientOrderId: "k9-9", at: OPENING, reason: "?" }];
    const event = { kind: "warmupEnded", at: OPENING };
    const body = encode({ seq, event, facts, commands: [] });

    const report = verify(replay, (archive) => withLast(archive, seq, body));

    expect(report.ok).toBe(false);
    expect(report.damage).toEqual({
      seq,
      reason: `record ${seq} cannot be what happened: Broken invariant: a fact names a known order, found k9-9. A desk that goes on with this session keeps what is before it, and starts in safe mode`,
    });
  });
});

function verify(
  { world, dataFolder }: ReplayWorld,
  change: (archive: SessionArchive) => SessionArchive = (archive) => archive,
): VerifyReport {
  const openArchive: typeof world.openArchive = (...args) => change(world.openArchive(...args));
  return verifySession({ ...world, openArchive }, dataFolder, S1);
}

function headOf({ world, dataFolder }: ReplayWorld): number {
  const archive = world.openArchive(dataFolder, S1);
  try {
    return archive.journal.head().seq;
  } finally {
    archive.close();
  }
}

/** Plays about half of the rows and stops. */
async function interrupted(replay: ReplayWorld): Promise<void> {
  const stop = new AbortController();
  const onProgress = (share: number): void => {
    if (share > 40_000 / 3_600_000) stop.abort();
  };
  const options = { stop: stop.signal, watch: { onProgress } };
  const report = await replay.run({ rows: ROWS, config: CONFIG, options });
  expect(report.stopped).toBe("asked");
}

/** Leaves a share of the tape's bytes, as a crash does with what was not written yet. */
function cutTape({ dataFolder }: ReplayWorld, share: number): void {
  const path = join(dataFolder, "sessions", "S1", "tape.bin");
  truncateSync(path, Math.floor(statSync(path).size * share));
}

function withTape(
  archive: SessionArchive,
  change: (events: readonly TapeEvent[]) => readonly TapeEvent[],
): SessionArchive {
  const openTape = () => ({
    events: () => change([...archive.openTape().events()]),
    shortAfter: () => undefined,
  });
  return { ...archive, openTape };
}

function withRecords(archive: SessionArchive, change: (body: string) => string): SessionArchive {
  const read = () =>
    [...archive.journal.read(0)].map((record) => ({ ...record, body: change(record.body) }));
  return { ...archive, journal: { ...archive.journal, read } };
}

function withLast(archive: SessionArchive, seq: number, body: string): SessionArchive {
  const read = (): readonly JournalRecord[] => [
    ...archive.journal.read(0),
    { seq, body, hash: chain(archive.journal.head().hash, body) },
  ];
  return { ...archive, journal: { ...archive.journal, read } };
}

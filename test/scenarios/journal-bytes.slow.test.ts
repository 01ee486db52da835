import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeState } from "#core/desk/snapshot.ts";
import { sessionId } from "#core/domain/ids.ts";
import { recover } from "#runtime/recovery.ts";
import { type VerifyReport, verifySession } from "#runtime/verify.ts";
import { withFlip } from "#storage/journal-samples.ts";
import { aBotConfig } from "#test/kit/builders.ts";
import { temporaryFolder } from "#test/kit/practice-venue.ts";
import { ReplayWorld } from "#test/kit/replay-world.ts";
import { swings } from "#test/kit/small-session.ts";

const S1 = sessionId("S1");
const JOURNAL = join("sessions", "S1", "journal.db");
const PARAMS = { bars: "2t", fast: 1, slow: 2, atr: 1, minStopTicks: 5 };

test("whichever byte of a journal changes, verify names the record, or nothing reads that byte", async () => {
  const replay = await aFinishedSession();
  const path = join(replay.dataFolder, JOURNAL);
  const bytes = readFileSync(path);
  const whole = verified(replay);
  const named = new Set<number>();

  for (let at = 0; at < bytes.length; at += 47) {
    writeFileSync(path, withFlip(bytes, at, 1 << (at % 8)));
    const { damage, ...report } = verified(replay);
    if (damage === null) {
      expect({ at, damage, ...report }).toEqual({ at, ...whole });
      continue;
    }
    const start = `Journal ${path} is damaged at record ${damage.seq}: expected `;
    expect({ at, ok: report.ok, start: damage.reason.slice(0, start.length) }).toEqual({
      at,
      ok: false,
      start,
    });
    named.add(damage.seq);
  }

  // Long and short, the first and the last: no kind of record can change unseen.
  expect(whole.ok).toBe(true);
  expect(named.size).toBeGreaterThan(whole.records / 2);
});

test("whichever byte changes, the session starts: with all of its state, or in doubt with what is sound", async () => {
  const replay = await aFinishedSession();
  const bytes = readFileSync(join(replay.dataFolder, JOURNAL));
  const whole = startOn(replay, replay.dataFolder);
  const starts = { trusted: 0, inDoubt: 0 };

  for (let at = 16; at < bytes.length; at += 997) {
    const folder = temporaryFolder();
    cpSync(replay.dataFolder, folder, { recursive: true });
    writeFileSync(join(folder, JOURNAL), withFlip(bytes, at, 1 << (at % 8)));

    const start = startOn(replay, folder);

    if (start.distrust === null) expect({ at, ...start }).toEqual({ at, ...whole });
    else expect(start.seq).toBeLessThanOrEqual(whole.seq);
    starts[start.distrust === null ? "trusted" : "inDoubt"] += 1;
  }

  expect(whole.distrust).toBeNull();
  expect(starts.trusted).toBeGreaterThan(0);
  expect(starts.inDoubt).toBeGreaterThan(0);
});

function verified({ world, dataFolder }: ReplayWorld): VerifyReport {
  return verifySession(world, dataFolder, S1);
}

/** What a desk that is started on a data folder knows of its session. */
function startOn({ world }: ReplayWorld, dataFolder: string) {
  const files = world.openSession(dataFolder, S1);
  try {
    const { origin, distrust } = recover(files);
    return { distrust, seq: origin?.seq ?? 0, state: origin && encodeState(origin.state) };
  } finally {
    files.close();
  }
}

/** Some trades of a bot, over and done. */
async function aFinishedSession(): Promise<ReplayWorld> {
  const replay = new ReplayWorld();
  const rows = swings(14).map(([at, price, qty]) => ({ at, price, qty }));
  await replay.run({ rows, config: { bots: [aBotConfig({ params: PARAMS })] } });
  return replay;
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SessionReport } from "#runtime/report.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { OPENING } from "#test/kit/builders.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { type Ended, keel } from "#test/kit/keel-process.ts";
import { type Print, swings, writeSmallSession, writeTrades } from "#test/kit/small-session.ts";

const GOOD = swings(120);
const AT = 60;
const [at = 0, price = 0] = GOOD[AT] ?? [];

/** The good prints with one of them changed. */
function withPrint(print: Print): readonly Print[] {
  return GOOD.toSpliced(AT, 1, print);
}

describe.each([
  [
    "a price off the tick",
    withPrint([at, price + 0.5, 1]),
    `row ${AT + 1}: expected price to be a whole number of ticks, found ${price + 0.5}; divide prices by the tick size`,
  ],
  [
    "a time before the one above it",
    withPrint([OPENING, price, 1]),
    `row ${AT + 1}: expected a time of ${at - 2_000} or later, found ${OPENING}; sort the rows by at, and list files in time order`,
  ],
  [
    "a quantity below zero",
    withPrint([at, price, -1]),
    `row ${AT + 1}: expected qty to be a whole number of lots, zero or more, found -1; `,
  ],
])("a row with %s", (_what, prints, told) => {
  test("ends with the file, the row and what to do; mended, the session can be recorded", async () => {
    const { path } = new TemporaryFolder();
    await writeSmallSession(path, prints);
    const replay = (session: string, ...more: readonly string[]) =>
      keel(path, "replay", "--config", "session.yaml", "--session", session, ...more);

    const [ended, backtest, supervised] = await Promise.all([
      replay("S1", "--json"),
      keel(path, "backtest", "--config", "session.yaml", "--json"),
      keel(path, "replay", "--config", "session.yaml", "--no-journal", "--supervise"),
    ]);
    await writeTrades(join(path, "trades.parquet"), GOOD);
    const other = await replay("S1");
    const mended = await replay("S2", "--json");

    for (const end of [ended, backtest, supervised]) {
      expect(end.code).toBe(7);
      expect(end.err).toContain(`${join(path, "trades.parquet")} ${told}`);
      expect(end.err).not.toContain("started again");
    }
    // The session was opened with the file as it was.
    expect(other.code).toBe(2);
    expect(other.err).toContain("found other sources");
    expect(mended.code).toBe(0);
  });
});

test("a missing file is named with its place in the configuration, before anything is recorded", async () => {
  const { path } = new TemporaryFolder();
  await writeSmallSession(path);
  rmSync(join(path, "trades.parquet"));

  const ended = await keel(path, "replay", "--config", "session.yaml");
  const verified = await keel(path, "verify");

  expect(ended).toMatchObject({ code: 7, out: "" });
  expect(ended.err).toMatch(
    /session\.yaml:\d+:\d+ {2}data\.trades\[0\]: expected a file, found nothing at \S+trades\.parquet/u,
  );
  expect(ended.err).toContain("paths count from the folder of the configuration file");
  expect(verified.code).toBe(7);
  expect(verified.err).toMatch(/^Expected a recorded session in \S+, found none; run keel replay/u);
});

test("rows without a quantity move prices, and are neither volume nor fills", async () => {
  const { path } = new TemporaryFolder();
  const spike: Print = [at, price + 100, 0];
  await writeSmallSession(path, GOOD.toSpliced(AT, 0, spike));
  const client = new DeskClient(path);

  const ended = await client.replay(["--config", "session.yaml", "--json"]).ended;
  const verified = await keel(path, "verify");

  expect(ended).toMatchObject({ code: 0, err: "" });
  expect(reportOf(ended).marketEvents).toBe(GOOD.length + 1);
  const prices = client
    .facts()
    .flatMap((fact) => (fact.kind === "fillBooked" ? [Number(fact.fill.price)] : []));
  expect(prices.length).toBeGreaterThan(10);
  expect(Math.max(...prices)).toBeLessThan(price + 90);
  expect(verified.code).toBe(0);
});

function reportOf({ out }: Ended): SessionReport {
  return JSON.parse(out) as SessionReport;
}

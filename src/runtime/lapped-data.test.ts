import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import type { TimeRange } from "#ports/market-data.ts";
import { GOLD, aSessionConfig } from "#test/kit/builders.ts";
import { memorySource } from "#test/kit/memory-source.ts";
import { LAPS_MAX, lapped } from "./lapped-data.ts";
import type { SessionPlan } from "./session-plan.ts";

const at = (text: string): EpochMs => epochMs(Temporal.Instant.from(text).epochMilliseconds);
/** A Thursday, with a trade before the session and two in it. */
const ROWS = ["2013-10-10T11:00:00Z", "2013-10-10T12:30:00Z", "2013-10-10T20:59:59Z"].map(
  (text, index) => ({ at: at(text), price: 13_000 + index }),
);

test("one lap is the plan as it is", () => {
  const plan = aPlan();

  expect(lapped(plan, 1)).toBe(plan);
});

test("each lap is the session on the next day that trades, the history only before the first", async () => {
  const { data } = lapped(aPlan(), 3);

  expect(await timesOf(data)).toEqual([
    "2013-10-10T11:00:00Z",
    "2013-10-10T12:30:00Z",
    "2013-10-10T20:59:59Z",
    "2013-10-11T12:30:00Z",
    "2013-10-11T20:59:59Z",
    "2013-10-14T12:30:00Z",
    "2013-10-14T20:59:59Z",
  ]);
  expect(data.session).toEqual({
    from: at("2013-10-10T12:00:00Z"),
    until: at("2013-10-14T21:00:00Z"),
  });
});

test("a part of a lap is read alone", async () => {
  const { data } = lapped(aPlan(), 3);
  const range = { from: at("2013-10-10T20:00:00Z"), until: at("2013-10-11T13:00:00Z") };

  expect(await timesOf(data, range)).toEqual(["2013-10-10T20:59:59Z", "2013-10-11T12:30:00Z"]);
});

test.each([0, 1.5, LAPS_MAX + 1])("%d laps cannot be played", (laps) => {
  expect(() => lapped(aPlan(), laps)).toThrow(`Expected 1 to ${LAPS_MAX} laps, found ${laps}`);
});

function aPlan(): SessionPlan {
  return {
    config: aSessionConfig(),
    venue: {
      latency: { toVenueMs: 0, toDeskMs: 0 } as SessionPlan["venue"]["latency"],
      fillModel: DEFAULT_FILL_MODEL,
    },
    data: {
      name: "test",
      open: () => memorySource(GOLD.id, ROWS),
      warmUp: { from: at("2013-10-10T10:00:00Z"), until: at("2013-10-10T12:00:00Z") },
      session: { from: at("2013-10-10T12:00:00Z"), until: at("2013-10-10T21:00:00Z") },
    },
  };
}

async function timesOf(data: SessionPlan["data"], range?: TimeRange): Promise<readonly string[]> {
  const times: string[] = [];
  for await (const block of data.open().blocks(range)) {
    for (const ms of block.at.subarray(0, block.count)) {
      times.push(Temporal.Instant.fromEpochMilliseconds(ms).toString());
    }
  }
  return times;
}

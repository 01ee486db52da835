import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { GOLD } from "#test/kit/builders.ts";
import { type Row, memorySource } from "#test/kit/memory-source.ts";
import { type BarRequest, storedBars } from "./stored-bars.ts";

const at = (text: string) => epochMs(Temporal.Instant.from(text).epochMilliseconds);
/** A Tuesday; the trading day began at 22:00 the day before. */
const NOON = at("2026-03-10T12:00:00Z");
const trade = (time: string, price: number, qty = 1): Row => ({
  at: at(`2026-03-${time}Z`),
  price,
  qty,
});

const ROWS: readonly Row[] = [
  trade("06T15:00:00", 90, 5),
  trade("08T22:30:00", 95, 4),
  trade("09T21:59:59", 98, 3),
  trade("09T22:00:00", 99, 2),
  trade("10T11:57:59.999", 100),
  { at: at("2026-03-10T11:58:00Z"), price: [100, 101], qty: 7 },
  trade("10T11:58:00", 101, 2),
  trade("10T11:58:30", 105, 3),
  trade("10T11:58:59.999", 103, 4),
  trade("10T11:59:59", 200, 0),
  trade("10T12:00:00", 104),
  trade("10T12:00:30", 106),
  trade("10T12:00:31", 107),
];

function bars(request: Partial<BarRequest> = {}) {
  return storedBars(memorySource(GOLD.id, ROWS), {
    instrument: GOLD.id,
    from: epochMs(NOON - 3_600_000),
    until: epochMs(NOON + 3_600_000),
    now: epochMs(NOON + 30_000),
    unit: "minute",
    unitNumber: 1,
    limit: 20_000,
    includePartial: true,
    ...request,
  });
}

const line = (bar: Awaited<ReturnType<typeof bars>>[number]): string => {
  const { at: begins, open, high, low, close, volume } = bar;
  const time = Temporal.Instant.fromEpochMilliseconds(begins).toString().slice(8, -1);
  return `${time} ${open} ${high} ${low} ${close} x${volume}`;
};

test("bars come newest first, none where nothing traded, up to practice now", async () => {
  expect((await bars()).map(line)).toEqual([
    "10T12:00:00 104 106 104 106 x2",
    "10T11:59:00 200 200 200 200 x0",
    "10T11:58:00 101 105 101 103 x9",
    "10T11:57:00 100 100 100 100 x1",
  ]);
});

test("a bar that still forms is left out when it is not wanted", async () => {
  const found = await bars({ includePartial: false });

  expect(found.map(line)[0]).toBe("10T11:59:00 200 200 200 200 x0");
});

test("of more bars than the limit the newest are told", async () => {
  expect((await bars({ limit: 2 })).map(line)).toHaveLength(2);
  expect((await bars({ limit: 2 })).map(line)[0]).toContain("10T12:00:00");
});

test("bars begin within what is asked for", async () => {
  const found = await bars({ from: epochMs(NOON - 119_000), until: NOON });

  expect(found.map(line)).toEqual(["10T11:59:00 200 200 200 200 x0"]);
});

test.each([
  ["second", 30, "10T11:58:30 105 105 103 103 x7"],
  ["minute", 5, "10T11:55:00 100 200 100 200 x10"],
  ["hour", 1, "10T11:00:00 100 200 100 200 x10"],
  ["day", 1, "09T22:00:00 99 200 99 106 x14"],
  ["week", 1, "08T22:00:00 95 200 95 106 x21"],
  ["month", 1, "28T23:00:00 90 200 90 106 x26"],
] as const)(
  "%s bars of %i are cut where the venue cuts them",
  async (unit, unitNumber, expected) => {
    const from = at("2026-02-01T00:00:00Z");

    expect((await bars({ from, unit, unitNumber })).map(line)).toContain(expected);
  },
);

test("tick bars count trades from the beginning of the trading day", async () => {
  const found = await bars({ unit: "tick", unitNumber: 4, includePartial: false });

  expect(found.map(line)).toEqual(["10T11:58:59.999 103 200 103 106 x6"]);
});

test("what is asked for in the future is empty", async () => {
  expect(await bars({ from: epochMs(NOON + 60_000) })).toEqual([]);
});

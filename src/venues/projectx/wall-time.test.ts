import { expect, test } from "vitest";
import { type DurationMs, epochMs } from "#core/domain/units.ts";
import { GOLD, OPENING } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { addressOf, aSubmit, linkTo } from "#test/kit/projectx-link.ts";

// A gateway whose time is the wall's stands for a real venue: nothing of the practice additions is used.

test("a real venue is followed by the wall clock, a little late", async () => {
  const from = epochMs(Date.now());
  const { url } = await practiceGateway({
    from,
    rows: [
      { at: from, price: [26_500, 26_501], qty: 1 },
      { at: epochMs(from + 500), price: 26_501, qty: 1 },
    ],
  });
  const { link, events, reports, up, until } = linkTo(url, {
    address: { ...addressOf(url), kind: "projectx" },
  });
  await up();

  link.send(aSubmit("k1-1"));
  await eventually("an answer, which depends on the day of the week", () => reports().length > 0);
  await until("the trade", (event) => event.kind === "tradeTick");
  await eventually(
    "time to pass",
    () => events.filter(({ kind }) => kind === "timePassed").length > 5,
  );

  const times = events.map((event) => ("at" in event ? event.at : 0)).filter((at) => at > 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
  expect(link.health()).toMatchObject({ link: "up", clockSkewMs: 0, displacedCount: 0 });
});

test("closed bars come oldest first, in ticks, without the one that is forming", async () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    at: epochMs(OPENING - 600_000 + index * 15_000),
    price: 26_500 + index,
    qty: 1,
  }));
  const { url } = await practiceGateway({ rows, historyFrom: epochMs(OPENING - 600_000) });
  const { link, up } = linkTo(url);
  await up();

  const found = await link.history(GOLD.id, {
    everyMs: 60_000 as DurationMs,
    from: epochMs(OPENING - 300_000),
    until: OPENING,
  });

  expect(
    found.kind === "confirmed" && found.value.map(({ barEnd, close }) => [barEnd - OPENING, close]),
  ).toEqual([
    [-240_000, 26_523],
    [-180_000, 26_527],
    [-120_000, 26_531],
    [-60_000, 26_535],
    [0, 26_539],
  ]);
});

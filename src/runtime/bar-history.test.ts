import { expect, test } from "vitest";
import { type DurationMs, epochMs, lots, ticks } from "#core/domain/units.ts";
import { BarBuilder } from "#core/market/bar-builder.ts";
import { type Bar, parseBarSpec } from "#core/market/bar.ts";
import { TickRows } from "#core/market/tick-rows.ts";
import { GOLD, NASDAQ, OPENING } from "#test/kit/builders.ts";
import { barHistory } from "./bar-history.ts";

const MINUTE = 60_000;

test("bars that are told again are the same bars", async () => {
  const bars = [
    aBar(0, [10, 14, 9, 12], 7),
    aBar(1, [12, 12, 12, 12], 1),
    aBar(2, [12, 15, 8, 9], 40),
  ];

  const told = await rebuilt(bars);

  expect(
    told.map(({ open, high, low, close, volume }) => [open, high, low, close, volume]),
  ).toEqual(bars.map(({ open, high, low, close, volume }) => [open, high, low, close, volume]));
  expect(told.map(({ barStart }) => barStart)).toEqual(bars.map(({ barStart }) => barStart));
});

test("several instruments come in the order of time", async () => {
  const source = barHistory([GOLD.id, NASDAQ.id], (id) =>
    Promise.resolve([{ ...aBar(id === GOLD.id ? 1 : 0, [1, 2, 1, 2], 4), instrument: id }]),
  );

  const order: string[] = [];
  const rows = new TickRows(source.instruments);
  for await (const block of source.blocks({
    from: OPENING,
    until: epochMs(OPENING + 2 * MINUTE),
  })) {
    for (let row = 0; row < block.count; row += 1) order.push(rows.at(block, row).instrument);
  }

  expect(order).toEqual([...Array(4).fill(NASDAQ.id), ...Array(4).fill(GOLD.id)]);
});

test("nothing is told where the venue has nothing", async () => {
  expect(await rebuilt([])).toEqual([]);
});

async function rebuilt(bars: readonly Bar[]): Promise<readonly Bar[]> {
  const source = barHistory([GOLD.id], () => Promise.resolve(bars));
  const builder = new BarBuilder(GOLD.id, parseBarSpec("1m"));
  builder.startTradingDay(OPENING, epochMs(OPENING + 86_400_000));
  const rows = new TickRows(source.instruments);
  const closed: Bar[] = [];
  const until = epochMs(OPENING + bars.length * MINUTE);
  for await (const block of source.blocks({ from: OPENING, until })) {
    for (let row = 0; row < block.count; row += 1) {
      const tick = rows.at(block, row);
      if (tick.kind !== "tradeTick") continue;
      const due = builder.closeDue(tick.at);
      if (due !== undefined) closed.push(due);
      builder.onTrade(tick);
    }
  }
  const last = builder.closeDue(until);
  return last === undefined ? closed : [...closed, last];
}

function aBar(
  minute: number,
  [open, high, low, close]: readonly [number, number, number, number],
  volume: number,
): Bar {
  const barStart = epochMs(OPENING + minute * MINUTE);
  return {
    instrument: GOLD.id,
    spec: { kind: "time", everyMs: MINUTE as DurationMs },
    barStart,
    barEnd: epochMs(barStart + MINUTE),
    open: ticks(open),
    high: ticks(high),
    low: ticks(low),
    close: ticks(close),
    volume: lots(volume),
    trades: 0,
  };
}

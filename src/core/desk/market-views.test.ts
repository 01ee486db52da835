import { describe, expect, test } from "vitest";
import { instrumentId } from "#core/domain/ids.ts";
import { type EpochMs, epochMs, lots, ticks } from "#core/domain/units.ts";
import { type Bar, barSpecKey, parseBarSpec } from "#core/market/bar.ts";
import { GOLD, NASDAQ, OPENING } from "#test/kit/builders.ts";
import { MarketViews } from "./market-views.ts";

const MINUTE = 60_000;
const UNKNOWN = instrumentId("ZZ");

describe("bars", () => {
  test("close in the order of their ends, over all instruments", () => {
    const { views, closed, trade } = viewsOf({ gold: ["2m", "1m"], nasdaq: ["1m", "5m"] });
    trade("gold", 0);
    trade("nasdaq", 10);

    closeDue(views, closed, OPENING + 6 * MINUTE);

    expect(closed).toEqual([
      "MGC 1m until 1",
      "MNQ 1m until 1",
      "MGC 2m until 2",
      "MNQ 5m until 5",
    ]);
  });

  test("are due at the earliest of their ends, and never again when they are closed", () => {
    const { views, closed, trade } = viewsOf({ gold: ["2m"], nasdaq: ["1m"] });
    const roll = views.nextRoll(OPENING);

    const due = [views.dueAt];
    trade("gold", 0);
    due.push(views.dueAt);
    trade("nasdaq", 10);
    due.push(views.dueAt);
    closeDue(views, closed, OPENING + MINUTE);
    due.push(views.dueAt);
    closeDue(views, closed, OPENING + 2 * MINUTE);
    due.push(views.dueAt);

    expect(due).toEqual([
      Number.NEGATIVE_INFINITY,
      OPENING + 2 * MINUTE,
      OPENING + MINUTE,
      OPENING + 2 * MINUTE,
      roll,
    ]);
  });

  test("that a trade completes go to whoever passes it on", () => {
    const { closed, trade } = viewsOf({ gold: ["2t"], nasdaq: [] });

    for (const at of [0, 1, 2, 3]) trade("gold", at);

    expect(closed).toEqual(["MGC 2t until 0", "MGC 2t until 0"]);
  });

  test("end with the trading day", () => {
    const { views, closed, trade } = viewsOf({ gold: ["1d", "500t"], nasdaq: [] });
    trade("gold", 0);

    closeDue(views, closed, OPENING + 48 * 60 * MINUTE);

    const until = (views.nextRoll(OPENING) - OPENING) / MINUTE;
    expect(closed).toEqual([`MGC 1d until ${until}`, `MGC 500t until ${until}`]);
  });

  test("of nothing are never due", () => {
    const views = new MarketViews();
    const closed = views.dueAt;

    views.open([]);

    expect(closed).toBe(Number.POSITIVE_INFINITY);
    expect(views.takeDue(OPENING)).toBeUndefined();
    expect(views.dueAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("prices", () => {
  test("are unknown until they come", () => {
    const { views, trade } = viewsOf({ gold: [], nasdaq: [] });
    const nothing = { bidPrice: null, askPrice: null, lastPrice: null };

    const before = [views.touch(GOLD.id), views.updatedAt(GOLD.id)];
    trade("gold", 7);

    expect(before).toEqual([nothing, 0]);
    expect(views.touch(GOLD.id)).toEqual({ ...nothing, lastPrice: 26_500 });
    expect(views.updatedAt(GOLD.id)).toBe(OPENING + 7);
    expect(views.touch(NASDAQ.id)).toEqual(nothing);
  });

  test("come with the touch once there are quotes", () => {
    const { views } = viewsOf({ gold: [], nasdaq: [] });
    const sides = { bidQty: lots(1), askQty: lots(1) };

    views.of(GOLD.id).onQuote({
      kind: "quote",
      at: OPENING,
      instrument: GOLD.id,
      bidPrice: ticks(10),
      askPrice: ticks(12),
      ...sides,
    });

    expect(views.touch(GOLD.id)).toEqual({ bidPrice: 10, askPrice: 12, lastPrice: null });
  });
});

describe("an instrument", () => {
  test("trades in its hours, and regularly in fewer of them", () => {
    const { views } = viewsOf({ gold: [], nasdaq: [] });
    const hour = 60 * MINUTE;

    // Ten o'clock in Chicago, three in the afternoon, half past four.
    const at = [0, 5 * hour, 6.5 * hour].map((after) => epochMs(OPENING + after));

    expect(at.map((one) => views.isOpen(GOLD.id, one))).toEqual([true, true, false]);
    expect(at.map((one) => views.isRegular(GOLD.id, one))).toEqual([true, false, false]);
  });

  test("has the fees of its product on that day", () => {
    const { views } = viewsOf({ gold: [], nasdaq: [] });

    expect(views.feePerSide(GOLD.id, OPENING)).toBe(960_000n);
  });

  test("that nobody knows trades never, has no prices and costs nothing", () => {
    const { views } = viewsOf({ gold: [], nasdaq: [] });

    expect({
      instrument: views.instrument(UNKNOWN),
      touch: views.touch(UNKNOWN),
      updatedAt: views.updatedAt(UNKNOWN),
      isOpen: views.isOpen(UNKNOWN, OPENING),
      isRegular: views.isRegular(UNKNOWN, OPENING),
      feePerSide: views.feePerSide(UNKNOWN, OPENING),
    }).toEqual({
      instrument: undefined,
      touch: { bidPrice: null, askPrice: null, lastPrice: null },
      updatedAt: 0,
      isOpen: false,
      isRegular: false,
      feePerSide: 0n,
    });
    expect(() => views.of(UNKNOWN)).toThrow(
      "market data is of an instrument of the session, found ZZ",
    );
  });

  test("without known fees is counted as free", () => {
    const views = new MarketViews();
    views.open([{ ...GOLD, root: "??" }]);

    expect(views.feePerSide(GOLD.id, OPENING)).toBe(0n);
  });
});

test("the trading day ends at five in the afternoon in Chicago", () => {
  const { views } = viewsOf({ gold: [], nasdaq: [] });

  expect(views.tradingDay(OPENING)).toBe("2026-03-11");
  expect(views.nextRoll(OPENING)).toBe(Date.UTC(2026, 2, 11, 22));
});

/** Views of gold and Nasdaq with bars; what closes is written down, with the minute it ends at. */
function viewsOf(bars: { readonly gold: readonly string[]; readonly nasdaq: readonly string[] }) {
  const views = new MarketViews();
  views.open([GOLD, NASDAQ]);
  for (const spec of bars.gold) views.of(GOLD.id).subscribe(parseBarSpec(spec));
  for (const spec of bars.nasdaq) views.of(NASDAQ.id).subscribe(parseBarSpec(spec));
  const closed: string[] = [];
  const trade = (which: "gold" | "nasdaq", after: number): void => {
    const instrument = which === "gold" ? GOLD.id : NASDAQ.id;
    const at = epochMs(OPENING + after);
    closeDue(views, closed, at);
    views.onTrade(
      views.of(instrument),
      {
        kind: "tradeTick",
        at,
        instrument,
        price: ticks(26_500),
        qty: lots(1),
        aggressor: "unknown",
      },
      (bar) => closed.push(told(bar)),
    );
  };
  return { views, closed, trade };
}

function closeDue(views: MarketViews, closed: string[], at: number): void {
  for (let bar = views.takeDue(at as EpochMs); bar !== undefined;) {
    closed.push(told(bar));
    bar = views.takeDue(at as EpochMs);
  }
}

function told({ instrument, spec, barEnd }: Bar): string {
  return `${instrument} ${barSpecKey(spec)} until ${Math.floor((barEnd - OPENING) / MINUTE)}`;
}

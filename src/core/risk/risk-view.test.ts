import { describe, expect, test } from "vitest";
import type { AccountId } from "#core/domain/ids.ts";
import type { Order, OrderTerms } from "#core/domain/order.ts";
import type { Position } from "#core/domain/position.ts";
import { epochMs, lots, moneyFrom, signedLots, ticks } from "#core/domain/units.ts";
import { flatPosition } from "#core/positions/book-fill.ts";
import { ACCOUNT, GOLD, MARKET, NASDAQ, OPENING, limitAt, stopAt } from "#test/kit/builders.ts";
import { ES, RiskScenario } from "#test/kit/risk-scenario.ts";
import { oldestFirst } from "./risk-view.ts";

const OTHER = "OTHER" as AccountId;
const long = (qty: number): Position => ({
  ...flatPosition(ACCOUNT, GOLD.id),
  qty: signedLots(qty),
});

describe("what an account holds", () => {
  test("open positions are its own that are not flat", () => {
    const scenario = new RiskScenario().holds(1).holds(0, NASDAQ.id).holds(-2, ES.id);
    scenario.holds(5, GOLD.id, { accountId: OTHER });

    expect(scenario.view.openPositions(ACCOUNT).map(({ instrument }) => instrument)).toEqual([
      "MGC",
      "ES",
    ]);
    expect(scenario.view.position(ACCOUNT, NASDAQ.id)?.qty).toBe(0);
    expect(scenario.view.position(OTHER, ES.id)).toBe(undefined);
  });

  test("it is concerned with what it holds, works and is about to trade", () => {
    const scenario = new RiskScenario().holds(1, ES.id).holds(0, NASDAQ.id);
    scenario.works({ instrument: ES.id });
    scenario.works({ accountId: OTHER, instrument: NASDAQ.id });

    expect([...scenario.view.instrumentsOf(ACCOUNT, GOLD.id)]).toEqual(["MGC", "ES"]);
  });

  test("positions in the order in which they left flat", () => {
    const at = (ms: number) => ({ openedAt: epochMs(OPENING + ms) });
    const scenario = new RiskScenario()
      .holds(1, GOLD.id, at(2))
      .holds(1, NASDAQ.id, at(1))
      .holds(1, ES.id, at(2));

    const ordered = oldestFirst(scenario.view.openPositions(ACCOUNT));

    expect(ordered.map(({ instrument }) => instrument)).toEqual(["MNQ", "MGC", "ES"]);
  });
});

describe("the day", () => {
  test("is the one that holds the present instant", () => {
    const scenario = new RiskScenario().loses(30, 2).loses(-10, 1);
    const today = { tradingDay: "2026-03-11", fills: 2, roundTrips: 0, wins: 0 };
    const money = { grossPnl: moneyFrom(-20), fees: moneyFrom(3) };

    expect(scenario.view.today(ACCOUNT)).toEqual({ ...today, ...money });

    scenario.view.now = epochMs(Date.UTC(2026, 2, 11, 22));

    expect(scenario.view.today(ACCOUNT)).toEqual({
      ...today,
      tradingDay: "2026-03-12",
      grossPnl: 0n,
      fees: 0n,
      fills: 0,
    });
    expect(scenario.view.today(OTHER)).toMatchObject({ grossPnl: 0n, fills: 0 });
  });
});

describe("cover by stops", () => {
  const coverOf = (overrides: Partial<Order>, qty = 3) => {
    const scenario = new RiskScenario();
    scenario.works({ side: "sell", qty: lots(3), terms: stopAt(26_400), ...overrides });
    return scenario.view.stopCover(long(qty));
  };
  const modify = (qty: number): Order["change"] => ({
    kind: "modify",
    since: OPENING,
    qty: lots(qty),
    terms: stopAt(26_390),
  });

  test.each<[OrderTerms["type"], OrderTerms]>([
    ["stop", stopAt(26_400)],
    ["stopLimit", { type: "stopLimit", stopPrice: ticks(26_400), limitPrice: ticks(26_390) }],
    ["trailingStop", { type: "trailingStop", stopPrice: ticks(26_400), trailTicks: ticks(9) }],
  ])("a working %s covers", (_type, terms) => {
    expect(coverOf({ terms })).toBe(3);
  });

  test.each<[string, Partial<Order>, number]>([
    ["a limit", { terms: limitAt(26_600) }, 0],
    ["a market order", { terms: MARKET }, 0],
    ["one that is queued", { status: { kind: "queued" } }, 0],
    ["one in flight", { status: { kind: "inFlight", since: OPENING } }, 0],
    ["one that is unconfirmed", { status: { kind: "unconfirmed", since: OPENING } }, 0],
    ["one that has ended", { status: { kind: "canceled", at: OPENING, reason: "" } }, 0],
    ["one being canceled", { change: { kind: "cancel", since: OPENING, mayBeQty: lots(2) } }, 0],
    ["one on the other side", { side: "buy" }, 0],
    ["one of another instrument", { instrument: NASDAQ.id }, 0],
    ["one of another account", { accountId: OTHER }, 0],
    ["one of which some has filled", { filledQty: lots(1) }, 2],
    ["one that is to grow", { change: modify(5) }, 3],
    ["one that is to shrink", { change: modify(2) }, 2],
    ["one that is to shrink below its fills", { filledQty: lots(2), change: modify(1) }, 0],
    ["one placed for an entry", { purpose: "entry", reduceOnly: false }, 3],
  ])("%s covers %#", (_what, overrides, expected) => {
    expect(coverOf(overrides)).toBe(expected);
  });

  test("stops add up, and a short position is covered by buying", () => {
    const scenario = new RiskScenario();
    scenario.works({ side: "buy", qty: lots(1), terms: stopAt(26_600) });
    scenario.works({ side: "buy", qty: lots(2), terms: stopAt(26_700) });

    expect(scenario.view.stopCover(long(-2))).toBe(3);
    expect(scenario.view.stopCover(long(2))).toBe(0);
  });
});

describe("stops that the desk itself keeps", () => {
  const bracketed = (qty: number, ...groups: Parameters<RiskScenario["brackets"]>) => {
    const scenario = new RiskScenario();
    for (const group of groups) scenario.brackets(group);
    return scenario.view.isBracketed(long(qty));
  };

  test("cover a position when their groups do", () => {
    expect(bracketed(2, { openQty: lots(2) })).toBe(true);
    expect(bracketed(3, { openQty: lots(2) })).toBe(false);
    expect(bracketed(-2, { openQty: lots(2) })).toBe(false);
    expect(bracketed(-2, { openQty: lots(2), side: "sell" })).toBe(true);
    expect(bracketed(2, { openQty: lots(2), stopPrice: null })).toBe(false);
    expect(bracketed(2, { openQty: lots(2), accountId: OTHER })).toBe(false);
    expect(bracketed(2, { openQty: lots(2), instrument: NASDAQ.id })).toBe(false);
  });

  test("of several entries add up", () => {
    const scenario = new RiskScenario()
      .brackets({ openQty: lots(1) })
      .brackets({ openQty: lots(1) });

    expect(scenario.view.isBracketed(long(2))).toBe(true);
    expect(scenario.view.isBracketed(long(3))).toBe(false);
  });
});
